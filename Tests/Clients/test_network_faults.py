"""Callers that mean ill, or are broken: the node stays small and goes on answering everybody else."""

import concurrent.futures
import json
import os
import random
import resource
import socket
import ssl
import statistics
import time

import grpc
import pytest

from gateway_client import GatewayClient, Identity, generate_messages
from network_node import NetworkNode
from raw_http2 import RawConnection

MIB = 1 << 20
# What the node may take in all while the callers of these tests are at it: an idle network takes some 100 MiB.
RESIDENT_MAX = 768 * MIB


@pytest.fixture(scope="session", autouse=True)
def messages(tmp_path_factory):
    generate_messages(tmp_path_factory.mktemp("messages"))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit[1], 8192), limit[1]))
    network = NetworkNode(tmp_path_factory.mktemp("network")).start()
    client = network.client()
    client.submit("keyvalue", "put", "known", "value")
    client.close()
    yield network
    assert network.node.stop() == 0
    resource.setrlimit(resource.RLIMIT_NOFILE, limit)


def resident(network):
    with open(f"/proc/{network.node.process.pid}/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS:"))


def well_behaved(network, record, what, calls=40):
    """Calls over a connection of its own, as if nobody else were there."""
    client = network.client()
    times = []
    for number in range(calls):
        start = time.monotonic()
        if number % 8 == 0:
            assert client.submit("keyvalue", "put", f"{what}{number}", "value")[1] == 0
        else:
            assert client.evaluate("keyvalue", "get", "known") == b"value"
        times.append(time.monotonic() - start)
    client.close()
    times.sort()
    record(f"{what} p50 ms", round(statistics.median(times) * 1000, 1))
    record(f"{what} p99 ms", round(times[int(len(times) * 0.99) - 1] * 1000, 1))
    record(f"{what} resident MiB", resident(network) // MIB)
    assert resident(network) < RESIDENT_MAX


def test_idle_streams_keep_nobody_out(network, record_property):
    peer, orderer = network.peer_port(), network.orderer_port()
    idle = []
    for _ in range(5):
        for port, path in [(peer, "/protos.Deliver/Deliver"), (orderer, "/orderer.AtomicBroadcast/Deliver")]:
            connection = RawConnection(port)
            connection.open_streams(path, 1000)
            idle.append(connection)
    well_behaved(network, record_property, "10,000 idle streams")
    # Also on the service that they fill up: who has something to say takes the place of who has not.
    assert network.client().block(0).header.number == 0
    for connection in idle:
        connection.close()


def test_half_open_handshakes_keep_nobody_out(network, record_property):
    begun = []
    for _ in range(1000):
        plain = socket.create_connection(("127.0.0.1", network.peer_port()), timeout=30)
        # The head of a record that never comes.
        plain.sendall(b"\x16\x03\x01\x02\x00\x01")
        begun.append(plain)
    well_behaved(network, record_property, "1,000 half-open handshakes")
    for plain in begun:
        plain.close()


def test_trickled_messages_take_what_has_arrived(network, record_property):
    connection = RawConnection(network.peer_port())
    before = resident(network)
    streams = []
    for path in ["/gateway.Gateway/Endorse", "/protos.Endorser/ProcessProposal"]:
        streams += connection.open_streams(path, 10)
    for stream in streams:
        connection.announce(stream, 100 * MIB)
    # A KiB each; what matters is that nothing is set aside for what was announced.
    for _ in range(3):
        for stream in streams:
            connection.send(stream, bytes(1024))
    well_behaved(network, record_property, "trickled messages")
    assert resident(network) - before < 128 * MIB
    connection.close()


@pytest.mark.parametrize("path", ["/gateway.Gateway/Endorse", "/protos.Endorser/ProcessProposal"])
def test_refuses_a_message_by_its_announced_length(network, path):
    connection = RawConnection(network.peer_port())
    stream = connection.open_streams(path)[0]
    connection.announce(stream, 200 * MIB)
    assert connection.wait_until_ended(stream) is not None
    # The connection goes on.
    other = connection.open_streams("/protos.Deliver/Nothing")[0]
    assert connection.wait_until_ended(other) is not None
    connection.close()


def test_tells_why_a_long_message_is_refused(network):
    # Nobody asks for blocks at such length.
    connection = network.client().connection
    deliver = connection.stream_stream("/protos.Deliver/Deliver")
    with pytest.raises(grpc.RpcError) as refused:
        list(deliver(iter([bytes(2 * MIB)]), timeout=30))
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    connection.close()


UNARY = [
    "/gateway.Gateway/Evaluate", "/gateway.Gateway/Endorse", "/gateway.Gateway/Submit", "/gateway.Gateway/CommitStatus",
    "/protos.Endorser/ProcessProposal",
]
STREAMS = [
    "/gateway.Gateway/ChaincodeEvents", "/protos.Deliver/Deliver", "/protos.Deliver/DeliverFiltered",
    "/protos.Deliver/DeliverWithPrivateData",
]
ORDERER = ["/orderer.AtomicBroadcast/Broadcast", "/orderer.AtomicBroadcast/Deliver"]


def call(connection, path, message):
    """Sends one message and takes the first answer or error. Streams that would wait for blocks are given up."""
    try:
        if path in UNARY:
            connection.unary_unary(path)(message, timeout=5)
        else:
            answers = connection.stream_stream(path)(iter([message]), timeout=5)
            for _ in answers:
                break
            answers.cancel()
    except grpc.RpcError as error:
        # Whatever it says, it is an answer; `INTERNAL` with our own words would be a fault of ours.
        assert "The node could not answer this call" not in (error.details() or ""), path


def mutate(message, source):
    """Changes, removes, repeats or inserts some bytes."""
    result = bytearray(message)
    for _ in range(source.randint(1, 4)):
        place = source.randrange(len(result) + 1)
        kind = source.randrange(4)
        if kind == 0 and place < len(result):
            result[place] = source.randrange(256)
        elif kind == 1:
            del result[place:place + source.randint(1, 20)]
        elif kind == 2:
            result[place:place] = source.randbytes(source.randint(1, 20))
        else:
            result[place:place] = result[place:place + source.randint(1, 200)]
    return bytes(result)


def well_formed(client, path):
    """A message that the method takes."""
    from fabric import gateway_pb2

    transaction_id, proposal = client.propose("keyvalue", "get", "known")
    if path.endswith(("Evaluate", "Endorse")):
        request = gateway_pb2.EvaluateRequest if path.endswith("Evaluate") else gateway_pb2.EndorseRequest
        return request(
            transaction_id=transaction_id, channel_id=client.channel, proposed_transaction=proposal).SerializeToString()
    if path.endswith("ProcessProposal"):
        return proposal.SerializeToString()
    if path.endswith("Submit"):
        transaction_id, envelope = client.endorse("keyvalue", "put", "fuzz", "1")
        return gateway_pb2.SubmitRequest(
            transaction_id=transaction_id, channel_id=client.channel, prepared_transaction=envelope).SerializeToString()
    if path.endswith("Broadcast"):
        return client.endorse("keyvalue", "put", "fuzz", "2")[1].SerializeToString()
    if path.endswith("CommitStatus"):
        request = gateway_pb2.CommitStatusRequest(
            transaction_id=transaction_id, channel_id=client.channel, identity=client.identity.serialized
        ).SerializeToString()
        return gateway_pb2.SignedCommitStatusRequest(
            request=request, signature=client.identity.sign(request)).SerializeToString()
    if path.endswith("ChaincodeEvents"):
        request = gateway_pb2.ChaincodeEventsRequest(
            channel_id=client.channel, chaincode_id="keyvalue", identity=client.identity.serialized).SerializeToString()
        return gateway_pb2.SignedChaincodeEventsRequest(
            request=request, signature=client.identity.sign(request)).SerializeToString()
    return client.seek(0, 0).SerializeToString()


@pytest.mark.parametrize("path", UNARY + STREAMS + ORDERER)
def test_damaged_messages_are_answered(network, path):
    seed = int(os.environ.get("DUET_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"DUET_SEED={seed}")
    source = random.Random(f"{seed} {path}")
    client = network.client()
    connection = network.orderer_connection() if path in ORDERER else client.connection
    template = well_formed(client, path)
    damaged = [b""] + [source.randbytes(source.randint(1, 300)) for _ in range(15)]
    damaged += [mutate(template, source) for _ in range(40)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda message: call(connection, path, message), damaged))
    assert client.evaluate("keyvalue", "get", "known") == b"value"
    assert client.submit("keyvalue", "put", "still", "there")[1] == 0
    client.close()
    connection.close()


@pytest.mark.parametrize("kind", ["proposal", "transaction", "seek", "question"])
def test_damaged_messages_that_are_signed_are_answered(network, kind):
    """Past the check of the signature, what was signed is read further."""
    from fabric import common_pb2, gateway_pb2, proposal_pb2

    seed = int(os.environ.get("DUET_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"DUET_SEED={seed}")
    source = random.Random(f"{seed} {kind}")
    client = network.client()
    sign = client.identity.sign

    def damaged():
        if kind == "proposal":
            contract = source.choice(["keyvalue", "qscc", "cscc", "_lifecycle"])
            function = source.choice(
                ["get", "range", "query", "GetChainInfo", "GetBlockByNumber", "GetConfigBlock", "JoinChain",
                 "ApproveChaincodeDefinitionForMyOrg", "QueryChaincodeDefinition"])
            _, proposal = client.propose(contract, function, source.choice(["mychannel", "known"]), source.randbytes(20))
            content = mutate(proposal.proposal_bytes, source) if source.random() < 0.7 else proposal.proposal_bytes
            return "/protos.Endorser/ProcessProposal", proposal_pb2.SignedProposal(
                proposal_bytes=content, signature=sign(content)).SerializeToString()
        if kind == "transaction":
            payload = mutate(template.payload, source)
            return "/orderer.AtomicBroadcast/Broadcast", common_pb2.Envelope(
                payload=payload, signature=sign(payload)).SerializeToString()
        if kind == "seek":
            payload = mutate(client.seek(0, 0).payload, source)
            return "/protos.Deliver/Deliver", common_pb2.Envelope(
                payload=payload, signature=sign(payload)).SerializeToString()
        request = gateway_pb2.CommitStatusRequest(
            transaction_id="x", channel_id=client.channel, identity=client.identity.serialized).SerializeToString()
        request = mutate(request, source)
        return "/gateway.Gateway/CommitStatus", gateway_pb2.SignedCommitStatusRequest(
            request=request, signature=sign(request)).SerializeToString()

    template = client.endorse("keyvalue", "put", "damaged", "1")[1]
    orderer = network.orderer_connection()
    for _ in range(60):
        path, message = damaged()
        call(orderer if path in ORDERER else client.connection, path, message)
    # Whatever of it was ordered, every peer has judged it and goes on.
    for organization in (0, 1):
        other = network.client(organization)
        assert other.submit("keyvalue", "put", "after", "all")[1] == 0
        other.close()
    client.close()
    orderer.close()


def test_bytes_that_are_no_http_are_turned_away(network):
    source = random.Random(7)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    for _ in range(20):
        plain = socket.create_connection(("127.0.0.1", network.peer_port()), timeout=30)
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            try:
                secured.sendall(source.randbytes(500))
                while secured.recv(65536):
                    pass
            except OSError:
                pass  # cut off at once, which is right as well
    client = network.client()
    assert client.evaluate("keyvalue", "get", "known") == b"value"
    client.close()
