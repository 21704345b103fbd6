"""One trace: from a transaction down to what it set off, two levels deep, and from a log line back to the block."""

import json
import os
import subprocess

import grpc
import pytest
import requests

from duet_node import DuetNode
from function_client import eventually
from gateway_client import GatewayClient, Identity, generate_messages

# The rule is asked before, `award` answers a transaction at its second attempt, `note` submits one while it runs.
CODE = """
import json

seen = set()

def rule(event, context):
    asked = json.loads(event)
    print("asked about " + asked["args"][0])
    if asked["args"][1] == "no":
        return {"allow": False, "message": "not today"}
    return {"allow": True}

def award(event, context):
    happened = json.loads(event)
    if happened["id"] not in seen:
        seen.add(happened["id"])
        print("stumbling over " + happened["id"])
        raise ValueError("not yet")
    print("awarding for " + happened["id"])
    mark = happened["id"].replace("/", "-")
    return {"transactions": [{"contract": "keyvalue", "function": "put", "args": ["bonus-" + mark, "10"]}]}

def note(event, context):
    print("noting " + context.tracing.span_context)
    context.ledger.submit("keyvalue", "put", "noted", json.loads(event)["id"])
"""


def function(handler, **events):
    return {
        "Type": "Aliyun::Serverless::Function",
        "Properties": {"Handler": f"index.{handler}", "Runtime": "python3", "CodeUri": "./", "Timeout": 30},
        "Events": events,
    }


def on_put(keys, **more):
    return {"Type": "ContractEvent", "Properties": {
        "Channel": "mychannel", "Contract": "keyvalue", "Event": "put", "Keys": [keys], **more}}


TEMPLATE = {
    "ROSTemplateFormatVersion": "2015-09-01",
    "Transform": "Aliyun::Serverless-2018-04-03",
    "Resources": {
        "rewards": {
            "Type": "Aliyun::Serverless::Service",
            "Properties": {"LogConfig": {"Project": "rewards-logs", "Logstore": "functions"}},
            "rule": function("rule", limits={"Type": "Endorsement", "Properties": {
                "Channel": "mychannel", "Contract": "keyvalue", "Functions": ["put"], "Timeout": 20}}),
            "award": function("award", **{"on-order": on_put("order-*")}),
            "note": function("note", **{"on-bonus": on_put("bonus-*")}),
        },
        "rewards-logs": {
            "Type": "Aliyun::Serverless::Log", "Properties": {"Description": "Lines of the rewards"},
            "functions": {"Type": "Aliyun::Serverless::Log::Logstore", "Properties": {"TTL": 7, "ShardCount": 1}},
        },
    },
}


@pytest.fixture(scope="module", autouse=True)
def messages(tmp_path_factory):
    generate_messages(tmp_path_factory.mktemp("messages"))


class World:
    """A node with a network and the functions, and a client of the gateway."""

    def __init__(self, folder, *options):
        self.node = DuetNode(folder, "--port", "0", *options).start()
        self.program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
        try:
            data = folder / "data"
            description = json.loads((data / "network.json").read_text())
            found = description["organizations"][0]
            root = data / "organizations" / "peerOrganizations" / found["domain"]
            authority = (root / "peers" / f"peer0.{found['domain']}" / "tls" / "ca.crt").read_bytes()
            identity = Identity(found["name"], root / "users" / f"User1@{found['domain']}")
            self.gateway = GatewayClient(
                f"localhost:{found['peerPorts'][0]}", authority, identity, description["channel"])
            project = folder / "project"
            project.mkdir()
            (project / "template.yml").write_text(json.dumps(TEMPLATE))
            (project / "index.py").write_text(CODE)
            self.duet("deploy", str(project))
        except BaseException:
            self.node.end()
            raise

    def duet(self, *arguments):
        result = subprocess.run(
            [self.program, *arguments], env={**os.environ, "DUET_NODE": self.node.address}, capture_output=True,
            text=True, timeout=120)
        assert result.returncode == 0, (result.stdout, result.stderr)
        return result.stdout

    def get(self, path, **parameters):
        return requests.get(self.node.address + path, params=parameters)

    def trace(self, transaction, **parameters):
        answer = self.get(f"/api/channels/mychannel/transactions/{transaction}/trace", **parameters)
        answer.raise_for_status()
        return answer.json()

    def whole_trace(self, transaction):
        """Once both levels are there."""
        def look():
            trace = self.trace(transaction, depth=3)
            try:
                bonus = trace["triggers"][0]["transactions"][0]["trace"]
                noted = bonus["triggers"][0]["invocations"][0]["transactions"][0]["trace"]
            except (IndexError, KeyError):
                return None
            # The last lines arrive a moment after the invocation's record.
            isWhole = noted["checks"] and bonus["triggers"][0]["status"] == "handled" and all(
                invocation["logs"] and "FC Invoke End" in lines(invocation)[-1] for invocation in [
                    *trace["triggers"][0]["invocations"], *bonus["triggers"][0]["invocations"],
                    trace["checks"][0]["invocation"]])
            return trace if isWhole else None

        return eventually(look, seconds=90)

    def end(self):
        self.gateway.close()
        self.node.end()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"))
    yield world
    world.end()


@pytest.fixture(scope="module")
def traced(world):
    transaction, code, block = world.gateway.submit("keyvalue", "put", "order-1", "5")
    assert code == 0
    return transaction, block, world.whole_trace(transaction)


def lines(invocation):
    return [entry["fields"]["message"] for entry in invocation["logs"]]


def test_a_transaction_shows_what_it_set_off_two_levels_deep(traced):
    transaction, block, trace = traced
    assert (trace["transaction"], trace["block"], trace["code"]) == (transaction, block, "VALID")
    assert trace["traceId"] == transaction[:32]
    assert "cause" not in trace and trace["isComplete"]

    [check] = trace["checks"]
    assert (check["check"], check["verdict"]) == ("limits", "allowed")
    assert "asked about order-1" in lines(check["invocation"])
    assert check["invocation"]["kind"] == "check"
    assert check["invocation"]["timing"]["runMicroseconds"] > 0
    assert check["invocation"]["traceId"] == trace["traceId"]

    [trigger] = trace["triggers"]
    assert (trigger["trigger"], trigger["function"], trigger["status"]) == ("on-order", "award", "handled")
    event = trigger["event"]
    assert event.startswith(f"mychannel/{block}/") and trigger["attemptCount"] == 2
    first, second = trigger["invocations"]
    assert (first["status"], first["attempt"]) == ("failed", 1) and "not yet" in first["error"]
    assert (second["status"], second["attempt"]) == ("succeeded", 2)
    assert f"stumbling over {event}" in lines(first) and f"awarding for {event}" in lines(second)
    assert second["requestId"] == trigger["requestId"] != first["requestId"]
    assert first["timing"]["codeLoadMicroseconds"] > 0 and "codeLoadMicroseconds" not in second["timing"]

    [answered] = trigger["transactions"]
    assert answered["via"] == "answer"
    bonus = answered["trace"]
    assert bonus["code"] == "VALID" and bonus["traceId"] == trace["traceId"]
    assert bonus["cause"]["event"] == event and bonus["cause"]["transaction"] == transaction
    assert (bonus["cause"]["trigger"], bonus["cause"]["depth"]) == ("on-order", 1)
    assert [check["verdict"] for check in bonus["checks"]] == ["allowed"]

    [trigger] = bonus["triggers"]
    assert trigger["trigger"] == "on-bonus"
    [invocation] = trigger["invocations"]
    assert f"noting 00-{trace['traceId']}-{invocation['spanId']}-01" in lines(invocation)
    [submitted] = invocation["transactions"]
    assert submitted["via"] == "call"
    noted = submitted["trace"]
    assert noted["submittedBy"] == invocation["requestId"]
    assert noted["traceId"] == trace["traceId"] and noted["cause"]["depth"] == 2


def test_a_log_line_leads_back_to_the_block(world, traced):
    transaction, block, trace = traced
    found = world.get(
        "/api/logs/projects/rewards-logs/stores/functions/entries", query='"awarding"').json()["entries"]
    [line] = [entry["fields"] for entry in found if trace["triggers"][0]["event"] in entry["fields"]["message"]]
    assert (line["channel"], line["blockNumber"], line["txId"]) == ("mychannel", str(block), transaction)
    assert line["traceId"] == trace["traceId"]

    back = world.get(f"/api/invocations/{line['requestId']}/trace").json()
    assert (back["origin"]["transaction"], back["origin"]["block"]) == (transaction, block)
    assert back["origin"]["contract"] == "keyvalue"
    [invocation] = back["invocations"]
    assert invocation["function"] == "award" and lines(invocation)

    shown = world.duet("invocation", "show", line["requestId"])
    assert transaction in shown and f"mychannel {block}:0" in shown and "awarding for" in shown
    assert f"tx {transaction}" in world.duet("logs", "query", "rewards-logs/functions", '"awarding"')


def test_the_command_line_shows_the_tree(world, traced):
    transaction, block, _ = traced
    shown = world.duet("tx", "show", "mychannel", transaction, "--functions", "--depth", "3")
    places = [shown.index(text) for text in [
        transaction, "check limits (rewards/rule)  allowed", "asked about order-1", "trigger on-order (rewards/award)",
        "stumbling over", "awarding for", "wrote transaction", "caused by trigger on-order",
        "trigger on-bonus (rewards/note)", "noting 00-"]]
    assert places == sorted(places)
    by_place = json.loads(world.duet("tx", "show", "mychannel", f"{block}:0", "--functions", "--json"))
    assert by_place["transaction"] == transaction


def test_a_refused_proposal_is_traced_by_its_id(world):
    from fabric import gateway_pb2

    transaction, proposal = world.gateway.propose("keyvalue", "put", "order-2", "no")
    with pytest.raises(grpc.RpcError):
        world.gateway.stub.Endorse(gateway_pb2.EndorseRequest(
            transaction_id=transaction, channel_id="mychannel", proposed_transaction=proposal), timeout=30)
    trace = world.trace(transaction)
    assert "block" not in trace
    assert [(check["verdict"], check["message"]) for check in trace["checks"]] == [("refused", "not today")]
    assert eventually(
        lambda: "asked about order-2" in lines(world.trace(transaction)["checks"][0]["invocation"]), seconds=30)


def test_a_contracts_call_is_shown_with_its_invocation(world, tmp_path):
    template = {**TEMPLATE, "Resources": {"prices": {
        "Type": "Aliyun::Serverless::Service", "Properties": {},
        "quote": {
            "Type": "Aliyun::Serverless::Function",
            "Properties": {"Handler": "index.quote", "Runtime": "python3", "CodeUri": "./", "Timeout": 30},
            "Events": {"by-keyvalue": {"Type": "ContractCall", "Properties": {
                "Channel": "mychannel", "Contract": "keyvalue", "Timeout": 10}}},
        }}}}
    (tmp_path / "template.yml").write_text(json.dumps(template))
    (tmp_path / "index.py").write_text("def quote(event, context):\n    return '12'\n")
    world.duet("deploy", str(tmp_path), "--organization", "Org1MSP,Org2MSP")
    transaction, code, _ = world.gateway.submit("keyvalue", "ask", "answer", "prices/quote", "wheat")
    assert code == 0
    # Each endorsing organisation asked its own function; at least one of them did.
    calls = eventually(lambda: [
        call for organization in ["Org1MSP", "Org2MSP"]
        for call in world.trace(transaction, organization=organization)["calls"] if "invocation" in call], seconds=30)
    call = calls[0]
    assert (call["outcome"], call["isRecorded"], call["function"]) == ("answered", True, "quote")
    invocation = call["invocation"]
    assert (invocation["kind"], invocation["requestId"]) == ("call", call["requestId"])
    assert invocation["traceId"] == transaction[:32]
    shown = world.duet("tx", "show", "mychannel", transaction, "--functions", "--organization", call["organization"])
    assert "call of prices/quote by contract keyvalue  answered" in shown


def test_bounds_and_what_is_not_there(world, traced):
    transaction, _, _ = traced
    shallow = world.trace(transaction, depth=0, lines=0)
    [written] = shallow["triggers"][0]["transactions"]
    assert "trace" not in written and "logs" not in shallow["checks"][0]["invocation"]
    first = world.trace(transaction, limit=1, depth=0)
    assert not first["isComplete"] and first["next"]
    rest = world.trace(transaction, after=first["next"], depth=0)
    assert rest["isComplete"] and len(rest["triggers"][0]["invocations"]) == 2
    assert world.get("/api/channels/mychannel/transactions/nothing/trace").status_code == 404
    assert world.get("/api/invocations/nothing/trace").status_code == 404
    for wrong in [{"depth": 9}, {"lines": 501}, {"limit": 0}, {"after": "x"}]:
        answer = world.get(f"/api/channels/mychannel/transactions/{transaction}/trace", **wrong)
        assert answer.status_code == 400, wrong
    # Another organisation's functions are its own affair.
    other = world.trace(transaction, organization="Org2MSP")
    assert other["checks"] == [] and other["triggers"] == [] and other["invocations"] == []
