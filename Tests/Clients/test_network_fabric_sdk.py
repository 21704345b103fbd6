"""fabric-sdk-py, a client library of Fabric's own, works with a network unchanged.

It needs an old protobuf and therefore an environment of its own: `scripts/setup test` makes it in .venv-fabric/. Another one can
be named by DUET_FABRIC_PYTHON.
"""

import json
import os
import pathlib
import subprocess

import pytest

from duet_network import Network

ROOT = pathlib.Path(__file__).parents[2]
SCENARIO = pathlib.Path(__file__).parent / "fabric_sdk"


def run_scenario(what, network, *arguments):
    interpreter = os.environ.get("DUET_FABRIC_PYTHON") or str(ROOT / ".venv-fabric" / "bin" / "python")
    if "DUET_FABRIC_PYTHON" not in os.environ and not os.path.exists(interpreter):
        pytest.skip("fabric-sdk-py is not installed here: run scripts/setup test")
    profile = network.data / "connections" / "Org1MSP-fabric-sdk-py.json"
    result = subprocess.run(
        [interpreter, str(SCENARIO / "scenario.py"), what, str(profile), network.channel, *arguments], capture_output=True, text=True,
        timeout=300, env={**os.environ, "PYTHONPATH": str(SCENARIO)})
    assert result.returncode == 0, result.stderr[-4000:]
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def facts(network):
    return run_scenario("facts", network)


def test_it_invokes_and_queries(facts):
    assert facts["put"] == ["", "", ""]
    assert facts["get"] == "value1"
    assert "on purpose" in facts["refused"]


def test_it_finds_blocks_and_transactions(facts):
    newest = facts["newest"]
    assert newest["number"] == facts["height"] - 1
    assert newest["channel"] == "mychannel"
    assert newest["filter"] == [0]
    assert facts["byTransaction"] == facts["byHash"] == newest["number"]
    assert facts["validation"] == 0
    assert facts["channels"] == ["mychannel"]


def test_it_reads_the_configuration_of_peer_and_orderer(facts):
    assert facts["applications"] == ["Org1MSP", "Org2MSP"]
    assert facts["orderers"] == ["OrdererMSP"]


@pytest.mark.parametrize("kind", ["full", "filtered"])
def test_it_hears_blocks_and_chaincode_events(facts, kind):
    height = facts["height"]
    assert facts[kind]["blocks"] == [height - 3, height - 2, height - 1]
    events = facts[kind]["events"]
    assert [event["name"] for event in events] == ["put"] * 3
    assert {event["status"] for event in events} == {"VALID"}
    assert events[-1]["transaction"] == facts["newest"]["transaction"]
    # Filtered blocks keep payloads back.
    assert [event["payload"] for event in events] == (["sdk0", "sdk1", "sdk2"] if kind == "full" else [None] * 3)


def test_it_discovers_the_peers_of_a_network_without_tls(tmp_path, messages):
    # With TLS discovery asks for the hash of a certificate, which this library does not send.
    network = Network(tmp_path, "--port", "0", "--no-tls")
    try:
        discovered = run_scenario("discovered", network)
    finally:
        assert network.node.stop() == 0
    for kind in ("local", "channel"):
        for organization in network.description["organizations"]:
            (peer,) = discovered[kind]["local_peers"][organization["name"]]["peers"]
            assert peer["mspid"] == organization["name"]
            assert peer["endpoint"] == f"peer0.{organization['domain']}:{organization['peerPorts'][0]}"
            if kind == "channel":
                assert peer["ledger_height"] >= 1
                assert "keyvalue" in json.dumps(peer["chaincodes"])
