"""The JSON API does what its description says: requests made from the description, answers compared with it."""

import io
import zipfile

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import CHECKS

from duet_network import Network

@schemathesis.serializer("application/zip")
def bytes_of_a_package(context, value):
    return value if isinstance(value, bytes) else str(value).encode()


#: Few requests for each of the many operations; the same ones each time.
SETTINGS = hypothesis.settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck))


@pytest.fixture(scope="module")
def api_network(tmp_path_factory):
    network = Network(tmp_path_factory.mktemp("api"))
    KNOWN["digest"] = put_something_there(network)
    yield network
    assert network.node.stop() == 0


TEMPLATE = """
ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  described:
    Type: 'Aliyun::Serverless::Service'
    Properties: { LogConfig: Auto }
    note:
      Type: 'Aliyun::Serverless::Function'
      Properties: { Handler: index.handler, Runtime: nodejs20, CodeUri: ./, Timeout: 5 }
      Events:
        on-put:
          Type: ContractEvent
          Properties: { Channel: mychannel, Contract: keyvalue, Event: put, StartingPosition: EARLIEST }
"""


def put_something_there(network):
    """A function with a trigger that reads the ledger, logs, and a transaction; the function's code."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.js", "exports.handler = async () => ({})\n")
    code = network.api(
        "POST", "/api/code", data=archive.getvalue(), headers={"Content-Type": "application/zip"}).json()["digest"]
    assert network.api(
        "POST", "/api/deployments", json={"template": TEMPLATE, "codes": {"described/note": code}}).status_code == 200
    logs = "/api/logs/projects/described"
    for path, body in [(logs, {}), (f"{logs}/stores/lines", {})]:
        assert network.api("PUT", path, json=body).status_code == 200
    assert network.api(
        "POST", f"{logs}/stores/lines/entries", json={"entries": [{"fields": {"message": "one"}}]}).status_code < 300
    made = network.api(
        "POST", f"/api/channels/{network.channel}/contracts/keyvalue/submit",
        json={"function": "put", "arguments": ["described", "1"]})
    assert made.json()["code"] == "VALID"
    return code


KNOWN = {
    "channel": "mychannel", "contract": "keyvalue", "block": "1", "transaction": "1:0", "service": "described",
    "function": "note", "trigger": "on-put", "project": "described", "store": "lines", "source": "keyvalue",
    "event": "0",
}


def reach_what_is_there(case):
    """Three of four requests name what is there, but for those that would remove it."""
    if case.method == "DELETE":
        return
    for name, value in (case.path_parameters or {}).items():
        if name in KNOWN and len(str(value)) % 4:
            case.path_parameters[name] = KNOWN[name]
        if name == "transaction" and "/events/" in case.path:
            case.path_parameters[name] = "0"


@pytest.fixture(scope="module")
def api_schema(api_network):
    schema = schemathesis.openapi.from_url(api_network.node.address + "/api/openapi.json")
    # What the description allows, and what it forbids.
    schema.config.generation.update(modes=list(schemathesis.GenerationMode))
    return schema


described = schemathesis.pytest.from_fixture("api_schema").exclude(
    # Streams of events end with their client.
    func=lambda context: "text/event-stream" in str(context.operation.definition.raw.get("responses")))


@described.parametrize()
@SETTINGS
def test_answers_are_what_the_description_says(case, api_network):
    reach_what_is_there(case)
    case.call_and_validate(checks=[
        CHECKS.get_one(name) for name in (
            "not_a_server_error", "status_code_conformance", "content_type_conformance",
            "response_headers_conformance", "response_schema_conformance")], timeout=60)
