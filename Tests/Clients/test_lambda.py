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
import requests

from duet_network import run_duet

TEMPLATE = """ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  shop:
    Type: 'Aliyun::Serverless::Service'
    Properties: {LogConfig: Auto}
    list:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: app.handler, Runtime: provided.al2023, CodeUri: ./lambda, Timeout: 20, MemorySize: 256}
    web:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: app.web, Runtime: provided.al2023, CodeUri: ./lambda, Timeout: 20, MemorySize: 256}
      Events: {http: {Type: HTTP, Properties: {AuthType: ANONYMOUS, Methods: [GET, POST]}}}
    serve:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Runtime: custom, CodeUri: ./server, Timeout: 20, MemorySize: 256}
"""

# The interpreter of the sandbox must be of the version that the packages were installed for.
LAMBDA_BOOTSTRAP = """#!/bin/sh
PYTHONPATH=$LAMBDA_TASK_ROOT/packages exec python3 -m awslambdaric "$_HANDLER"
"""

LAMBDA_CODE = """import base64, json, os, sys, threading, urllib.error, urllib.request

def late(text):
    print(text)
    sys.stdout.flush()

calls = 0

def handler(event, context):
    global calls
    calls += 1
    print("asked", context.aws_request_id)
    if event.get("late"):
        threading.Timer(event["seconds"], late, [event["late"]]).start()
    if event.get("sleep"):
        threading.Event().wait(event["sleep"])
    if event.get("context"):
        return {"custom": context.client_context.custom, "title": context.client_context.client.app_title}
    if event.get("extend"):
        try:
            urllib.request.urlopen("http://%s/2020-01-01/extension/register" % os.environ["AWS_LAMBDA_RUNTIME_API"], b"{}")
        except urllib.error.HTTPError as error:
            return [error.code, json.load(error)]
    if event.get("fail"):
        raise KeyError("no such list")
    return {"echo": event, "id": context.aws_request_id, "memory": context.memory_limit_in_mb,
            "time": context.get_remaining_time_in_millis() > 1000, "calls": calls}

def web(event, context):
    if event["rawPath"] == "/plain":
        return {"no": "status"}
    if event["rawPath"] == "/no-base64":
        return {"statusCode": 200, "isBase64Encoded": True, "body": "not base64!"}
    if event["rawPath"] == "/fail":
        raise ValueError("on purpose")
    return {"statusCode": 201, "cookies": ["a=1", "b=2"], "headers": {"content-type": "image/x-test"},
            "isBase64Encoded": True, "body": base64.b64encode(b"\\xff" + json.dumps(event).encode()).decode()}
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


def test_requests_come_as_events_of_function_urls(deployed):
    address = deployed.address + "/2016-08-15/proxy/shop/web"
    answer = requests.post(
        address + "/a b/c?x=1&x=2&y=%26", data=b"\xff\x00", headers={"X-Own": "one"}, cookies={"k": "v"})
    assert answer.status_code == 201 and answer.headers["content-type"] == "image/x-test"
    assert answer.cookies.get_dict() == {"a": "1", "b": "2"}
    assert answer.content[:1] == b"\xff"
    event = json.loads(answer.content[1:])
    assert event["version"] == "2.0" and event["requestContext"]["http"]["method"] == "POST"
    assert event["rawPath"] == "/a b/c" and event["rawQueryString"] == "x=1&x=2&y=%26"
    assert event["queryStringParameters"] == {"x": "1,2", "y": "&"}
    assert event["headers"]["x-own"] == "one" and event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert event["isBase64Encoded"] and base64.b64decode(event["body"]) == b"\xff\x00"
    answer = requests.get(address + "/plain")
    assert answer.status_code == 200 and answer.json() == {"no": "status"}
    assert requests.get(address + "/fail").status_code == 502
    answer = requests.get(address + "/no-base64")
    assert answer.status_code == 502 and "not base64" in answer.text


def test_a_client_context_reaches_the_function(deployed, tmp_path):
    context = {"client": {"app_title": "shop"}, "custom": {"who": "\u00e9 \n"}}
    text = base64.b64encode(json.dumps(context).encode()).decode()
    facts, answer = invoke(deployed, tmp_path, "list", '{"context": true}', "--client-context", text)
    assert json.loads(answer) == {"custom": {"who": "\u00e9 \n"}, "title": "shop"}
    for wrong in ["no base64!", base64.b64encode(b"no json").decode(), "a" * 3600]:
        assert "InvalidParameterValueException" in invoke(
            deployed, tmp_path, "list", "{}", "--client-context", wrong)[0]


def test_extensions_are_refused_in_words(deployed, tmp_path):
    facts, answer = invoke(deployed, tmp_path, "list", '{"extend": true}')
    status, body = json.loads(answer)
    assert status == 404 and "runs no extensions" in body["errorMessage"]


def test_late_lines_reach_the_logstore_and_no_other_calls_tail(deployed):
    def call(event):
        answer = requests.post(
            deployed.address + "/2015-03-31/functions/shop%2Flist/invocations", data=json.dumps(event),
            headers={"X-Amz-Log-Type": "Tail"})
        return answer.json()["calls"], base64.b64decode(answer.headers["X-Amz-Log-Result"]).decode()

    text = base64.b32encode(os.urandom(10)).decode()
    first, own = call({"late": "late line " + text, "seconds": 0.2})
    # The same instance, whose thread prints while this call runs.
    second, other = call({"sleep": 0.6})
    assert second == first + 1
    assert text not in own and text not in other
    while True:
        found, _ = run_duet(
            "logs", "query", "duet-functions/function-log", text, "--output", "json", "--node", deployed.address)
        if "late line " + text in found:
            return
