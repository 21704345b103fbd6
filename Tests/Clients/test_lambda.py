"""Lambda's tools, unmodified: awslambdaric as a function's runtime, and `aws lambda invoke` as its caller."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig

import pytest

TEMPLATE = """ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  shop:
    Type: 'Aliyun::Serverless::Service'
    list:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: app.handler, Runtime: provided.al2023, CodeUri: ./lambda, Timeout: 20, MemorySize: 256}
    serve:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: any.thing, Runtime: custom, CodeUri: ./server, Timeout: 20, MemorySize: 256}
"""

# The interpreter of the sandbox must be of the version that the packages were installed for.
LAMBDA_BOOTSTRAP = """#!/bin/sh
PYTHONPATH=$LAMBDA_TASK_ROOT/packages exec python3 -m awslambdaric "$_HANDLER"
"""

LAMBDA_CODE = """import json

def handler(event, context):
    print("asked", context.aws_request_id)
    if event.get("fail"):
        raise KeyError("no such list")
    return {"echo": event, "id": context.aws_request_id, "memory": context.memory_limit_in_mb,
            "time": context.get_remaining_time_in_millis() > 1000}
"""

SERVER = """#!/usr/bin/python3
import http.server, os

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        failed = body == b"fail"
        answer = b'{"errorMessage": "refused", "errorType": "Refusal"}' if failed else self.path.encode() + b" " + body + \\
            b" " + self.headers["x-fc-function-name"].encode() + b" " + self.headers["x-fc-control-path"].encode()
        self.send_response(404 if failed else 200)
        self.send_header("x-fc-status", "404" if failed else "200")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["FC_SERVER_PORT"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def deployed(node, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lambda")
    packages = folder / "lambda" / "packages"
    packages.mkdir(parents=True)
    installed = pathlib.Path(sysconfig.get_paths()["platlib"])
    for name in ["awslambdaric", "simplejson"]:
        shutil.copytree(installed / name, packages / name)
    for module in [*installed.glob("runtime_client*.so"), installed / "snapshot_restore_py.py"]:
        shutil.copy(module, packages)
    put(folder / "lambda" / "bootstrap", LAMBDA_BOOTSTRAP, 0o755)
    put(folder / "lambda" / "app.py", LAMBDA_CODE)
    put(folder / "server" / "bootstrap", SERVER, 0o755)
    put(folder / "template.yml", TEMPLATE)
    program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
    subprocess.run([program, "deploy", str(folder)], env=dict(os.environ, DUET_NODE=node.address), check=True)
    return node


def put(path, text, mode=0o644):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def invoke(node, tmp_path, name, payload, *options, key=None):
    """What `aws lambda invoke` prints, and what it wrote; its error if there is one."""
    key = key or (node.key["id"], node.key["secret"])
    environment = {"AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1], "AWS_DEFAULT_REGION": "local",
                   "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "HOME": str(tmp_path),
                   "PATH": os.environ["PATH"]}
    output = tmp_path / "answer"
    result = subprocess.run(
        [sys.executable, "-m", "awscli", "lambda", "invoke", "--endpoint-url", node.address, "--output", "json",
         "--function-name", name, "--payload", payload, *options, str(output)],
        env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        return result.stderr, None
    return json.loads(result.stdout), output.read_text()


def test_a_function_on_awslambdaric_is_invoked(deployed, tmp_path):
    facts, answer = invoke(deployed, tmp_path, "shop/list", '{"n": 1}', "--log-type", "Tail")
    assert facts["StatusCode"] == 200 and "FunctionError" not in facts
    assert facts["ExecutedVersion"] == "$LATEST"
    json_answer = json.loads(answer)
    assert json_answer["echo"] == {"n": 1} and json_answer["memory"] == "256" and json_answer["time"]
    assert json_answer["id"] in base64.b64decode(facts["LogResult"]).decode()


def test_a_raised_error_is_a_function_error(deployed, tmp_path):
    facts, answer = invoke(deployed, tmp_path, "list", '{"fail": true}')
    assert facts["StatusCode"] == 200 and facts["FunctionError"] == "Unhandled"
    assert json.loads(answer)["errorType"] == "KeyError"


def test_names_may_be_arns_and_carry_a_qualifier(deployed, tmp_path):
    for name in ["arn:aws:lambda:local:123456789012:function:list", "list:$LATEST"]:
        facts, answer = invoke(deployed, tmp_path, name, "{}")
        assert facts["StatusCode"] == 200, facts
    assert "ResourceNotFoundException" in invoke(deployed, tmp_path, "list:prod", "{}")[0]


def test_events_and_dry_runs(deployed, tmp_path):
    assert invoke(deployed, tmp_path, "shop/list", "{}", "--invocation-type", "Event")[0]["StatusCode"] == 202
    assert invoke(deployed, tmp_path, "shop/list", "{}", "--invocation-type", "DryRun")[0]["StatusCode"] == 204
    assert "ResourceNotFoundException" in invoke(
        deployed, tmp_path, "shop/none", "{}", "--invocation-type", "DryRun")[0]


def test_a_wrong_secret_is_refused(deployed, tmp_path):
    assert "InvalidSignatureException" in invoke(
        deployed, tmp_path, "shop/list", "{}", key=(deployed.key["id"], "wrong"))[0]
    assert "UnrecognizedClientException" in invoke(deployed, tmp_path, "shop/list", "{}", key=("nobody", "wrong"))[0]


def test_this_machine_needs_no_key(deployed, tmp_path):
    facts, answer = invoke(deployed, tmp_path, "shop/list", '{"n": 2}', "--no-sign-request")
    assert json.loads(answer)["echo"] == {"n": 2}


def test_a_server_on_function_computes_port(deployed, tmp_path):
    facts, answer = invoke(deployed, tmp_path, "serve", '"hello"')
    assert answer == '/invoke "hello" serve /invoke'
    facts, answer = invoke(deployed, tmp_path, "serve", "fail")
    assert facts["FunctionError"] == "Unhandled" and json.loads(answer)["errorMessage"] == "refused"
