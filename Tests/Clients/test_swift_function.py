"""A Swift program on DuetFunction, run by a node: requests of an HTTP trigger, and calls of the ledger under its service's name."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
import requests

from duet_network import run_duet
from duet_node import DuetNode

TEMPLATE = """ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  counts:
    Type: 'Aliyun::Serverless::Service'
    Properties: {LogConfig: Auto}
    numbers:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Runtime: custom, CodeUri: ./code, Timeout: 30}
      Events: {http: {Type: HTTP, Properties: {AuthType: ANONYMOUS, Methods: [GET, POST, DELETE]}}}
    events:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Runtime: custom, CodeUri: ./code, Timeout: 30}
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("swift")
    code = folder / "project" / "code"
    code.mkdir(parents=True)
    program = pathlib.Path(os.environ.get("DUET_PROGRAM", ".build/debug/duet")).parent / "swift-function"
    assert program.exists(), "build it: swift build --product swift-function"
    shutil.copy(program, code / "bootstrap")
    # Linked for tests it needs the compiler's libraries, which it finds beside itself.
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for name, path in re.findall(r"(\S+) => (/\S+)", libraries):
        if not path.startswith(("/lib", "/usr/lib")):
            shutil.copy(path, code / name)
    (folder / "project" / "template.yml").write_text(TEMPLATE)
    node = DuetNode(folder, "--port", "0").start()
    try:
        run_duet("deploy", str(folder / "project"), "--node", node.address)
        yield node
    finally:
        node.end()


def test_requests_read_and_write_the_ledger(deployed):
    address = deployed.address + "/2016-08-15/proxy/counts/numbers/"
    first = requests.post(address + "apples", data="3")
    assert (first.status_code, first.text) == (201, "3"), first.text
    found = requests.get(f"{deployed.address}/api/channels/mychannel/transactions/{first.headers['x-transaction']}").json()
    assert found["code"] == "VALID" and str(found["block"]) == first.headers["x-block"], found
    assert requests.post(address + "apples", data="4").text == "7"
    assert requests.get(address + "apples").text == "7"
    assert requests.delete(address + "apples").status_code == 405
    refused = requests.post(address + "apples", data="many")
    assert refused.status_code == 502 and refused.text, refused.text


def test_events_reach_the_same_program(deployed):
    out, _ = run_duet("function", "invoke", "counts/events", "--event", "hello", "--node", deployed.address)
    assert "counts/events: HELLO" in out


def test_lines_carry_their_request(deployed):
    address = deployed.address + "/2016-08-15/proxy/counts/numbers/pears"
    requests.get(address)
    while True:
        out, _ = run_duet(
            "logs", "query", "duet-functions/function-log", "pears", "--output", "json", "--node", deployed.address)
        lines = re.findall(r"GET pears from 127.0.0.1", out)
        if lines:
            return
