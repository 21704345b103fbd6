"""From a function's line to the log service, and from an alarm to a function."""

import json

import fc2
import pytest
import requests

from function_client import client, encoded, eventually, unique

CODE = {
    "index.py": """
import json
import logging

def handler(event, context):
    told = json.loads(event or b"{}")
    print("heard", told.get("type"), told.get("data", {}).get("alarm"), told.get("data", {}).get("state"))
    logging.getLogger().error("trouble 7")
    if told.get("fail"):
        raise ValueError("no such marble")
    return b"done"
"""
}


class Logged:
    """A service whose function writes to a logstore of its own, request metrics included."""

    def __init__(self, node):
        self.node = node
        self.project = unique("logged").replace("_", "-")
        self.base = f"{node.address}/api/logs/projects/{self.project}"
        requests.put(self.base, json={}).raise_for_status()
        requests.put(self.base + "/stores/lines", json={}).raise_for_status()
        self.client = client(node)
        self.service = unique("logged")
        self.client.create_service(
            self.service,
            logConfig={"project": self.project, "logstore": "lines", "enableRequestMetrics": True})
        requests.post(
            f"{node.address}/2016-08-15/services/{self.service}/functions",
            json={"functionName": "work", "runtime": "python3", "handler": "index.handler",
                  "code": {"zipFile": encoded(CODE)}}).raise_for_status()

    def invoke(self, event):
        return self.client.invoke_function(self.service, "work", payload=json.dumps(event).encode())

    def fields(self, query):
        answer = requests.get(self.base + "/stores/lines/entries", params={"query": query, "order": "oldest"})
        answer.raise_for_status()
        return [entry["fields"] for entry in answer.json()["entries"]]


@pytest.fixture
def logged(node):
    return Logged(node)


def test_lines_of_an_invocation_are_found_by_its_id(logged):
    answer = logged.invoke({"type": "hello"})
    request = answer.headers["x-fc-request-id"]
    # The metrics come last.
    eventually(lambda: logged.fields(f"requestId: {request} and operation: InvokeFunction"))
    lines = logged.fields(f"requestId: {request}")
    messages = [line.get("message", "") for line in lines]
    assert "heard hello None None" in messages
    assert f"FC Invoke Start RequestId: {request}" in messages
    assert f"FC Invoke End RequestId: {request}" in messages
    for line in lines:
        assert line["organization"] == "Org1MSP" and line["serviceName"] == logged.service
        assert line["functionName"] == "work" and line["qualifier"] == "LATEST" and line["instanceID"]
    trouble = [line for line in lines if "trouble 7" in line.get("message", "")]
    assert len(trouble) == 1 and trouble[0]["level"].lower() == "error"
    metrics = lines[-1]
    assert float(metrics["durationMs"]) >= 0 and int(metrics["memoryUsageMB"]) >= 0
    assert metrics["isColdStart"] == "true" and metrics["hasFunctionError"] == "false" and "errorType" not in metrics


def test_a_failure_names_its_type(logged):
    with pytest.raises(fc2.fc_exceptions.FcError):
        logged.invoke({"fail": True})
    metrics = eventually(lambda: logged.fields("operation: InvokeFunction"))[0]
    assert metrics["hasFunctionError"] == "true" and metrics["errorType"] == "FunctionUnhandledError"
    assert any("no such marble" in line["message"] for line in logged.fields("marble"))
    rows = requests.get(
        logged.base + "/stores/lines/entries",
        params={"query": "* | select functionName, count_if(hasFunctionError = 'true') as failed, max(durationMs) > 0 as ran "
                         "where operation = 'InvokeFunction' group by functionName"}).json()["rows"]
    assert rows == [["work", "1", "1"]]


def test_an_alarm_calls_a_function(logged):
    logged.invoke({"type": "hello"})
    eventually(lambda: logged.fields("trouble"))
    requests.put(
        logged.base + "/alarms/trouble",
        json={"store": "lines", "query": "message: trouble", "condition": "count >= 1", "intervalSeconds": 10,
              "target": {"service": logged.service, "function": "work"}}).raise_for_status()
    found = eventually(lambda: logged.fields("heard trouble firing"), seconds=60)
    assert found[0]["message"] == "heard duet.log trouble firing"
    alarm = requests.get(logged.base + "/alarms/trouble").json()
    assert alarm["state"] == "firing" and "delivered" in [event["event"] for event in alarm["history"]]
