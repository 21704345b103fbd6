"""Config updates through Broadcast take effect on orderer and peers."""

import concurrent.futures

import grpc
import pytest

from config_update import Orderer, seek, signed_update, value_update

SUCCESS, BAD_REQUEST, FORBIDDEN = 200, 400, 403


@pytest.fixture
def orderer(network):
    orderer = Orderer(network)
    yield orderer
    orderer.close()


def update(network, orderer, signers, path, key, message):
    config = orderer.newest_config(network.orderer_admin())
    change = value_update(network.channel, config, path, key, message)
    return orderer.broadcast(signed_update(network.channel, change, signers))


def wait_for_config(network, sequence):
    """Until the peer has the config; its next transaction comes behind the config block."""
    client = network.client()
    client.submit("keyvalue", "put", f"after{sequence}", "1")
    client.close()
    channel = network.api("GET", f"/api/channels/{network.channel}").json()
    assert channel["configSequence"] == sequence
    return channel


def test_a_smaller_batch_bounds_the_blocks(network, orderer):
    from fabric import orderer_pb2

    sequence = orderer.newest_config(network.orderer_admin()).sequence
    size = orderer_pb2.BatchSize(max_message_count=2, absolute_max_bytes=10 << 20, preferred_max_bytes=2 << 20)
    assert update(network, orderer, [network.orderer_admin()], ["Orderer"], "BatchSize", size)[0] == SUCCESS
    channel = wait_for_config(network, sequence + 1)
    assert channel["ordering"]["maxMessageCount"] == 2

    before = channel["height"]
    client = network.client()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        blocks = list(pool.map(lambda n: client.submit("keyvalue", "put", f"batch{n}", "1")[2], range(48)))
    client.close()
    counts = [
        len(orderer.block(network.orderer_admin(), number).data.data) for number in range(before, max(blocks) + 1)]
    assert sum(counts) == 48
    assert max(counts) <= 2


def test_an_update_needs_the_right_signatures(network, orderer):
    from fabric import orderer_pb2

    size = orderer_pb2.BatchSize(max_message_count=3, absolute_max_bytes=10 << 20, preferred_max_bytes=2 << 20)
    status, info = update(
        network, orderer, [network.identity(0, "Admin"), network.identity(1, "Admin")], ["Orderer"], "BatchSize", size)
    assert status == BAD_REQUEST
    assert "policy for [Value]  /Channel/Orderer/BatchSize not satisfied" in info
    # The same update twice: its version is taken.
    config = orderer.newest_config(network.orderer_admin())
    change = value_update(network.channel, config, ["Orderer"], "BatchSize", size)
    envelope = signed_update(network.channel, change, [network.orderer_admin()])
    assert orderer.broadcast(envelope)[0] == SUCCESS
    status, info = orderer.broadcast(envelope)
    assert status == BAD_REQUEST
    assert "attempt to set key [Value]  /Channel/Orderer/BatchSize to version" in info


def test_an_anchor_peer_is_added_by_its_organisation(network, orderer):
    from fabric import application_pb2, configuration_pb2

    config = orderer.newest_config(network.orderer_admin())
    module = application_pb2 if hasattr(application_pb2, "AnchorPeers") else configuration_pb2
    group = config.channel_group.groups["Application"].groups["Org1MSP"]
    anchors = module.AnchorPeers.FromString(group.values["AnchorPeers"].value)
    anchors.anchor_peers.add(host="peer9.org1.example.com", port=7051)
    path = ["Application", "Org1MSP"]
    # Another organisation's admin may not.
    assert update(network, orderer, [network.identity(1, "Admin")], path, "AnchorPeers", anchors)[0] == BAD_REQUEST
    assert update(network, orderer, [network.identity(0, "Admin")], path, "AnchorPeers", anchors)[0] == SUCCESS
    wait_for_config(network, config.sequence + 1)
    changed = orderer.newest_config(network.orderer_admin())
    group = changed.channel_group.groups["Application"].groups["Org1MSP"]
    found = module.AnchorPeers.FromString(group.values["AnchorPeers"].value)
    assert [peer.host for peer in found.anchor_peers][-1] == "peer9.org1.example.com"


def test_an_acl_takes_a_right_away_and_gives_it_back(network, orderer):
    from fabric import application_pb2, events_pb2_grpc

    admins = [network.identity(0, "Admin"), network.identity(1, "Admin")]
    credentials = grpc.ssl_channel_credentials(network.peer_authority())
    with grpc.secure_channel(network.peer_address(), credentials) as connection:
        stub = events_pb2_grpc.DeliverStub(connection)

        def deliver(identity):
            answers = stub.Deliver(iter([seek(network.channel, identity, 0)]), timeout=30)
            first = next(iter(answers))
            answers.cancel()
            return first.WhichOneof("Type") == "block" or first.status

        assert deliver(network.identity()) is True
        sequence = orderer.newest_config(network.orderer_admin()).sequence
        for step, policy in enumerate(["/Channel/Application/Admins", "/Channel/Application/Readers"]):
            acls = application_pb2.ACLs()
            acls.acls["event/Block"].policy_ref = policy
            assert update(network, orderer, admins, ["Application"], "ACLs", acls)[0] == SUCCESS
            wait_for_config(network, sequence + 1 + step)
            assert deliver(network.identity()) == (FORBIDDEN if step == 0 else True)
