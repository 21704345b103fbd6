"""The network of `duet up`, driven over gRPC and TLS by clients that are not ours."""

import concurrent.futures
import json

import grpc
import pytest

from duet_network import Network
from gateway_client import error_details

VALID = 0


def test_submits_and_evaluates_on_every_peer(network):
    first, second = network.client(0), network.client(1)
    _, code, block = first.submit("keyvalue", "put", "colour", "blue")
    assert code == VALID
    assert first.evaluate("keyvalue", "get", "colour") == b"blue"
    # The other peer may be a moment behind: its own commit status waits for it.
    transaction, code, _ = second.submit("keyvalue", "put", "colour", "green")
    assert code == VALID
    assert second.evaluate("keyvalue", "get", "colour") == b"green"
    assert first.status(transaction)[0] == VALID
    history = json.loads(second.evaluate("keyvalue", "history", "colour"))
    assert [change["value"] for change in history] == ["green", "blue"]
    assert history[0]["transaction"] == transaction


def test_answers_range_and_selector_queries(network):
    client = network.client()
    for owner, size in [("amy", 1), ("ben", 2), ("amy", 3)]:
        value = json.dumps({"owner": owner, "size": size})
        assert client.submit("keyvalue", "put", f"marble{size}", value)[1] == VALID
    rows = json.loads(client.evaluate("keyvalue", "range", "marble1", "marble3"))
    assert [row["key"] for row in rows] == ["marble1", "marble2"]
    rows = json.loads(client.evaluate("keyvalue", "query", '{"selector": {"owner": "amy"}}'))
    assert [row["key"] for row in rows] == ["marble1", "marble3"]


def test_streams_events_from_a_block_on(network):
    client = network.client()
    _, _, block = client.submit("keyvalue", "put", "first", "1")
    client.submit("keyvalue", "put", "second", "2")
    stream = client.events("keyvalue", block)
    seen = []
    for message in stream:
        seen += [(event.event_name, event.payload) for event in message.events]
        if len(seen) == 2:
            break
    stream.cancel()
    assert seen == [("put", b"first"), ("put", b"second")]


def test_tells_why_a_contract_refused(network):
    client = network.client()
    with pytest.raises(grpc.RpcError) as refused:
        client.evaluate("keyvalue", "get", "nothing")
    assert 'There is no key "nothing".' in error_details(refused.value)[0].message
    with pytest.raises(grpc.RpcError) as refused:
        client.endorse("keyvalue", "fail", "on purpose")
    assert refused.value.code() == grpc.StatusCode.ABORTED
    details = error_details(refused.value)
    assert "on purpose" in details[0].message
    assert details[0].msp_id == "Org1MSP"


def test_refuses_unknown_contracts_and_channels_and_strangers(network):
    client = network.client()
    with pytest.raises(grpc.RpcError):
        client.evaluate("nosuchcontract", "get", "x")
    client.channel = "nosuchchannel"
    with pytest.raises(grpc.RpcError):
        client.evaluate("keyvalue", "get", "x")
    stranger = network.client()
    foreign = network.client(1).identity
    foreign.serialized = stranger.identity.serialized
    stranger.identity = foreign
    with pytest.raises(grpc.RpcError):
        stranger.evaluate("keyvalue", "get", "x")


def test_turns_a_transaction_away_that_would_lose_a_conflict(network):
    client = network.client()
    client.submit("keyvalue", "put", "sum", "1")
    slow, envelope = client.endorse("keyvalue", "add", "sum", "1")
    winner, code, _ = client.submit("keyvalue", "add", "sum", "5")
    assert code == VALID
    with pytest.raises(grpc.RpcError) as refused:
        client.send(slow, envelope)
    assert refused.value.code() == grpc.StatusCode.ABORTED
    assert any("sum" in detail.message and winner in detail.message for detail in error_details(refused.value))
    assert client.evaluate("keyvalue", "get", "sum") == b"6"


def test_keeps_what_it_acknowledged_when_it_is_killed(tmp_path, messages):
    network = Network(tmp_path)
    client = network.client()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda n: client.submit("keyvalue", "put", f"key{n}", str(n)), range(40)))
    assert all(code == VALID for _, code, _ in written)
    # Work is under way while the process dies.
    pool = concurrent.futures.ThreadPoolExecutor(4)
    late = [pool.submit(client.submit, "keyvalue", "put", f"late{n}", str(n)) for n in range(40)]
    late[5].result()
    network.node.kill()
    acknowledged = [f.result() for f in late if f.exception() is None]
    pool.shutdown()
    client.close()
    network.node.start()
    for organization in (0, 1):
        client = network.client(organization)
        for transaction, code, block in written + acknowledged:
            assert client.status(transaction) == (code, block)
        assert client.evaluate("keyvalue", "get", "key39") == b"39"
        client.close()
    network.node.end()


def test_a_definition_is_agreed_on_without_naming_organizations(network):
    """As Fabric's administration clients do: the gateway knows who must endorse changes of definitions."""
    from fabric import lifecycle_pb2 as lifecycle

    admins = [network.client(organization, user="Admin") for organization in (0, 1)]
    asked = lifecycle.QueryChaincodeDefinitionArgs(name="keyvalue").SerializeToString()
    found = lifecycle.QueryChaincodeDefinitionResult.FromString(
        admins[0].evaluate("_lifecycle", "QueryChaincodeDefinition", asked))
    wanted = dict(
        sequence=found.sequence + 1, name="keyvalue", version="agreed", endorsement_plugin="escc",
        validation_plugin="vscc", validation_parameter=found.validation_parameter)
    source = lifecycle.ChaincodeSource(local_package=lifecycle.ChaincodeSource.Local(package_id="builtin:keyvalue"))
    for organization, admin in zip(["Org1MSP", "Org2MSP"], admins):
        # An approval is the organisation's own, and clients say so.
        arguments = lifecycle.ApproveChaincodeDefinitionForMyOrgArgs(source=source, **wanted).SerializeToString()
        transaction, envelope = admin.endorse(
            "_lifecycle", "ApproveChaincodeDefinitionForMyOrg", arguments, organizations=[organization])
        admin.send(transaction, envelope)
        assert admin.status(transaction)[0] == VALID
    arguments = lifecycle.CommitChaincodeDefinitionArgs(**wanted)
    assert admins[0].submit("_lifecycle", "CommitChaincodeDefinition", arguments.SerializeToString())[1] == VALID
    assert network.client().submit("keyvalue", "put", "after", "agreement")[1] == VALID
