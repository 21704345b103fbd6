"""Triggers on logstores: a function is told of every slice of every shard, at least once, and reads it through its context."""

import json
import os
import subprocess

import pytest
import requests

from duet_node import DuetNode
from function_client import eventually

PYTHON = """
import json

def handler(event, context):
    event = json.loads(event)
    texts = [entry["fields"]["text"] for entry in context.logs.pull(event["source"])]
    if "poison" in texts:
        raise ValueError("cannot read this")
    return {"texts": texts, "parameter": event["parameter"], "job": event["jobName"], "source": event["source"]}
"""

NODE = """
exports.handler = async (event, context) => {
  const { source, parameter, jobName } = JSON.parse(event)
  const texts = []
  for await (const entry of context.logs.pull(source)) texts.push(entry.fields.text)
  if (texts.includes('poison')) throw new Error('cannot read this')
  return { texts, parameter, job: jobName, source }
}
"""


def template(runtime):
    return {
        "ROSTemplateFormatVersion": "2015-09-01",
        "Transform": "Aliyun::Serverless-2018-04-03",
        "Resources": {
            "reader": {
                "Type": "Aliyun::Serverless::Service",
                "Properties": {},
                "read": {
                    "Type": "Aliyun::Serverless::Function",
                    "Properties": {"Handler": "index.handler", "Runtime": runtime, "CodeUri": "./", "Timeout": 30},
                    "Events": {
                        "on-lines": {
                            "Type": "Log",
                            "Properties": {
                                "SourceConfig": {"Logstore": "lines"},
                                "JobConfig": {"MaxRetryTime": 1, "TriggerInterval": 3},
                                "LogConfig": {"Project": "log-triggers", "Logstore": "jobs"},
                                "FunctionParameter": {"colour": "blue"},
                                "Enable": True,
                            },
                        },
                    },
                },
            },
            "log-triggers": {
                "Type": "Aliyun::Serverless::Log",
                "Properties": {"Description": "What the function reads"},
                "lines": {"Type": "Aliyun::Serverless::Log::Logstore", "Properties": {"TTL": 1, "ShardCount": 2}},
                "jobs": {"Type": "Aliyun::Serverless::Log::Logstore", "Properties": {"TTL": 1, "ShardCount": 1}},
            },
        },
    }


class World:
    def __init__(self, folder, runtime, handler):
        self.node = DuetNode(folder, "--port", "0").start()
        self.program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
        project = folder / "project"
        project.mkdir()
        (project / "template.yml").write_text(json.dumps(template(runtime)))
        (project / ("index.py" if runtime == "python3" else "index.js")).write_text(handler)
        self.duet("deploy", str(project))

    def duet(self, *arguments):
        result = subprocess.run(
            [self.program, *arguments], env={**os.environ, "DUET_NODE": self.node.address}, capture_output=True,
            text=True, timeout=120)
        assert result.returncode == 0, (result.stdout, result.stderr)
        return result.stdout

    def write(self, *texts):
        path = f"{self.node.address}/api/logs/projects/log-triggers/stores/lines/entries"
        for text in texts:
            requests.post(path, json={"entries": [{"fields": {"text": text}}]}).raise_for_status()

    def status(self):
        return json.loads(self.duet("trigger", "show", "reader/read/on-lines", "--output", "json"))

    def outcomes(self):
        return json.loads(self.duet(
            "trigger", "outcomes", "reader/read/on-lines", "--limit", "1000", "--output", "json"))

    def texts(self):
        handled = [json.loads(o["response"]) for o in self.outcomes() if o["status"] == "handled"]
        return [text for answer in handled for text in answer["texts"]]


@pytest.fixture(params=[("python3", PYTHON), ("nodejs20", NODE)], ids=["python", "node"])
def world(tmp_path, request):
    world = World(tmp_path, *request.param)
    yield world
    world.node.end()


def test_every_line_reaches_the_function(world):
    first = [f"line {number}" for number in range(20)]
    world.write(*first)
    eventually(lambda: set(world.texts()) >= set(first), seconds=60)
    answer = json.loads(world.outcomes()[0]["response"])
    assert answer["parameter"] == {"colour": "blue"}
    assert (answer["source"]["projectName"], answer["source"]["logstoreName"]) == ("log-triggers", "lines")
    eventually(lambda: world.status()["condition"] == "caughtUp", seconds=60)
    assert {shard["shard"] for shard in world.status()["shards"]} == {0, 1}
    assert sorted(world.texts()) == sorted(first), "nothing failed, so nothing was told twice"

    # What is written while the trigger is paused is told afterwards, also by another process.
    world.duet("trigger", "pause", "reader/read/on-lines")
    second = [f"later {number}" for number in range(5)]
    world.write(*second)
    world.node.kill()
    world.node.start(world.node.port)
    assert world.status()["condition"] == "paused"
    world.duet("trigger", "resume", "reader/read/on-lines")
    eventually(lambda: set(world.texts()) >= set(second), seconds=60)

    # After its repeats a slice that cannot be handled is kept as a dead letter, and the next one is told.
    world.write("poison")
    eventually(lambda: [o for o in world.outcomes() if o["status"] == "deadLettered"], seconds=60)
    letters = json.loads(world.duet("deadletter", "list", "--output", "json"))
    assert "cannot read this" in json.dumps(letters)
    world.write("behind")
    eventually(lambda: "behind" in world.texts(), seconds=60)
