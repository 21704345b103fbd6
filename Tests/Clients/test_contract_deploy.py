"""Contracts in templates: `duet deploy` has the organisations approve and commit their definitions."""

import json
import os
import subprocess

import pytest

from duet_node import DuetNode

HEAD = "ROSTemplateFormatVersion: '2015-09-01'\nTransform: 'Aliyun::Serverless-2018-04-03'\nResources:\n"


class World:
    def __init__(self, folder):
        self.folder = folder
        # Nothing is deployed by the start itself: --contract names one of the two organisations' choosing.
        self.node = DuetNode(folder, "--port", "0").start()

    def duet(self, *arguments, status=0, key=None):
        environment = {**os.environ, "DUET_NODE": self.node.address}
        environment.pop("DUET_ACCESS_KEY", None)
        if key:
            environment["DUET_ACCESS_KEY"] = key
        program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
        done = subprocess.run(
            [program, *arguments], env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == status, (done.stdout, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def deploy(self, resources, *arguments, **options):
        path = self.folder / "template.yml"
        path.write_text(HEAD + resources)
        return self.duet("deploy", str(path), *arguments, **options)

    def shown(self):
        return json.loads(
            self.duet("contract", "show", "keyvalue", "--json", "--data", str(self.folder / "data")))

    def height(self):
        return json.loads(self.duet("channel", "info", "mychannel", "--json"))["height"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("deploy"))
    yield world
    assert world.node.stop() == 0


def contract(policy, more=""):
    return (
        "  mychannel:\n    Type: 'Duet::Ledger::Channel'\n    Properties: { Organizations: [Org1MSP, Org2MSP] }\n"
        "    keyvalue:\n      Type: 'Duet::Ledger::Contract'\n"
        f"      Properties: {{ Runtime: builtin, EndorsementPolicy: \"{policy}\"{more} }}\n")


def test_a_definition_is_planned_applied_and_left_alone_the_second_time(world):
    policy = "OR('Org1MSP.peer', 'Org2MSP.peer')"
    before = world.height()
    text = world.deploy(contract(policy), "--dry-run")
    assert "contract mychannel/keyvalue" in text and f"→ {policy}" in text
    assert world.height() == before
    assert "Deployed." in world.deploy(contract(policy))
    shown = world.shown()
    assert (shown["endorsementPolicy"], shown["sequence"]) == (policy, 2)
    assert shown["approvals"] == {"Org1MSP": True, "Org2MSP": True}
    # Two approvals and a commit.
    assert world.height() == before + 3
    assert "Nothing changes." in world.deploy(contract(policy))
    assert world.height() == before + 3
    world.duet(
        "contract", "invoke", "keyvalue", "put", "a", "b", "--endorsers", "Org2MSP", "--data",
        str(world.folder / "data"))


def test_everything_wrong_is_listed_and_nothing_changes(world):
    before = world.height()
    words = world.deploy(
        "  other:\n    Type: 'Duet::Ledger::Channel'\n"
        "  mychannel:\n    Type: 'Duet::Ledger::Channel'\n    Properties: { Organizations: [Org1MSP, Org9MSP] }\n"
        "    unlinked:\n      Type: 'Duet::Ledger::Contract'\n      Properties: { Runtime: builtin }\n"
        "    keyvalue:\n      Type: 'Duet::Ledger::Contract'\n"
        "      Properties:\n        Runtime: builtin\n        EndorsementPolicy: \"AND('Org1MSP.peer'\"\n", status=78)
    assert "5 problems" in words and "nothing has changed" in words
    assert 'line 4: Resources.other is "other": the peers of this node have joined no such channel' in words
    assert 'Organizations is "Org9MSP": this organisation is no member' in words
    assert "Org2MSP is a member of the channel and missing here" in words
    assert 'line 9: Resources.mychannel.unlinked is "unlinked": no contract of this name is linked' in words
    assert "line 16: Resources.mychannel.keyvalue.Properties.EndorsementPolicy" in words
    words = world.deploy(contract("OR('Org1MSP.peer', 'Org7MSP.peer')"), status=78)
    assert "Org7MSP is no member of the channel" in words
    assert world.height() == before


def test_a_key_approves_for_its_own_organisation_alone(world):
    made = json.loads(world.duet("key", "create", "--role", "admin", "--json"))
    key = f"{made['id']}.{made['secret']}"
    text = world.deploy(contract("AND('Org1MSP.peer', 'Org2MSP.peer')"), key=key)
    assert "Deployed." in text
    sequence = world.shown()["sequence"]
    # The other organisation's turn: whoever is on the machine acts for all.
    world.deploy(contract("AND('Org1MSP.peer', 'Org2MSP.peer')"))
    assert world.shown()["sequence"] == sequence + 1


def test_removing_says_that_definitions_stay(world):
    words = world.duet("remove", str(world.folder / "template.yml"), "--yes", "--json")
    assert "nothing can be taken off a ledger" in words
