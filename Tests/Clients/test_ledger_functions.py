"""Functions that call the ledger while they run, as their service's identity, in every runtime that has a helper."""

import concurrent.futures
import json

import pytest
import requests

from duet_node import DuetNode
from function_client import Deployed, client

PYTHON = {
    "index.py": """
import json
import os

def handler(event, context):
    order = json.loads(event)
    ledger = context.ledger
    try:
        if order["do"] == "evaluate":
            return ledger.evaluate(order["contract"], order["function"], *order["args"])
        if order["do"] == "submit":
            answer = ledger.submit(order["contract"], order["function"], *order["args"])
            answer["result"] = answer["result"].decode()
            return answer
        if order["do"] == "transaction":
            return ledger.transaction(order["id"])
        if order["do"] == "environment":
            return dict(os.environ)
        if order["do"] == "bytes":
            ledger.submit("keyvalue", "put", order["key"], b"\\x00\\xff")
            return ledger.evaluate("keyvalue", "get", order["key"]).hex()
    except ledger.LedgerError as error:
        return {"status": error.status, "code": error.code, "message": str(error), "details": error.details}
"""
}

NODE = {
    "index.js": """
exports.handler = async (event, context) => {
  const order = JSON.parse(event.toString());
  const call = { contract: order.contract, function: order.function, args: order.args };
  try {
    switch (order.do) {
      case 'evaluate': return await context.ledger.evaluate(call);
      case 'submit': {
        const answer = await context.ledger.submit(call);
        return { ...answer, result: answer.result.toString() };
      }
      case 'transaction': return await context.ledger.transaction(order.id);
      case 'environment': return process.env;
      case 'bytes': {
        await context.ledger.submit({ contract: 'keyvalue', function: 'put', args: [order.key, Buffer.from([0, 255])] });
        return (await context.ledger.evaluate({ contract: 'keyvalue', function: 'get', args: [order.key] })).toString('hex');
      }
    }
  } catch (error) {
    return { status: error.status, code: error.code, message: error.message, details: error.details };
  }
};
"""
}

RUNTIMES = [pytest.param((PYTHON, "python3"), id="python"), pytest.param((NODE, "nodejs20"), id="node")]


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    node = DuetNode(tmp_path_factory.mktemp("ledger"), "--port", "0").start()
    yield node
    assert node.stop() == 0


class Caller(Deployed):
    """A function that does with the ledger what its event says."""

    def __init__(self, node, kind):
        files, runtime = kind
        super().__init__(client(node), files=files, runtime=runtime, timeout=60)

    def ask(self, **order):
        answer = self.client.invoke_function(self.service, self.function, payload=json.dumps(order).encode())
        assert "X-Fc-Error-Type" not in answer.headers, answer.data
        return answer.data

    def asked(self, **order):
        return json.loads(self.ask(**order))


@pytest.fixture(params=RUNTIMES)
def caller(node, request):
    return Caller(node, request.param)


def test_reads_what_it_has_written(caller):
    key = caller.service
    done = caller.asked(do="submit", contract="keyvalue", function="add", args=[key, "3"])
    assert (done["code"], done["result"]) == ("VALID", "3")
    assert caller.ask(do="evaluate", contract="keyvalue", function="get", args=[key]) == b"3"
    found = caller.asked(do="transaction", id=done["transactionId"])
    assert (found["code"], found["block"]) == ("VALID", done["block"])
    assert caller.asked(do="transaction", id="0" * 64)["status"] == 404
    assert caller.ask(do="bytes", key=key).strip(b'"') == b"00ff"


def test_acts_as_its_service(caller, node):
    def creator():
        done = caller.asked(do="submit", contract="keyvalue", function="put", args=[caller.service, "x"])
        found = requests.get(f"{node.address}/api/channels/mychannel/transactions/{done['transactionId']}").json()
        return found["creator"]

    first = creator()
    path = f"{node.address}/api/services/{caller.service}/identity"
    identity = requests.get(path).json()
    assert identity["mspId"] == "Org1MSP"
    assert identity["name"].startswith("service-" + caller.service + ".1@")
    assert identity["name"] in json.dumps(first)

    renewed = requests.post(path).json()
    assert renewed["name"].startswith("service-" + caller.service + ".2@")
    assert renewed["name"] in json.dumps(creator())


def test_hears_why_it_was_refused(caller):
    told = caller.asked(do="submit", contract="keyvalue", function="fail", args=["no such marble"])
    assert (told["status"], told["code"]) == (422, "Refused")
    assert any("no such marble" in detail["message"] for detail in told["details"])
    for what in ["evaluate", "submit"]:
        told = caller.asked(do=what, contract="nowhere", function="f", args=[])
        assert (told["status"], told["code"]) == (404, "NotFound"), told


def test_holds_no_key(caller):
    environment = caller.asked(do="environment")
    assert environment["DUET_LEDGER_SOCKET"] and environment["DUET_LEDGER_TOKEN"]
    assert "PRIVATE KEY" not in json.dumps(environment)


def test_keys_are_readable_by_the_node_alone(node, caller):
    caller.ask(do="evaluate", contract="keyvalue", function="whoAmI", args=[])
    data = node.folder / "data"
    secrets = [data / "services" / "Org1MSP" / f"{caller.service}.json"]
    secrets += (data / "organizations").glob(f"peerOrganizations/*/users/service-{caller.service}.*/msp/keystore/*")
    assert len(secrets) >= 2
    for secret in secrets:
        assert secret.stat().st_mode & 0o077 == 0, secret


def test_many_calls_at_once(node):
    caller = Caller(node, (PYTHON, "python3"))
    caller.ask(do="submit", contract="keyvalue", function="put", args=[caller.service, "0"])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda number: caller.asked(
                do="submit", contract="keyvalue", function="put", args=[f"{caller.service}-{number}", "x"]),
            range(16)))
    assert [answer["code"] for answer in answers] == ["VALID"] * 16
    assert len({answer["transactionId"] for answer in answers}) == 16


KEYED = {
    "index.py": """
import json

def handler(event, context):
    order = json.loads(event)
    ledger = context.ledger
    try:
        answer = ledger.submit("keyvalue", "add", order["key"], order["amount"], idempotency_key=order["once"])
        return dict(answer, result=answer["result"].decode())
    except ledger.LedgerError as error:
        return {"code": error.code, "message": str(error)}
"""
}


def test_a_repeat_under_the_same_key_takes_effect_once(node):
    caller = Caller(node, (KEYED, "python3"))
    key = caller.service
    first = caller.asked(key=key, amount="3", once="order 7")
    assert (first["code"], first["result"]) == ("VALID", "3")
    # Also after the service was given a new certificate, with which the id would be another one.
    requests.post(f"{node.address}/api/services/{caller.service}/identity").raise_for_status()
    again = caller.asked(key=key, amount="3", once="order 7")
    assert again == first
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        repeats = list(pool.map(lambda _: caller.asked(key=key, amount="4", once="order 8"), range(4)))
    ids = {repeat["transactionId"] for repeat in repeats if repeat["code"] == "VALID"}
    assert len(ids) == 1
    second = caller.asked(key=key, amount="4", once="order 8")
    assert (second["transactionId"], second["result"]) == (ids.pop(), "7")
    told = caller.asked(key=key, amount="5", once="order 8")
    assert told["code"] == "Refused"
    assert "another call" in told["message"]
