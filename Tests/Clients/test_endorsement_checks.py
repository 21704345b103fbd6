"""Functions that peers ask before they endorse: seen by a client that is not ours."""

import json

import grpc
import pytest
import requests

from duet_node import DuetNode
from function_client import client, encoded, unique
from gateway_client import GatewayClient, Identity, error_details, generate_messages

VALID = 0

# Its own words decide, by key: what a rule that changes often would read elsewhere.
RULE = {
    "index.py": """
import json
import time

def handler(event, context):
    asked = json.loads(event)
    word = asked["args"][1] if len(asked["args"]) > 1 else ""
    if word == "hang":
        time.sleep(30)
    if word == "break":
        raise ValueError("broken")
    if word == "look":
        # Evaluating is allowed while a peer waits, submitting is not.
        kept = context.ledger.evaluate("keyvalue", "range", "", "").decode()
        try:
            context.ledger.submit("keyvalue", "delete", "x")
            return {"allow": False, "message": "it could submit"}
        except context.ledger.LedgerError as error:
            return {"allow": False, "message": "%s: %s" % (error.code, len(json.loads(kept)) >= 0)}
    if word == "no":
        return {"allow": False, "message": "not while %s asks" % asked["creator"]["name"]}
    return {"allow": True}
"""
}


@pytest.fixture(scope="module", autouse=True)
def messages(tmp_path_factory):
    generate_messages(tmp_path_factory.mktemp("messages"))


class Network:
    def __init__(self, folder):
        self.folder = folder
        self.node = DuetNode(folder, "--port", "0").start()
        self.data = folder / "data"
        self.description = json.loads((self.data / "network.json").read_text())

    def client(self, organization=0, user="User1"):
        found = self.description["organizations"][organization]
        root = self.data / "organizations" / "peerOrganizations" / found["domain"]
        authority = (root / "peers" / f"peer0.{found['domain']}" / "tls" / "ca.crt").read_bytes()
        identity = Identity(found["name"], root / "users" / f"{user}@{found['domain']}")
        return GatewayClient(
            f"localhost:{found['peerPorts'][0]}", authority, identity, self.description["channel"])

    def declare(self, name="check", **configuration):
        """A service with a check on `put`."""
        functions = client(self.node)
        service = unique("rules")
        functions.create_service(service)
        address = f"{self.node.address}/2016-08-15/services/{service}/functions"
        requests.post(address, json={
            "functionName": "rule", "runtime": "python3", "handler": "index.handler", "timeout": 20,
            "code": {"zipFile": encoded(RULE)}}).raise_for_status()
        settings = {"channel": "mychannel", "contract": "keyvalue", "functions": ["put"], **configuration}
        requests.post(f"{address}/rule/triggers", json={
            "triggerName": name, "triggerType": "endorsement", "triggerConfig": settings}).raise_for_status()
        return service

    def remove(self, service):
        address = f"{self.node.address}/2016-08-15/services/{service}/functions/rule"
        for trigger in requests.get(f"{address}/triggers").json()["triggers"]:
            requests.delete(f"{address}/triggers/{trigger['triggerName']}").raise_for_status()
        requests.delete(address).raise_for_status()

    def verdicts(self, service):
        answer = requests.get(f"{self.node.address}/api/endorsement-checks", params={"service": service})
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    network = Network(tmp_path_factory.mktemp("checks"))
    yield network
    assert network.node.stop() == 0


def refusal(client, *arguments):
    """The words that the client reads."""
    with pytest.raises(grpc.RpcError) as caught:
        client.submit("keyvalue", *arguments)
    return " ".join(detail.message for detail in error_details(caught.value))


def test_a_rule_lets_pass_and_refuses_with_its_words(network):
    service = network.declare()
    gateway = network.client()
    try:
        _, code, _ = gateway.submit("keyvalue", "put", "colour", "blue")
        assert code == VALID
        assert "not while User1@org1.example.com asks" in refusal(gateway, "put", "colour", "no")
        assert gateway.evaluate("keyvalue", "get", "colour") == b"blue"
        # Only what it covers is checked.
        assert gateway.submit("keyvalue", "delete", "colour")[1] == VALID
        verdicts = network.verdicts(service)
        assert {verdict["verdict"] for verdict in verdicts} == {"allowed", "refused"}
        refused = next(verdict for verdict in verdicts if verdict["verdict"] == "refused")
        assert refused["creator"] == "Org1MSP/User1@org1.example.com"
        assert (refused["contract"], refused["contractFunction"]) == ("keyvalue", "put")
    finally:
        network.remove(service)
    assert gateway.submit("keyvalue", "put", "colour", "no")[1] == VALID


@pytest.mark.parametrize("word", ["hang", "break"])
def test_without_a_verdict_the_template_decides(network, word):
    gateway = network.client()
    service = network.declare(onError="REFUSE", timeout=1)
    try:
        assert "gave no verdict" in refusal(gateway, "put", "shape", word)
    finally:
        network.remove(service)
    service = network.declare(onError="ALLOW", timeout=1)
    try:
        assert gateway.submit("keyvalue", "put", "shape", word)[1] == VALID
        assert any(verdict["verdict"] == "failedAllowed" for verdict in network.verdicts(service))
    finally:
        network.remove(service)


def test_a_check_may_look_and_not_write(network):
    service = network.declare()
    try:
        assert "Refused: True" in refusal(network.client(), "put", "size", "look")
    finally:
        network.remove(service)


def test_verdicts_are_kept_for_a_while(network):
    service = network.declare(cacheSeconds=60)
    gateway = network.client()
    try:
        for _ in range(3):
            assert gateway.submit("keyvalue", "put", "kept", "x")[1] == VALID
        assert [verdict["isCached"] for verdict in network.verdicts(service)].count(False) == 1
    finally:
        network.remove(service)


def test_a_wrong_check_is_refused_when_it_is_declared(network):
    functions = client(network.node)
    service = unique("rules")
    functions.create_service(service)
    address = f"{network.node.address}/2016-08-15/services/{service}/functions"
    requests.post(address, json={
        "functionName": "rule", "runtime": "python3", "handler": "index.handler",
        "code": {"zipFile": encoded(RULE)}}).raise_for_status()
    answer = requests.post(f"{address}/rule/triggers", json={
        "triggerName": "check", "triggerType": "endorsement",
        "triggerConfig": {"channel": "mychannel", "contract": "keyvalue", "onError": "maybe"}})
    assert answer.status_code == 400
    assert "onError" in answer.json()["ErrorMessage"]
