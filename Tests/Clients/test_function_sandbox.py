"""What confines functions of a running node, and what it says about it."""

import os
import subprocess
import urllib.error
import urllib.request

import pytest

from duet_node import DuetNode

TEMPLATE = """ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  lab:
    Type: 'Aliyun::Serverless::Service'
    sh:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: index.handler, Runtime: python3, CodeUri: ./, Timeout: 20}
      Events: {http: {Type: HTTP, Properties: {AuthType: ANONYMOUS, Methods: [POST]}}}
"""

CODE = """import subprocess

def handler(environ, start_response):
    start_response('200 OK', [])
    command = environ['wsgi.input'].read().decode()
    return [subprocess.run(['sh', '-c', command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout]
"""


def deploy(node, folder, **environment):
    (folder / "template.yml").write_text(TEMPLATE)
    (folder / "index.py").write_text(CODE)
    program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
    return subprocess.run(
        [program, "deploy", str(folder)], env=dict(os.environ, DUET_NODE=node.address, **environment),
        capture_output=True, text=True)


def shell(node, command):
    request = urllib.request.Request(
        node.address + "/2016-08-15/proxy/lab/sh/", data=command.encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def test_functions_are_confined_by_default(own_node, tmp_path):
    assert any("sandbox: bubblewrap" in note for note in own_node.notes), own_node.notes
    folder = tmp_path / "project"
    folder.mkdir()
    assert deploy(own_node, folder).returncode == 0
    assert shell(own_node, "ls /tmp; ls /code") == "index.py\ntemplate.yml\n"
    assert own_node.key["secret"] not in shell(own_node, f"cat {own_node.folder}/data/access-keys.json")
    assert "No such file" in shell(own_node, f"ls {own_node.folder}")
    # Neither the node's API nor anything else on the host's loopback is there.
    answer = shell(own_node, f"node -e \"require('net').connect({own_node.port}, '127.0.0.1').on('error', e => console.log(e.code))\"")
    assert answer.strip() == "ECONNREFUSED"
    assert shell(own_node, f"kill -0 {own_node.process.pid} && echo reached").strip() != "reached"
    assert own_node.stop() == 0
    assert_nothing_left(own_node)


def test_a_killed_node_takes_its_functions_along(own_node, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    assert deploy(own_node, folder).returncode == 0
    assert shell(own_node, "(trap '' TERM HUP; sleep 98765) > /dev/null 2>&1 & echo begun") == "begun\n"
    own_node.kill()
    wait_until_nothing_left(own_node)


def test_unconfined_only_when_asked_and_with_keys(tmp_path):
    node = DuetNode(tmp_path, "--no-network", "--sandbox", "none").start()
    try:
        assert any("sandbox: none" in note for note in node.notes), node.notes
        folder = tmp_path / "project"
        folder.mkdir()
        assert deploy(node, folder).returncode != 0
        key = f"{node.key['id']}.{node.key['secret']}"
        assert deploy(node, folder, DUET_ACCESS_KEY=key).returncode == 0
        assert "access-keys.json" in shell(node, f"ls {tmp_path}/data")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(node.address + "/2016-08-15/services")
    finally:
        node.end()


def processes_of(node):
    """Every process that has the node's folder or a sandbox of it in its command line."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    line = file.read()
            except OSError:
                continue
            if str(node.folder).encode() in line or b"98765" in line:
                found.append(line)
    return found


def assert_nothing_left(node):
    assert processes_of(node) == []


def wait_until_nothing_left(node):
    """Waits for what ends by itself, as long as the test runner allows."""
    while processes_of(node):
        os.sched_yield()
