"""`duet contract` against a network, as a person or a script runs it."""

import json
import os
import pty
import select
import subprocess
import time

import pytest

from duet_node import DuetNode


class Shell:
    """Runs `duet contract …` for one data folder."""

    def __init__(self, folder):
        self.node = DuetNode(folder, "--port", "0").start()
        self.data = str(folder / "data")
        self.environment = {**os.environ, "DUET_NODE": self.node.address}
        self.program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")

    def command(self, verb, *arguments):
        return [self.program, "contract", verb, "--data", self.data, *arguments]

    def run(self, verb, *arguments, status=0, stdin=None, node=None):
        environment = {**self.environment, "DUET_NODE": node} if node else self.environment
        result = subprocess.run(
            self.command(verb, *arguments), env=environment, capture_output=True, text=True, timeout=120, input=stdin)
        assert result.returncode == status, (result.stdout, result.stderr)
        return result.stdout if status == 0 else result.stderr

    def json(self, verb, *arguments):
        return json.loads(self.run(verb, "--json", *arguments))


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    shell = Shell(tmp_path_factory.mktemp("contract"))
    yield shell
    assert shell.node.stop() == 0


def test_lists_and_shows_with_schemas(shell):
    listed = shell.json("list")
    assert [entry["name"] for entry in listed] == ["keyvalue"]
    shown = shell.json("show", "keyvalue")
    assert shown["approvals"] == {"Org1MSP": True, "Org2MSP": True}
    methods = {method["name"]: method for method in shown["methods"]}
    assert methods["put"]["parameters"][0] == {"name": "key", "schema": {"type": "string"}}
    entry = methods["range"]["returns"]["items"]
    assert entry["properties"] == {"key": {"type": "string"}, "value": {"type": "string"}}
    assert entry["required"] == ["key", "value"]
    assert "key: text, value: bytes" in shell.run("show", "keyvalue")
    # Without the node's JSON API the contract describes itself.
    assert shell.run("show", "keyvalue", node="http://127.0.0.1:1").count("key: text") > 3
    assert "no contract \"none\"" in shell.run("show", "none", status=1)


def test_invokes_and_queries_as_members_of_both_organisations(shell):
    done = shell.json("invoke", "keyvalue", "put", "colour", "blue", "--as", "User1@org2.example.com")
    assert shell.run("query", "keyvalue", "get", "colour", "--organization", "Org2MSP") == "blue\n"
    assert shell.json("query", "keyvalue", "whoAmI", "--organization", "Org2MSP") == {"answer": "Org2MSP"}
    block = shell.json("invoke", "keyvalue", "add", "count", "--", "-5")["block"]
    assert block > done["block"]
    assert shell.run("query", "keyvalue", "get", "count") == "-5\n"


def test_failures_tell_phase_transaction_and_every_peers_words(shell):
    words = shell.run("query", "keyvalue", "get", "missing", status=1)
    assert "(evaluate, unknown)" in words and "(Org1MSP): chaincode response 500, There is no key \"missing\"" in words
    words = shell.run("invoke", "keyvalue", "fail", "on purpose", "--endorsers", "Org1MSP,Org2MSP", status=1)
    assert "(endorse, aborted)" in words and "Transaction " in words
    assert "(Org1MSP)" in words and "on purpose" in words
    assert "it has org1.example.com, org2.example.com" in shell.run(
        "query", "keyvalue", "whoAmI", "--as", "User1@nowhere", status=64)
    assert "has no user \"User9\"" in shell.run("query", "keyvalue", "whoAmI", "--as", "User9", status=66)
    assert "cannot be reached" in shell.run("query", "keyvalue", "whoAmI", "--peer", "127.0.0.1:1", status=69)


def test_conflicts_name_key_and_winner_and_are_retried(shell):
    shell.run("invoke", "keyvalue", "put", "shared", "0")

    def at_once(*options):
        calls = [
            subprocess.Popen(
                shell.command("invoke", "keyvalue", "add", "shared", "1", *options), env=shell.environment,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(5)
        ]
        return [(call.communicate(timeout=120), call.returncode) for call in calls]

    losers = []
    for _ in range(10):
        losers = [errors for (_, errors), status in at_once() if status != 0]
        if losers:
            break
    assert losers, "no two of fifty calls met"
    for words in losers:
        assert "keyvalue" in words and "shared" in words and "--retry" in words, words
        # Endorsers on both sides of a block differ before anybody knows of a winner.
        if "differ in what was read" not in words:
            assert "by transaction" in words or "Changed by" in words, words
    before = int(shell.run("query", "keyvalue", "get", "shared"))
    assert all(status == 0 for _, status in at_once("--retry", "50"))
    assert int(shell.run("query", "keyvalue", "get", "shared")) == before + 5


def test_transient_values_stand_in_no_block(shell, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"hush")
    collection = "_implicit_org_Org1MSP"
    shell.run(
        "invoke", "keyvalue", "putPrivate", collection, "k", "--transient", f"value=@{secret}", "--endorsers", "Org1MSP")
    assert shell.run("query", "keyvalue", "getPrivate", collection, "k") == "hush\n"
    assert "no \"value\"" in shell.run("invoke", "keyvalue", "putPrivate", collection, "k", status=1)


def test_events_go_on_behind_their_checkpoint(shell, tmp_path):
    checkpoint = str(tmp_path / "seen.json")
    for number in range(3):
        shell.run("invoke", "keyvalue", "put", f"event{number}", "x")
    shell.run("invoke", "keyvalue", "delete", "event0")

    def events(count, *options):
        text = shell.run("events", "keyvalue", "--count", str(count), "--json", "--checkpoint", checkpoint, *options)
        return [json.loads(line) for line in text.splitlines()]

    first = events(1, "--from", "earliest", "--name", "delete")
    assert (first[0]["name"], first[0]["payload"]) == ("delete", "event0")
    shell.run("invoke", "keyvalue", "put", "later", "x")
    assert [event["payload"] for event in events(1)] == ["later"]


def test_definitions_change_by_approval_and_commit(shell):
    policy = "OR('Org1MSP.peer', 'Org2MSP.peer')"
    shell.run("approve", "keyvalue", "--version", "2.0", "--policy", policy)
    words = shell.run("commit", "keyvalue", status=1)
    assert "not by Org2MSP" in words
    pending = shell.json("show", "keyvalue")["pending"]
    assert (pending["version"], pending["approvals"]) == ("2.0", {"Org1MSP": True, "Org2MSP": False})
    assert "version 2.0, sequence 2" in shell.run("show", "keyvalue")
    shell.run("approve", "keyvalue", "--version", "2.0", "--policy", policy, "--organization", "Org2MSP")
    done = shell.json("commit", "keyvalue", "--organization", "Org2MSP")
    assert (done["version"], done["sequence"], done["endorsementPolicy"]) == ("2.0", 2, policy)
    assert "pending" not in shell.json("show", "keyvalue")
    assert "is committed as Org1MSP has approved it" in shell.run("commit", "keyvalue", status=1)
    assert "No contract \"other\" is linked" in shell.run("approve", "other", status=1)
    assert "--policy cannot be read" in shell.run("approve", "keyvalue", "--policy", "XX(", status=64)
    # One organisation is enough from now on.
    shell.run("invoke", "keyvalue", "put", "alone", "x", "--endorsers", "Org2MSP")


def test_shell_takes_a_pipe(shell):
    answers = shell.run("shell", "keyvalue", stdin='invoke put piped "two words"\n# a remark\nget piped\n')
    assert answers.splitlines()[-1] == "two words"
    words = shell.run("shell", "keyvalue", stdin="nothing\nget piped\n", status=1)
    assert "keyvalue has no method \"nothing\"" in words


def test_shell_completes_methods_for_a_person(shell):
    lead, follow = pty.openpty()
    process = subprocess.Popen(
        shell.command("shell", "keyvalue"), env={**shell.environment, "TERM": "xterm"}, stdin=follow, stdout=follow,
        stderr=follow, close_fds=True)
    os.close(follow)
    seen = b""

    def until(text):
        nonlocal seen
        end = time.monotonic() + 60
        while text not in seen:
            assert time.monotonic() < end, seen
            if select.select([lead], [], [], 1)[0]:
                seen += os.read(lead, 4096)
        seen = seen[seen.index(text) + len(text):]

    try:
        until(b"mychannel/keyvalue> ")
        os.write(lead, b"inv\tputP\t\x17put pressed key\t\x7f\x7f\x7fkeys\r")
        until(b"is committed in block")
        until(b"mychannel/keyvalue> ")
        os.write(lead, b"get pressed\r")
        until(b"keys\r\n")
        until(b"mychannel/keyvalue> ")
        # The line before comes back.
        os.write(lead, b"\x1b[A\r")
        until(b"keys\r\n")
        os.write(lead, b"\x04")
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(lead)
