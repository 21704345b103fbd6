"""discovery.Discovery, which client libraries from before the gateway ask."""

import hashlib

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


class Discovery:
    def __init__(self, network, user="User1", certificate=True):
        from fabric import discovery_pb2_grpc

        self.identity = network.identity(0, user)
        tls = network.organization_folder() / "users" / f"{user}@org1.example.com" / "tls"
        shown = (tls / "client.crt").read_bytes()
        der = x509.load_pem_x509_certificate(shown).public_bytes(Encoding.DER)
        self.hash = hashlib.sha256(der).digest()
        pair = ((tls / "client.key").read_bytes(), shown) if certificate else (None, None)
        self.connection = grpc.secure_channel(
            network.peer_address(), grpc.ssl_channel_credentials(network.peer_authority(), *pair))
        self.stub = discovery_pb2_grpc.DiscoveryStub(self.connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, *queries, tls_hash=None):
        from fabric import discovery_pb2

        request = discovery_pb2.Request(
            authentication=discovery_pb2.AuthInfo(
                client_identity=self.identity.serialized, client_tls_cert_hash=self.hash if tls_hash is None else tls_hash),
            queries=queries).SerializeToString()
        return self.stub.Discover(
            discovery_pb2.SignedRequest(payload=request, signature=self.identity.sign(request)), timeout=30).results


def query(channel="mychannel", **kind):
    from fabric import discovery_pb2

    return discovery_pb2.Query(channel=channel, **kind)


def interest(*names):
    from fabric import discovery_pb2, proposal_pb2

    module = proposal_pb2 if hasattr(proposal_pb2, "ChaincodeInterest") else discovery_pb2
    return module.ChaincodeInterest(chaincodes=[module.ChaincodeCall(name=name) for name in names])


def chaincode_query(*names):
    from fabric import discovery_pb2

    return query(cc_query=discovery_pb2.ChaincodeQuery(interests=[interest(*names)] if names else []))


def test_it_tells_the_configuration(network):
    from fabric import discovery_pb2

    with Discovery(network) as discovery:
        (result,) = discovery.ask(query(config_query=discovery_pb2.ConfigQuery()))
    assert sorted(result.config_result.msps) == ["OrdererMSP", "Org1MSP", "Org2MSP"]
    for name, msp in result.config_result.msps.items():
        assert msp.name == name
        assert msp.root_certs[0].startswith(b"-----BEGIN CERTIFICATE-----")
    (endpoint,) = result.config_result.orderers["OrdererMSP"].endpoint
    assert (endpoint.host, endpoint.port) == ("orderer.example.com", network.description["ordererPort"])


def test_it_tells_ways_to_have_a_transaction_endorsed(network):
    with Discovery(network) as discovery:
        (result,) = discovery.ask(chaincode_query("keyvalue"))
        (descriptor,) = result.cc_query_res.content
        assert descriptor.chaincode == "keyvalue"
        # A majority of two is both.
        (layout,) = descriptor.layouts
        assert sorted(layout.quantities_by_group.values()) == [1, 1]
        named = [descriptor.endorsers_by_groups[group].peers for group in layout.quantities_by_group]
        assert all(len(peers) == 1 for peers in named)
        identities = {peers[0].identity for peers in named}
        assert len(identities) == 2
        for wrong, words in [
            (chaincode_query("nosuch"), "failed constructing descriptor"),
            (chaincode_query(""), "chaincode name in interest cannot be empty"),
            (chaincode_query(), "chaincode query must have at least one chaincode interest"),
        ]:
            (result,) = discovery.ask(wrong)
            assert words in result.error.content


def test_it_tells_peers_to_members_alone(network):
    from fabric import discovery_pb2

    peers = query(peer_query=discovery_pb2.PeerMembershipQuery())
    filtered = query(peer_query=discovery_pb2.PeerMembershipQuery(filter=interest("keyvalue")))
    local = query("", local_peers=discovery_pb2.LocalPeerQuery())
    with Discovery(network) as discovery:
        answers = discovery.ask(
            peers, filtered, local, query("nosuch", peer_query=discovery_pb2.PeerMembershipQuery()), query())
    for answer in answers[:2]:
        assert sorted(answer.members.peers_by_org) == ["Org1MSP", "Org2MSP"]
        assert all(peer.state_info.payload for found in answer.members.peers_by_org.values() for peer in found.peers)
    # Peers as such are the admin's to see.
    assert answers[2].error.content == "access denied"
    assert answers[3].error.content == "access denied"
    assert answers[4].error.content == "unknown or missing request type"
    with Discovery(network, "Admin") as discovery:
        (answer,) = discovery.ask(local)
        assert sorted(answer.members.peers_by_org) == ["Org1MSP", "Org2MSP"]


def test_it_answers_nobody_who_hides_or_lies(network):
    from fabric import discovery_pb2

    config = query(config_query=discovery_pb2.ConfigQuery())
    with Discovery(network, certificate=False) as discovery:
        with pytest.raises(grpc.RpcError) as refused:
            discovery.ask(config)
        assert refused.value.details() == "client didn't send a TLS certificate"
    with Discovery(network) as discovery:
        with pytest.raises(grpc.RpcError) as refused:
            discovery.ask(config, tls_hash=b"another")
        assert "doesn't match computed TLS hash" in refused.value.details()
        with pytest.raises(grpc.RpcError) as refused:
            discovery.stub.Discover(discovery_pb2.SignedRequest(payload=b"\xff"), timeout=30)
        assert "failed parsing request" in refused.value.details()
        discovery.identity.sign = lambda message: network.identity(1).sign(message)
        (answer,) = discovery.ask(config)
        assert answer.error.content == "access denied"
