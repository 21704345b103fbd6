"""The rewards example: rules that change while payments are made, history under the new rules, points that are written once."""

import json
import os
import pathlib
import shutil
import subprocess
import threading

import pytest

from duet_node import DuetNode
from function_client import eventually
from gateway_client import GatewayClient, Identity, generate_messages

EXAMPLE = pathlib.Path(__file__).parents[2] / "Examples" / "Rewards"
TRIGGER = "rewards/award/on-payment"
NEW_RULES = """
module.exports.rewardFor = ({ amount }) => ({ points: 2 * Math.floor(amount / 1000), coupon: '' });
"""


@pytest.fixture(scope="module", autouse=True)
def messages(tmp_path_factory):
    generate_messages(tmp_path_factory.mktemp("messages"))


class World:
    """A node that knows the contract, with a copy of the example deployed."""

    def __init__(self, folder, monkeypatch):
        self.program = str(pathlib.Path(os.environ.get("DUET_PROGRAM", ".build/debug/duet")).resolve().with_name("rewards-duet"))
        monkeypatch.setenv("DUET_PROGRAM", self.program)
        self.folder = folder
        self.node = DuetNode(folder, "--port", "0").start()
        self.project = shutil.copytree(EXAMPLE, folder / "project")
        self.duet("deploy", str(self.project))
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

    def duet(self, *arguments):
        result = subprocess.run(
            [self.program, *arguments], env={**os.environ, "DUET_NODE": self.node.address}, capture_output=True,
            text=True, timeout=120)
        assert result.returncode == 0, (result.stdout, result.stderr)
        return result.stdout

    def pay(self, payment, customer, amount):
        return self.gateway.submit("rewards", "pay", payment, customer, str(amount))

    def account(self, customer):
        return json.loads(self.gateway.evaluate("rewards", "account", customer))

    def rewarded(self, customer, count):
        def look():
            account = self.account(customer)
            return account if account["paymentCount"] >= count else None

        return eventually(look, seconds=120)


@pytest.fixture
def world(tmp_path, monkeypatch):
    world = World(tmp_path, monkeypatch)
    yield world
    world.gateway.close()
    world.node.end()


def test_points_are_written_once_and_rules_change_under_way(world):
    world.pay("p1", "alice", 12_500)
    assert world.rewarded("alice", 1) == {"points": 12, "coupons": ["FREE-SHIPPING"], "paymentCount": 1}

    # Payments go on while the rules change and the node falls.
    paid = []

    def traffic():
        for number in range(30):
            world.pay(f"q{number}", "bob", 1_000)
            paid.append(number)

    payer = threading.Thread(target=traffic)
    payer.start()
    eventually(lambda: len(paid) >= 10, seconds=60)
    (world.project / "Functions" / "rules.js").write_text(NEW_RULES)
    world.duet("deploy", str(world.project))
    payer.join()
    world.gateway.close()
    world.node.kill()
    world.node.start(world.node.port)
    world.connect()
    bob = world.rewarded("bob", 30)
    assert bob["paymentCount"] == 30
    assert 30 <= bob["points"] <= 60, "each payment is worth one point or two"

    # What history would have been worth: alice's payment another thing, and nothing is written.
    replay = json.loads(world.duet("trigger", "replay", TRIGGER, "--from", "0", "--dry-run", "--output", "json"))
    assert (replay["status"], replay["handledCount"]) == ("finished", 31)
    assert replay["differentCount"] == 60 - bob["points"] + 1
    assert world.account("alice") == {"points": 12, "coupons": ["FREE-SHIPPING"], "paymentCount": 1}
    assert world.account("bob") == bob

    # The timer function counts over the log store.
    def counted():
        answer = json.loads(world.duet("function", "invoke", "rewards/statistics"))
        return answer if answer["awards"] >= 31 else None

    assert eventually(counted, seconds=60)["kind"] == "statistics"
