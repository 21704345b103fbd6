"""Two organisations whose functions have a say in endorsements: rules that differ, and answers that contracts ask for.

Each organisation deploys a function of its own under the same name; `keyvalue` needs both organisations' endorsement.
"""

import concurrent.futures
import hashlib
import json
import time

import grpc
import pytest
import requests

from duet_network import Network, run_duet
from function_client import encoded, unique
from gateway_client import error_details
from test_network_fabric_sdk import run_scenario

VALID = 0
ORGANIZATIONS = ["Org1MSP", "Org2MSP"]

# What a function does is a word in its environment, so that the organisations' functions differ in nothing else.
CODE = {
    "index.py": """
import json
import os
import time

def handler(event, context):
    behaviour = os.environ["BEHAVIOUR"]
    if behaviour == "hang":
        time.sleep(60)
    if behaviour == "moody" and "red" in str(event):
        time.sleep(60)
    if behaviour == "crash":
        os._exit(3)
    if behaviour == "break":
        raise ValueError("out of order")
    if behaviour == "large":
        return "x" * 300000
    if behaviour == "look":
        return context.ledger.evaluate("keyvalue", "get", "base")
    if behaviour == "loop":
        # Evaluates the contract that called, which calls again.
        return context.ledger.evaluate("keyvalue", "call", "_functions", json.dumps(["call", os.environ["SELF"], ""]))
    if behaviour == "write":
        context.ledger.submit("keyvalue", "put", "written", "by a function")
    if behaviour == "echo":
        return event
    if behaviour.startswith("say "):
        return behaviour[4:]
    if behaviour == "refuse":
        return {"allow": False, "message": "Org2 owns enough"}
    return {"allow": True}
"""
}


class Functions:
    """The functions of both organisations of a network."""

    def __init__(self, network):
        self.network = network
        self.made = []

    def request(self, method, organization, path, body=None):
        answer = requests.request(
            method, f"{self.network.node.address}/2016-08-15/{path}", json=body, timeout=60,
            headers={"X-Fc-Account-Id": organization})
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def deploy(self, event, *behaviours, configuration=None, service=None):
        """The same function at each organisation, as each behaves; None deploys nothing. Answers its name."""
        service = service or unique("rules")
        for organization, behaviour in zip(ORGANIZATIONS, behaviours):
            if behaviour is None:
                continue
            self.request("POST", organization, "services", {"serviceName": service})
            self.request("POST", organization, f"services/{service}/functions", {
                "functionName": "rule", "runtime": "python3", "handler": "index.handler", "timeout": 60,
                "environmentVariables": {"BEHAVIOUR": behaviour, "SELF": f"{service}/rule"},
                "code": {"zipFile": encoded(CODE)}})
            self.made.append((organization, service))
            self.request("POST", organization, f"services/{service}/functions/rule/triggers", {
                "triggerName": event, "triggerType": event,
                "triggerConfig": {"channel": "mychannel", "contract": "keyvalue", **(configuration or {})}})
            # The first call of a function waits for its process; what is tested here is not that.
            if behaviour not in ("hang", "crash"):
                requests.post(
                    f"{self.network.node.address}/2016-08-15/services/{service}/functions/rule/invocations", data=b"{}",
                    headers={"X-Fc-Account-Id": organization}, timeout=60)
        return f"{service}/rule"

    def check(self, *behaviours, **configuration):
        # A busy machine is slow.
        return self.deploy("endorsement", *behaviours, configuration={"functions": ["put"], "timeout": 10, **configuration})

    def callable(self, *behaviours, **configuration):
        return self.deploy("contractcall", *behaviours, configuration={"timeout": 10, **configuration})

    def remove(self):
        for organization, service in self.made:
            path = f"services/{service}/functions/rule"
            for trigger in self.request("GET", organization, f"{path}/triggers")["triggers"]:
                self.request("DELETE", organization, f"{path}/triggers/{trigger['triggerName']}")
            self.request("DELETE", organization, path)
        self.made = []


@pytest.fixture
def functions(network):
    functions = Functions(network)
    yield functions
    functions.remove()


def refusal(client, *arguments, contract="keyvalue"):
    """The words that the client reads."""
    with pytest.raises(grpc.RpcError) as caught:
        client.submit(contract, *arguments)
    return " | ".join(
        [caught.value.details()] + [f"{detail.msp_id}: {detail.message}" for detail in error_details(caught.value)])


def verdicts(network, organization, transaction=None):
    return network.api(
        "GET", "/api/endorsement-checks", params={"organization": organization, "transaction": transaction}).json()


def calls(network, organization, **filters):
    answer = network.api("GET", "/api/function-calls", params={"organization": organization, **filters})
    assert answer.ok, answer.text
    return answer.json()


# Endorsement checks


def test_each_organisation_asks_its_own_rule(network, functions):
    functions.check("allow", "allow")
    transaction, code, _ = network.client().submit("keyvalue", "put", "colour", "blue")
    assert code == VALID
    for organization in ORGANIZATIONS:
        assert [verdict["verdict"] for verdict in verdicts(network, organization, transaction)] == ["allowed"]


def test_one_organisation_refuses_for_all(network, functions):
    functions.check("allow", "refuse")
    words = refusal(network.client(), "put", "colour", "red")
    assert "Org2MSP: " in words
    assert 'Endorsement check "endorsement"' in words and "of Org2MSP refused: Org2 owns enough" in words
    # A client of the other organisation hears the same.
    assert "of Org2MSP refused: Org2 owns enough" in refusal(network.client(1), "put", "colour", "red")


@pytest.mark.parametrize("behaviour", ["crash", "break"])
def test_a_rule_that_is_down_refuses_or_allows_as_declared(network, functions, behaviour):
    functions.check("allow", behaviour, onError="REFUSE")
    assert "of Org2MSP gave no verdict and refuses then" in refusal(network.client(), "put", "colour", "red")
    functions.remove()
    functions.check("allow", behaviour, onError="ALLOW")
    transaction, code, _ = network.client().submit("keyvalue", "put", "colour", "green")
    assert code == VALID
    assert [verdict["verdict"] for verdict in verdicts(network, "Org2MSP", transaction)] == ["failedAllowed"]


def test_a_rule_that_hangs_is_waited_for_no_longer_than_declared(network, functions):
    functions.check("allow", "hang", timeout=1)
    began = time.monotonic()
    assert "it did not answer within 1 s" in refusal(network.client(), "put", "colour", "red")
    # Far less than the function takes; how much more than a second is the machine's affair.
    assert time.monotonic() - began < 30


def test_rules_that_hang_keep_nobody_waiting_afterwards(network, functions):
    # More than there are instances, each of which would hang for a minute.
    name = functions.check("allow", "moody", timeout=5)
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        words = list(pool.map(lambda _: refusal(network.client(), "put", "colour", "red"), range(24)))
    assert all("did not answer within 5 s" in said or name in said for said in words), words
    assert any(f"instances of {name} were busy for 5 s" in said for said in words), words
    assert network.client().submit("keyvalue", "put", "colour", "green")[1] == VALID


# Contracts that call functions


def test_an_answer_of_both_organisations_is_recorded_and_kept(network, functions):
    function = functions.callable("say 42", "say 42")
    transaction, code, number = network.client().submit("keyvalue", "ask", "answer", function, "what?")
    assert code == VALID
    assert network.client().evaluate("keyvalue", "get", "answer") == b"42"

    request = hashlib.sha256(function.encode() + b"\0" + b"what?").hexdigest()
    answer = hashlib.sha256(b"42").hexdigest()
    reads = recorded_reads(network, number)
    assert reads["keyvalue"] == [(f"\0duet.call\0{request}\0{answer}\0", None)]
    assert "_functions" not in reads
    for organization in ORGANIZATIONS:
        (call,) = calls(network, organization, transaction=transaction)
        assert (call["outcome"], call["requestDigest"], call["answerDigest"]) == ("answered", request, answer)


def recorded_reads(network, number):
    """By namespace: the keys that the only transaction of a block read, with their versions."""
    from fabric import common_pb2, kvrwset_pb2, proposal_pb2, rwset_pb2, transaction_pb2

    block = network.client().block(number)
    payload = common_pb2.Payload.FromString(common_pb2.Envelope.FromString(block.data.data[0]).payload)
    action = transaction_pb2.Transaction.FromString(payload.data).actions[0]
    endorsed = transaction_pb2.ChaincodeActionPayload.FromString(action.payload).action
    response = proposal_pb2.ProposalResponsePayload.FromString(endorsed.proposal_response_payload)
    results = proposal_pb2.ChaincodeAction.FromString(response.extension).results
    reads = {}
    for namespace in rwset_pb2.TxReadWriteSet.FromString(results).ns_rwset:
        found = kvrwset_pb2.KVRWSet.FromString(namespace.rwset).reads
        reads[namespace.namespace] = [
            (text(read.key), read.version if read.HasField("version") else None) for read in found]
    return reads


def text(key):
    return key.decode() if isinstance(key, bytes) else key


def test_organisations_whose_functions_answer_differently_do_not_endorse_together(network, functions):
    function = functions.callable("say 41", "say 42")
    words = refusal(network.client(), "ask", "answer", function, "what?")
    assert "ProposalResponsePayloads do not match" in words
    assert f'function "{function}"' in words and 'contract "keyvalue"' in words
    assert all(organization in words for organization in ORGANIZATIONS)
    # Both organisations see what they themselves answered.
    digests = [calls(network, organization, service=function.split("/")[0])[0]["answerDigest"] for organization in ORGANIZATIONS]
    assert digests == [hashlib.sha256(answer).hexdigest() for answer in (b"41", b"42")]


@pytest.mark.parametrize("behaviour, words", [
    ("break", "of Org2MSP, called by contract \"keyvalue\", failed: ValueError: out of order"),
    ("crash", "of Org2MSP, called by contract \"keyvalue\", failed: FunctionProcessExited"),
    ("hang", "of Org2MSP, called by contract \"keyvalue\", did not answer within 1000 ms"),
    ("large", "of Org2MSP, called by contract \"keyvalue\", answered 300000 bytes"),
    ("write", "A function that runs for an endorsement may evaluate, and submit nothing"),
    ("loop", "4 functions in a row were asked"),
    (None, "of Org2MSP, called by contract \"keyvalue\", is not there for it"),
])
def test_a_call_without_an_answer_says_why(network, functions, behaviour, words):
    function = functions.callable("say 42", behaviour, timeout=1 if behaviour == "hang" else 10)
    began = time.monotonic()
    assert words in refusal(network.client(), "ask", "answer", function, "what?")
    assert time.monotonic() - began < 30


def test_only_functions_that_say_so_can_be_called(network, functions):
    rule = functions.check("allow", "allow")
    assert "no function of that name is deployed by Org1MSP with an event of type ContractCall" in refusal(
        network.client(), "ask", "answer", rule, "")
    assert "names no function" in refusal(network.client(), "ask", "answer", "rule", "")
    assert "its payload has 262145 bytes" in refusal(network.client(), "ask", "answer", rule, "x" * 262145)


def test_clients_cannot_call_functions_as_a_contract(network, functions):
    function = functions.callable("say 42", "say 42")
    with pytest.raises(grpc.RpcError) as caught:
        network.client().evaluate("_functions", "call", function, "")
    assert "is there for contracts" in caught.value.details()
    assert "is there for contracts" in refusal(network.client(), "call", function, "", contract="_functions")


def test_a_function_may_look_at_the_ledger_meanwhile(network, functions):
    client = network.client()
    assert client.submit("keyvalue", "put", "base", "seven")[1] == VALID
    function = functions.callable("look", "look", timeout=10)
    assert client.submit("keyvalue", "ask", "answer", function, "")[1] == VALID
    assert client.evaluate("keyvalue", "get", "answer") == b"seven"


def test_any_contract_calls_by_invoking_the_system_chaincode(network, functions):
    function = functions.callable("echo", "echo")
    arguments = json.dumps(["call", function, "{\"a\": 1}"])
    assert network.client().evaluate("keyvalue", "call", "_functions", arguments) == b"{\"a\": 1}"
    _, code, number = network.client().submit("keyvalue", "call", "_functions", arguments)
    assert code == VALID
    ((key, version),) = recorded_reads(network, number)["keyvalue"]
    assert key.startswith("\0duet.call\0") and version is None


def test_nobody_can_write_or_read_what_stands_for_a_call(network, functions):
    function = functions.callable("say 42", "say 42")
    client = network.client()
    digests = [hashlib.sha256(text).hexdigest() for text in (function.encode() + b"\0what?", b"42")]
    key = "\0duet.call\0" + "".join(digest + "\0" for digest in digests)
    for arguments in (("put", key, "1"), ("get", key)):
        assert "stand for calls of functions" in refusal(client, *arguments)
    assert client.submit("keyvalue", "ask", "answer", function, "what?")[1] == VALID


# Other programs


def test_the_commands_show_what_came_of_calls(network, functions):
    function = functions.callable("say 42", "break")
    refusal(network.client(), "ask", "answer", function, "what?")
    shown, _ = run_duet(
        "call", "list", "--node", network.node.address, "--organization", "Org2MSP", "--service", function.split("/")[0])
    assert "out of order" in shown and function in shown and "failed" in shown


def test_fabric_sdk_py_sees_refusals_and_answers(network, functions):
    functions.check("allow", "refuse")
    function = functions.callable("say 42", "say 42")
    other = functions.callable("say 41", "say 42")
    seen = run_scenario("functions", network, function, other)
    assert "of Org2MSP refused: Org2 owns enough" in seen["checked"]
    assert seen["called"] == "42"
    assert seen["kept"] == "42"
    assert seen["validation"] == VALID
    assert "ENDORSEMENT_POLICY_FAILURE" in seen["different"]


def test_a_ledger_with_recorded_calls_passes_the_audit(tmp_path, messages):
    network = Network(tmp_path)
    try:
        functions = Functions(network)
        function = functions.callable("say 42", "say 42")
        functions.check("allow", "allow")
        for key in ("one", "two"):
            assert network.client().submit("keyvalue", "ask", key, function, "what?")[1] == VALID
            _, code, last = network.client().submit("keyvalue", "put", key, "other")
            assert code == VALID
    finally:
        assert network.node.stop() == 0
    peers = sorted((network.data / "peers").iterdir())
    assert len(peers) == 2
    for peer in peers:
        report = json.loads(run_duet("ledger", "audit", str(peer / "mychannel"), "--json")[0])
        assert report["differenceCount"] == 0
        assert len(report["blocks"]) == last + 1
        assert {code for block in report["blocks"] for code in block["codes"]} == {VALID}
