"""Transactions that a triggered function answers: exactly once on the ledger, all from one answer, whatever falls in between."""

import copy
import json
import os
import random
import subprocess
import threading

import grpc
import pytest
import requests

from duet_node import DuetNode
from function_client import eventually
from gateway_client import GatewayClient, Identity, generate_messages

# Asked again it would answer with another tag. The second transaction reads and writes what everybody writes.
HANDLER = """
import json
import uuid

def handler(event, context):
    mark = json.loads(event)["id"].replace("/", "-")
    tag = uuid.uuid4().hex
    return {"transactions": [
        {"contract": "keyvalue", "function": "put", "args": ["first-" + mark, tag]},
        {"contract": "keyvalue", "function": "add", "args": ["total", "1"]},
        {"contract": "keyvalue", "function": "put", "args": ["last-" + mark, tag]},
    ]}
"""

TEMPLATE = {
    "ROSTemplateFormatVersion": "2015-09-01",
    "Transform": "Aliyun::Serverless-2018-04-03",
    "Resources": {
        "rewards": {
            "Type": "Aliyun::Serverless::Service",
            "Properties": {},
            "award": {
                "Type": "Aliyun::Serverless::Function",
                "Properties": {"Handler": "index.handler", "Runtime": "python3", "CodeUri": "./", "Timeout": 30},
                "Events": {
                    "on-delete": {
                        "Type": "ContractEvent",
                        "Properties": {
                            "Channel": "mychannel", "Contract": "keyvalue", "Event": "delete",
                            "StartingPosition": "EARLIEST"},
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module", autouse=True)
def messages(tmp_path_factory):
    generate_messages(tmp_path_factory.mktemp("messages"))


class World:
    """A node with a network and the function, and a client of the gateway."""

    def __init__(self, folder, handler=HANDLER, settings=None):
        self.folder = folder
        self.node = DuetNode(folder, "--port", "0").start()
        self.program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
        self.connect()
        project = folder / "project"
        project.mkdir()
        template = copy.deepcopy(TEMPLATE)
        template["Resources"]["rewards"]["award"]["Events"]["on-delete"]["Properties"].update(settings or {})
        (project / "template.yml").write_text(json.dumps(template))
        (project / "index.py").write_text(handler)
        self.duet("deploy", str(project))

    def connect(self):
        data = self.folder / "data"
        description = json.loads((data / "network.json").read_text())
        found = description["organizations"][0]
        root = data / "organizations" / "peerOrganizations" / found["domain"]
        authority = (root / "peers" / f"peer0.{found['domain']}" / "tls" / "ca.crt").read_bytes()
        identity = Identity(found["name"], root / "users" / f"User1@{found['domain']}")
        self.gateway = GatewayClient(
            f"localhost:{found['peerPorts'][0]}", authority, identity, description["channel"])

    def duet(self, *arguments):
        result = subprocess.run(
            [self.program, *arguments], env={**os.environ, "DUET_NODE": self.node.address}, capture_output=True,
            text=True, timeout=120)
        assert result.returncode == 0, (result.stdout, result.stderr)
        return result.stdout

    def restart(self):
        self.gateway.close()
        self.node.start(self.node.port)
        self.connect()

    def get(self, key):
        try:
            return self.gateway.evaluate("keyvalue", "get", key).decode()
        except grpc.RpcError:
            return None

    def history(self, key):
        return json.loads(self.gateway.evaluate("keyvalue", "history", key))

    def blocks(self):
        """Every transaction of the channel with its block, from the JSON API."""
        base = f"{self.node.address}/api/channels/mychannel"
        height = requests.get(base).json()["height"]
        for number in range(height):
            block = requests.get(f"{base}/blocks/{number}").json()
            for transaction in block["transactions"]:
                yield number, transaction

    def end(self):
        self.gateway.close()
        self.node.end()


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.end()


def test_an_answer_takes_effect_and_says_why(world):
    _, _, block = world.gateway.submit("keyvalue", "delete", "a")
    assert eventually(lambda: world.get("total") == "1", seconds=60)
    mark = f"mychannel-{block}-0-0"
    assert eventually(lambda: world.get(f"last-{mark}"), seconds=60) == world.get(f"first-{mark}")
    identity = requests.get(f"{world.node.address}/api/services/rewards/identity").json()
    names = [json.dumps(transaction.get("creator")) for _, transaction in world.blocks()]
    assert sum(identity["name"] in name for name in names) == 3


@pytest.mark.parametrize("seed", [1])
def test_killed_anywhere_each_takes_effect_once_and_all_from_one_answer(world, seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    keys = []

    def submit(*arguments):
        try:
            world.gateway.submit("keyvalue", *arguments)
        except grpc.RpcError:
            pass  # lost a conflict, or the node fell

    for _ in range(8):
        # Whoever adds nothing at the same time makes the function's transaction lose now and then.
        rival = threading.Thread(target=lambda: [submit("add", "total", "0") for _ in range(6)])
        rival.start()
        for _ in range(3):
            keys.append(f"key-{len(keys)}")
            submit("delete", keys[-1])
        rival.join(chance.uniform(0, 0.7))
        world.node.kill()
        rival.join()
        world.restart()
        if chance.random() < 0.5:
            requests.post(f"{world.node.address}/api/services/rewards/identity").raise_for_status()

    # What the ledger holds counts, also where the client was never told.
    events = [
        f"mychannel-{change['block']}-{change['transaction']}-0" for key in keys for change in positions(world, key)]
    assert len(events) >= 8
    assert eventually(lambda: world.get("total") == str(len(events)), seconds=120), (world.get("total"), len(events))
    for event in events:
        last = eventually(lambda: world.get(f"last-{event}"), seconds=60)
        assert last == world.get(f"first-{event}"), f"seed {seed}: {event} was answered twice"
        assert len(world.history(f"first-{event}")) == len(world.history(f"last-{event}")) == 1, f"seed {seed}"
    assert world.get("total") == str(len(events)), f"seed {seed}"


def positions(world, key):
    """Where a key was deleted."""
    found = []
    for change in world.history(key):
        path = f"{world.node.address}/api/channels/mychannel/transactions/{change['transaction']}"
        transaction = requests.get(path).json()
        found.append({"block": transaction["block"], "transaction": transaction["index"]})
    return found


MALFORMED = """
def handler(event, context):
    return {"transactions": [{"contract": "keyvalue"}]}
"""


def test_an_answer_that_cannot_be_meant_is_a_failure(tmp_path):
    world = World(tmp_path, MALFORMED)
    try:
        world.gateway.submit("keyvalue", "delete", "a")

        def told():
            text = world.duet("trigger", "show", "rewards/award/on-delete", "--output", "json")
            return "transactions[0].function is missing" in text

        assert eventually(told, seconds=60)
    finally:
        world.end()


NOWHERE = """
import json

def handler(event, context):
    where = json.loads(event)["data"]["arguments"][0]
    call = {"contract": "keyvalue", "function": "put", "args": ["seen-" + where, "x"]}
    if where == "contract":
        call["contract"] = "nope"
    if where == "channel":
        call["channel"] = "nochannel"
    return {"transactions": [call]}
"""


def test_an_answer_that_names_what_does_not_exist_holds_nobody_up(tmp_path):
    world = World(tmp_path, NOWHERE, {"Retry": {"MaximumRetryAttempts": 1, "Delay": 0.1}, "OnFailure": "DEAD_LETTER"})
    try:
        for key in ["contract", "channel", "behind"]:
            world.gateway.submit("keyvalue", "delete", key)
        assert eventually(lambda: world.get("seen-behind"), seconds=60) == "x"
        outcomes = json.loads(world.duet("trigger", "outcomes", "rewards/award/on-delete", "--output", "json"))
        assert sum("did not take effect" in json.dumps(outcome) for outcome in outcomes) == 2
    finally:
        world.end()
