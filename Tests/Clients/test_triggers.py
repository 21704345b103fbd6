"""Triggers on the ledger: deployed from a template, delivered to functions and HTTP sinks, read by the CloudEvents package."""

import base64
import concurrent.futures
import hashlib
import hmac
import http.server
import json
import os
import random
import subprocess
import threading

import grpc
import pytest
import requests
from cloudevents.v1.http import from_http, from_json

from duet_node import DuetNode
from function_client import eventually
from gateway_client import GatewayClient, Identity, generate_messages

HANDLER = "exports.handler = (event, context, done) => { console.log('handled ' + JSON.parse(event).id); done(null, event) }"


@pytest.fixture(scope="session", autouse=True)
def messages(tmp_path_factory):
    generate_messages(tmp_path_factory.mktemp("messages"))


def template(events):
    return json.dumps({
        "ROSTemplateFormatVersion": "2015-09-01",
        "Transform": "Aliyun::Serverless-2018-04-03",
        "Resources": {
            "shop": {
                "Type": "Aliyun::Serverless::Service",
                "Properties": {"LogConfig": "Auto"},
                "handle": {
                    "Type": "Aliyun::Serverless::Function",
                    "Properties": {"Handler": "index.handler", "Runtime": "nodejs20", "CodeUri": "./"},
                    "Events": events,
                },
            },
        },
    })


class World:
    """A node with a network, a project folder, and a client of the gateway."""

    def __init__(self, folder):
        self.folder = folder
        self.node = DuetNode(folder, "--port", "0").start()
        self.program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
        self.connect()

    def connect(self):
        data = self.folder / "data"
        description = json.loads((data / "network.json").read_text())
        found = description["organizations"][0]
        root = data / "organizations" / "peerOrganizations" / found["domain"]
        authority = (root / "peers" / f"peer0.{found['domain']}" / "tls" / "ca.crt").read_bytes()
        identity = Identity(found["name"], root / "users" / f"User1@{found['domain']}")
        self.gateway = GatewayClient(
            f"localhost:{found['peerPorts'][0]}", authority, identity, description["channel"])

    def deploy(self, events, handler=HANDLER, status=0):
        project = self.folder / "project"
        project.mkdir(exist_ok=True)
        (project / "template.yml").write_text(template(events))
        (project / "index.js").write_text(handler)
        return self.duet("deploy", str(project), status=status)

    def duet(self, *arguments, status=0):
        result = subprocess.run(
            [self.program, *arguments], env={**os.environ, "DUET_NODE": self.node.address}, capture_output=True,
            text=True, timeout=120)
        assert result.returncode == status, (result.stdout, result.stderr)
        return result.stdout if status == 0 else result.stderr

    def json(self, *arguments):
        return json.loads(self.duet(*arguments, "--output", "json"))

    def put(self, key, value):
        return self.gateway.submit("keyvalue", "put", key, value)

    def outcomes(self, trigger, count):
        def look():
            found = self.json("trigger", "outcomes", f"shop/handle/{trigger}", "--limit", "1000")
            return found if len(found) >= count else None

        return eventually(look, seconds=60)

    def restart(self):
        self.gateway.close()
        self.node.start(self.node.port)
        self.connect()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.gateway.close()
    world.node.end()


class Sink(http.server.ThreadingHTTPServer):
    """Takes CloudEvents and remembers them; answers what `answer` says."""

    def __init__(self):
        self.events = []
        self.requests = []
        self.answer = lambda event: 204
        self.lock = threading.Lock()
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                event = from_http(dict(self.headers), body)
                with sink.lock:
                    status = sink.answer(event)
                    if status < 300:
                        sink.events.append(event)
                        sink.requests.append((dict(self.headers), body))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/events"


@pytest.fixture
def sink():
    sink = Sink()
    yield sink
    sink.shutdown()
    sink.server_close()


def test_contract_event_reaches_a_function(world):
    events = {"on-put": {"Type": "ContractEvent", "Properties": {
        "Channel": "mychannel", "Contract": "keyvalue", "Event": "put*", "StartingPosition": "EARLIEST"}}}
    world.deploy(events)
    world.put("marble1", "blue")
    outcome = world.outcomes("on-put", 1)[0]
    assert outcome["status"] == "handled"
    event = from_json(outcome["response"])
    assert event["type"] == "duet.ledger.contractevent"
    assert event["source"] == "/duet/mychannel/mychannel/keyvalue"
    assert event["id"] == outcome["eventId"]
    assert event["subject"] == "put"
    assert event.data["payload"] == "marble1"
    assert event.data["function"] == "put"
    assert event.data["arguments"] == ["marble1", "blue"]
    assert event.data["isValid"] is True
    assert {entry["mspId"] for entry in event.data["endorsers"]} == {"Org1MSP", "Org2MSP"}
    assert event.data["writes"][0]["key"] == "marble1"
    entries = ["logs", "query", "duet-functions/function-log", "handled", "--output", "json"]
    lines = eventually(lambda: [text for text in [world.duet(*entries)] if event["id"] in text])[0]
    assert event.data["transactionId"] in lines
    # The same template again changes nothing, and no position is reset.
    world.deploy(events)
    assert len(world.outcomes("on-put", 1)) == 1


def test_a_wrong_trigger_is_refused_with_everything_that_is_wrong(world):
    message = world.deploy({"on-put": {"Type": "ContractEvent", "Properties": {
        "Channel": "my channel", "BatchSize": 0, "Colour": 1, "Filter": {"a": [{"like": 1}]}}}}, status=78)
    for part in ["Channel", "BatchSize", "Colour", "Filter.a[0]"]:
        assert part in message


def test_commands_move_a_trigger(world):
    world.deploy({"on-put": {"Type": "ContractEvent", "Properties": {
        "Channel": "mychannel", "Contract": "keyvalue", "StartingPosition": "EARLIEST"}}})
    for number in range(3):
        world.put(f"key{number}", "x")
    world.outcomes("on-put", 3)
    name = "shop/handle/on-put"
    preview = world.json("trigger", "preview", "--channel", "mychannel", "--contract", "keyvalue", "--event", "put")
    assert preview["eventCount"] == 3
    assert from_json(json.dumps(preview["events"][0])).data["payload"] == "key0"
    assert world.json("trigger", "pause", name)["condition"] == "paused"
    world.put("key3", "x")
    assert world.json("trigger", "show", name)["condition"] == "paused"
    world.duet("trigger", "resume", name)
    world.outcomes("on-put", 4)
    status = eventually(lambda: [s for s in [world.json("trigger", "show", name)] if s["condition"] == "caughtUp"])[0]
    assert status["lagBlocks"] == 0
    replay = world.json("trigger", "replay", name, "--from", "0", "--dry-run")
    assert (replay["status"], replay["handledCount"], replay["equalCount"]) == ("finished", 4, 4)
    for qualifier in ["77", "nobody"]:
        refusal = world.duet("trigger", "replay", name, "--from", "0", "--qualifier", qualifier, status=1)
        assert "does not exist" in refusal and "duet function versions shop" in refusal
    world.duet("trigger", "seek", name, "EARLIEST")
    world.outcomes("on-put", 4)
    assert "no ledger trigger" in world.duet("trigger", "show", "shop/handle/none", status=1)
    assert "does not exist" in world.duet("trigger", "seek", name, "9999", status=1)
    assert "duet_trigger_lag_blocks" in requests.get(world.node.address + "/metrics").text
    listed = {row["triggerName"]: row for row in world.json("trigger", "list") if "triggerName" in row}
    assert listed["on-put"]["status"]["channel"] == "mychannel"


def test_an_answer_becomes_a_transaction_once(world):
    handler = """exports.handler = (event, context, done) => {
        const key = 'copy-of-' + JSON.parse(event).data.arguments[0]
        done(null, JSON.stringify({ transactions: [{ contract: 'keyvalue', function: 'put', args: [key, 'x'] }] })) }"""
    world.deploy({"copy": {"Type": "ContractEvent", "Properties": {
        "Channel": "mychannel", "Contract": "keyvalue", "Event": "put", "StartingPosition": "EARLIEST",
        "Arguments": [[{"anything-but": [{"prefix": "copy-of-"}]}]]}}}, handler)
    world.put("a", "1")
    outcome = world.outcomes("copy", 1)[0]
    assert outcome["status"] == "handled"
    assert len(outcome["transactionIds"]) == 1
    shown = world.json("contract", "query", "--data", str(world.folder / "data"), "keyvalue", "get", "copy-of-a")
    assert "x" in json.dumps(shown)


@pytest.mark.parametrize("mode", ["BINARY", "STRUCTURED"])
def test_a_sink_gets_signed_events(world, sink, mode):
    world.deploy({"out": {"Type": "Transaction", "Properties": {
        "Channel": "mychannel", "Contract": "keyvalue", "StartingPosition": "EARLIEST",
        "Sink": {"Url": sink.url, "Mode": mode, "Secret": "a secret"}}}})
    world.put("a key", "ä")
    eventually(lambda: sink.events)
    event, (headers, body) = sink.events[0], sink.requests[0]
    assert event["type"] == "duet.ledger.transaction"
    assert event.data["arguments"] == ["a key", "ä"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(b"a secret", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == "v1," + expected
    # The event says where it arose, the header which delivery this is: one trace, another step of it.
    hop, origin = headers["traceparent"].split("-"), event["traceparent"].split("-")
    assert hop[1] == origin[1] and hop[2] != origin[2]


def test_block_and_ordered_block_triggers(world, sink):
    world.deploy({
        "blocks": {"Type": "Block", "Properties": {
            "Channel": "mychannel", "StartingPosition": "LATEST", "Sink": {"Url": sink.url}}},
        "ordered": {"Type": "OrderedBlock", "Properties": {
            "Channel": "mychannel", "StartingPosition": "LATEST", "Sink": {"Url": sink.url}}}})
    eventually(lambda: all(
        world.json("trigger", "show", f"shop/handle/{name}")["condition"] == "caughtUp" for name in ["blocks", "ordered"]))
    world.put("k", "v")
    eventually(lambda: {event.data["stage"] for event in sink.events} == {"committed", "ordered"})
    assert {event["type"] for event in sink.events} == {"duet.ledger.block"}
    assert len({event.data["hash"] for event in sink.events}) == 1


def test_what_a_contract_scheduled_runs_once_its_transaction_is_valid(world):
    handler = """exports.handler = (event, context, done) => {
        const { payload } = JSON.parse(event).data
        if (payload === 'poison') throw new Error('no such address')
        done(null, payload) }"""
    world.deploy({}, handler)

    def schedule(organization, payload):
        return world.gateway.submit("keyvalue", "schedule", organization, "shop", "handle", payload)

    def deliveries(transaction):
        path = f"{world.node.address}/api/channels/mychannel/transactions/{transaction}/deliveries"
        answer = requests.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ended(transaction, status):
        found = deliveries(transaction)
        return found if [entry["status"] for entry in found] == [status] else None

    first, _, _ = schedule("Org1MSP", "mail")
    found = eventually(lambda: ended(first, "handled"), seconds=60)[0]
    assert (found["triggerType"], found["service"], found["function"]) == ("scheduled", "shop", "handle")
    assert (found["response"], found["attemptCount"]) == ("mail", 1)
    # Another organisation's node runs it, and this one only says so.
    other, _, _ = schedule("Org9MSP", "mail")
    assert [entry["status"] for entry in deliveries(other)] == ["elsewhere"]

    # Of two that read the same version one is invalid, and its function never runs.
    valid, invalid = conflict(world.gateway, "schedule", "Org1MSP", "shop", "handle", "rival")
    eventually(lambda: ended(valid, "handled"), seconds=60)
    assert deliveries(invalid) == []

    # A poison entry ends as a dead letter of its own; another one right behind it is not held up.
    poison, _, _ = schedule("Org1MSP", "poison")
    behind, _, _ = schedule("Org1MSP", "behind")
    eventually(lambda: ended(behind, "handled"), seconds=60)
    assert [entry["status"] for entry in deliveries(poison)] == ["waiting"]


def conflict(gateway, *arguments):
    """Ids of two transactions in the ledger of which the second lost against the first."""
    for _ in range(50):
        prepared = [gateway.endorse("keyvalue", *arguments) for _ in range(2)]
        try:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda transaction: gateway.send(*transaction), prepared))
        except grpc.RpcError:
            continue  # the first was committed before the second came: refused instead of ordered
        codes = {transaction: gateway.status(transaction)[0] for transaction, _ in prepared}
        if sorted(codes.values())[0] == 0 < sorted(codes.values())[1]:
            return sorted(codes, key=codes.get)
    raise AssertionError("no two transactions met in the orderer")


def test_every_event_arrives_in_order_whenever_the_node_is_killed(world, sink):
    seed = int(os.environ.get("DUET_SEED", "1"))
    kills = int(os.environ.get("DUET_SOAK_ROUNDS", "4"))
    print("seed", seed)
    chance = random.Random(seed)
    sink.answer = lambda event: 503 if chance.random() < 0.1 else 204
    world.deploy({"out": {"Type": "ContractEvent", "Properties": {
        "Channel": "mychannel", "Contract": "keyvalue", "StartingPosition": "EARLIEST",
        "OrderBy": "argument:0", "Parallel": 4, "Sink": {"Url": sink.url},
        "Retry": {"MaximumRetryAttempts": -1, "Delay": 0.05, "MaximumDelay": 0.2}}}})
    committed = []
    for _ in range(kills):
        goal = len(sink.events) + chance.randint(1, 20)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            puts = [(f"key{chance.randrange(5)}", str(number)) for number in range(chance.randint(10, 30))]
            # Keys conflict where they are written at once; each writer has keys of its own.
            lanes = [[put for put in puts if hash_of(put[0]) % 4 == lane] for lane in range(4)]
            for futures in list(pool.map(lambda lane: [(put, world.put(*put)) for put in lane], lanes)):
                committed += [put for put, _ in futures]
        eventually(lambda: len(sink.events) >= min(goal, len(committed)), seconds=60)
        world.node.kill()
        world.restart()
    wanted = sorted(committed)

    def arrived():
        return sorted({tuple([e["id"]] + e.data["arguments"]) for e in sink.events}, key=str)

    eventually(lambda: len(arrived()) == len(wanted), seconds=120)
    assert sorted((key, value) for _, key, value in arrived()) == wanted
    for key in {key for key, _ in committed}:
        order = sorted({event["sequence"] for event in sink.events if event.data["arguments"][0] == key})
        seen = -1
        for event in sink.events:
            if event.data["arguments"][0] == key:
                index = order.index(event["sequence"])
                assert index <= seen + 1, f"{event['id']} came too early; seed {seed}"
                seen = max(seen, index)


def hash_of(text):
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
