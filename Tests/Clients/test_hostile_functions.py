"""Functions that attack the node that runs them, their neighbours and the machine; on nodes that hold limits in different ways."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest
import requests

from duet_network import run_duet
from duet_node import DuetNode

TEMPLATE = """ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  lab:
    Type: 'Aliyun::Serverless::Service'
    attack:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: index.handler, Runtime: python3, CodeUri: ./attack, Timeout: 60}
    buffer:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: index.handler, Runtime: nodejs20, CodeUri: ./buffer, Timeout: 60}
    neighbour:
      Type: 'Aliyun::Serverless::Function'
      Properties:
        Handler: index.handler
        Runtime: python3
        CodeUri: ./neighbour
        EnvironmentVariables: {SECRET: the neighbour's own}
"""

ATTACK = """import ctypes, json, os, signal, socket, subprocess, sys, time

libc = ctypes.CDLL(None, use_errno=True)

def call(number, *values):
    result = libc.syscall(number, *values)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def connect(family, address):
    s = socket.socket(family)
    s.settimeout(2)
    s.connect(address)
    return "connected"

def every_environment():
    seen = []
    for process in os.listdir("/proc"):
        if process.isdigit():
            try:
                seen.append(open("/proc/%s/environ" % process, "rb").read())
            except OSError:
                pass
    assert not any(b"neighbour's own" in text or b"BRIEFED" in text for text in seen), seen
    raise OSError("only its own")

def others_sockets():
    own = set(os.listdir("/run/duet"))
    found = subprocess.run(["find", "/", "-xdev", "-type", "s"], capture_output=True, text=True).stdout.split()
    others = [path for path in found if not path.startswith("/run/duet/")]
    if others:
        return others
    raise OSError("only its own: %s" % own)

def reach(f):
    yield "read the data folder", lambda: os.listdir(f["data"])
    yield "read the access keys", lambda: open(f["data"] + "/access-keys.json").read()
    yield "read a private key", lambda: open(f["key"]).read()
    yield "read the node's environment", lambda: open("/proc/%d/environ" % f["node"], "rb").read()
    yield "read the node's memory", lambda: open("/proc/%d/mem" % f["node"], "rb").read(1)
    yield "see environments of others", every_environment
    yield "find sockets of others", others_sockets
    yield "read code of others", lambda: os.listdir(f["data"] + "/functions/code")
    yield "kill the node", lambda: os.kill(f["node"], signal.SIGKILL)
    yield "stop the node", lambda: os.kill(f["node"], signal.SIGSTOP)
    yield "trace the node", lambda: call(101, 16, f["node"], 0, 0)
    for address in f["addresses"]:
        yield "reach the management API at " + address, lambda: connect(socket.AF_INET, (address, f["port"]))
        yield "reach a loopback service at " + address, lambda: connect(socket.AF_INET, (address, f["other"]))
    yield "reach the management API over IPv6", lambda: connect(socket.AF_INET6, ("::1", f["port"]))
    yield "seize the relay", lambda: call(101, 0x4206, 1, 0, 0)
    yield "open the relay's memory", lambda: open("/proc/1/mem", "rb")
    yield "read the relay's memory", lambda: call(310, 1, None, 0, None, 0, 0)
    yield "write the relay's memory", lambda: call(311, 1, None, 0, None, 0, 0)
    yield "take a message queue", lambda: call(68, 0, 0o1600)
    yield "take a named message queue", lambda: call(240, b"x", 0o102, 0o600, None)
    yield "take memory of no process", lambda: call(319, b"x", 0)
    yield "take shared memory of no process", lambda: call(29, 0, 1 << 30, 0o1600)
    yield "read the kernel's log", lambda: call(103, 3, ctypes.create_string_buffer(64), 64) and call(-1)
    yield "mount", lambda: call(165, b"x", b"/tmp", b"tmpfs", 0, None)
    yield "make a user namespace", lambda: call(272, 0x10000000)
    yield "write where others read", lambda: open("/usr/bin/new", "w")
    yield "write its own code", lambda: open("/code/index.py", "a")

def handler(event, context):
    facts = json.loads(event)
    kind = facts["do"]
    if kind == "reach":
        done = {}
        for name, attempt in reach(facts):
            try:
                done[name] = repr(attempt())
            except OSError:
                pass
        return json.dumps(done)
    if kind == "hold":
        # SEIZE and INTERRUPT, then ATTACH, would stop the first process for as long as the tracer lives.
        if os.fork() == 0:
            os.setsid()
            libc.ptrace(0x4206, 1, None, None)
            libc.ptrace(0x4207, 1, None, None)
            libc.ptrace(16, 1, None, None)
            while True:
                time.sleep(1)
        held = [line for line in open("/proc/1/status") if line.startswith("TracerPid:")]
        return json.dumps(held[0].split()[1])
    if kind == "native":
        kept = b"x" * (400 << 20)
        time.sleep(60)
    if kind == "child":
        subprocess.run([sys.executable, "-c", "import time; kept = b'x' * (400 << 20); time.sleep(60)"])
        return "the child is gone"
    if kind == "shared":
        import mmap
        kept = mmap.mmap(-1, 400 << 20)
        for page in range(0, 400 << 20, 4096):
            kept[page] = 1
        time.sleep(60)
    if kind == "bomb":
        subprocess.run(["sh", "-c", "b() { b | b & }; b; sleep 2"], stderr=subprocess.DEVNULL)
        while True:
            try:
                if os.fork() == 0:
                    os.setsid()
            except OSError:
                pass
    if kind == "fill":
        written = 0
        try:
            for folder in ("/tmp", "/dev/shm"):
                with open(folder + "/full", "wb") as file:
                    while True:
                        file.write(bytes(1 << 20))
                        file.flush()
                        written += 1
        except OSError as error:
            for folder in ("/tmp", "/dev/shm"):
                if os.path.exists(folder + "/full"):
                    os.remove(folder + "/full")
            return "%d %s" % (written, error.strerror)
"""

BUFFER = """exports.handler = (event, context, callback) => {
  globalThis.kept = Buffer.alloc(400 << 20, 1)
  setTimeout(callback, 60000)
}
"""

# The limits are held by the kernel, by looking, and by looking as a user who may do nothing else.
WITHOUT_CGROUPS = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /sys/fs/cgroup; exec "$@"', "sh"]
NODES = {"as it comes": []}
if os.geteuid() == 0:
    NODES["looking"] = WITHOUT_CGROUPS
    NODES["a user"] = ["setpriv", "--reuid", "4711", "--regid", "4711", "--clear-groups"]

needs_bubblewrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
pytestmark = needs_bubblewrap


class Lab:
    def __init__(self, folder, prefix):
        self.folder = folder
        for name, file, text in [("attack", "index.py", ATTACK), ("buffer", "index.js", BUFFER),
                                 ("neighbour", "index.py", "def handler(event, context):\n    return event\n")]:
            (folder / "project" / name).mkdir(parents=True)
            (folder / "project" / name / file).write_text(text)
        (folder / "project" / "template.yml").write_text(TEMPLATE)
        data = folder / "node" / "data"
        data.parent.mkdir()
        if prefix and prefix[0] == "setpriv":
            os.chown(data.parent, 4711, 4711)
        self.node = DuetNode(data.parent, "--port", "0", prefix=prefix)
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("BRIEFED", "the node's own")
            # The folder for such things may be another user's.
            environment.setenv("TMPDIR", str(data.parent))
            self.node.start()
        # Where bubblewrap is installed a node that does not confine fails these tests.
        assert any("sandbox: bubblewrap" in note for note in self.node.notes), self.node.notes
        run_duet("deploy", str(folder / "project"), "--node", self.node.address)

    def call(self, function, event, timeout=100):
        """What the function answered, whether it failed, and how long it took."""
        start = time.monotonic()
        answer = requests.post(
            f"{self.node.address}/2015-03-31/functions/lab%2F{function}/invocations", data=event, timeout=timeout)
        assert answer.status_code == 200, answer.text
        return answer.text, "X-Amz-Function-Error" in answer.headers, time.monotonic() - start

    def attack(self, do, **facts):
        return self.call("attack", json.dumps(dict(facts, do=do)))

    def is_well(self):
        return self.call("neighbour", '"well"')[0] == '"well"'


@pytest.fixture(scope="module", params=list(NODES), ids=[name.replace(" ", "-") for name in NODES])
def lab(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    # A user's node must pass through.
    for path in [folder, *folder.parents][:3]:
        path.chmod(path.stat().st_mode | 0o011)
    lab = Lab(folder, NODES[request.param])
    yield lab
    assert lab.node.stop() == 0


def test_nothing_but_its_own_is_within_reach(lab):
    assert lab.is_well()
    own = {address[4][0] for address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    key = next((lab.node.data / "organizations").rglob("priv_sk"), None) or next(
        path for path in (lab.node.data / "organizations").rglob("*") if path.parent.name == "keystore")
    with socket.create_server(("127.0.0.1", 0)) as other:
        answer, failed, _ = lab.attack(
            "reach", data=str(lab.node.data), key=str(key), node=lab.node.process.pid, port=lab.node.port,
            other=other.getsockname()[1], addresses=sorted(own | {"127.0.0.1", "10.0.2.2", "10.0.2.3", "10.0.2.100"}))
    assert not failed, answer
    assert json.loads(answer) == {}
    assert lab.is_well()


@pytest.mark.parametrize("kind", ["native", "child", "shared"])
def test_memory_beyond_the_limit_ends_a_function(lab, kind):
    answer, failed, _ = lab.attack(kind)
    assert failed and json.loads(answer)["errorType"] == "FunctionOOMError", answer
    assert lab.is_well()


def test_a_buffer_beyond_the_limit_ends_a_function(lab):
    answer, failed, _ = lab.call("buffer", "{}")
    assert failed and json.loads(answer)["errorType"] == "FunctionOOMError", answer


def test_temporary_files_are_bounded(lab):
    for _ in range(2):
        answer, failed, _ = lab.attack("fill")
        assert not failed and answer == '512 No space left on device' or answer == '"512 No space left on device"', answer
    assert lab.is_well()


def test_a_fork_bomb_leaves_the_node_answering_and_nothing_behind(lab):
    """The node answers while the bomb goes off, and ends it long before the function's time is over."""
    assert lab.is_well()
    with subprocess.Popen(
            ["curl", "-s", "-d", '{"do": "bomb"}', f"{lab.node.address}/2015-03-31/functions/lab%2Fattack/invocations"],
            stdout=subprocess.PIPE) as bomb:
        count = 0
        while bomb.poll() is None:
            assert lab.is_well()
            count += 1
        answer = json.loads(bomb.stdout.read())
    assert answer["errorType"] in ("FunctionProcessLimitError", "FunctionOOMError"), answer
    assert count > 0
    # A sandbox that waits or works has some five processes; the bomb had hundreds.
    while processes(lab) > 50:
        os.sched_yield()


@pytest.mark.parametrize("prefix", NODES.values(), ids=[name.replace(" ", "-") for name in NODES])
def test_a_function_cannot_outlive_a_killed_node(tmp_path, prefix):
    """A child tries to stop the relay, which ends the sandbox when the node goes away."""
    for path in [tmp_path, *tmp_path.parents][:3]:
        path.chmod(path.stat().st_mode | 0o011)
    lab = Lab(tmp_path, prefix)
    try:
        answer, failed, _ = lab.attack("hold")
        assert not failed and json.loads(json.loads(answer) if answer.startswith('"\\"') else answer) == "0", answer
        assert processes(lab) > 0
    finally:
        lab.node.process.kill()
        lab.node.process.wait()
    deadline = time.monotonic() + 30
    while processes(lab) > 0:
        assert time.monotonic() < deadline, "processes outlive the node"
        os.sched_yield()


def processes(lab):
    """How many processes bear the node's mark, which a bomb's children inherit."""
    mark = b"DUET_INSTANCE=" + (lab.node.data / "functions" / "node-name").read_bytes() + b"-"
    count = 0
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                count += mark in (entry / "environ").read_bytes()
            except OSError:
                pass
    return count
