"""What goes wrong: functions that misbehave, clients that do, and a node that is killed in the middle."""

import io
import json
import os
import pathlib
import socket
import stat
import threading
import zipfile

import fc2
import pytest
import requests

from function_client import Deployed, archive, client, eventually, unique


@pytest.fixture
def fc(own_node):
    return client(own_node, Timeout=120)


def processes(node):
    """Processes of functions of the node: those that carry its name."""
    name = (node.folder / "data" / "functions" / "node-name").read_text()
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if ("DUET_INSTANCE=%s-" % name).encode() in environment and command:
                found.append(int(entry.name))
    return found


def failure(call, *arguments, **options):
    with pytest.raises(fc2.FcError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def working(node):
    """Those of the processes that compute, or that functions started: not the ones that wait for a function."""
    found = []
    for process in processes(node):
        folder = pathlib.Path("/proc/%d" % process)
        try:
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if state == "R" or b"sleep" in command:
            found.append(process)
    return found


class TestFunctionsThatMisbehave:
    @pytest.fixture
    def healthy(self, fc):
        made = Deployed(fc)
        yield made
        assert made.invoke(b"still here").data == b"still here"

    @pytest.mark.parametrize("runtime, files", [
        ("nodejs20", {"index.js": "exports.handler = () => { for (;;); }"}),
        ("nodejs20", {"index.js": "process.on('SIGTERM', () => {}); process.on('SIGINT', () => {});\n"
                                  "exports.handler = () => { for (;;); }"}),
        ("python3", {"index.py": "import signal\nfor s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
                                 "    signal.signal(s, signal.SIG_IGN)\n"
                                 "def handler(e, c):\n    while True: pass\n"}),
        ("python3", {"index.py": "import subprocess\n"
                                 "def handler(e, c):\n"
                                 "    subprocess.run('setsid sleep 3600 & nohup sleep 3600', shell=True)\n"}),
    ], ids=["loop", "deaf", "deaf-python", "children"])
    def test_endless(self, fc, own_node, healthy, runtime, files):
        made = Deployed(fc, files, runtime, timeout=1)
        assert "timed out after 1 seconds" in failure(made.invoke)
        eventually(lambda: not working(own_node))

    @pytest.mark.parametrize("runtime, files", [
        ("nodejs20", {"index.js": "exports.handler = () => process.exit(3)"}),
        ("nodejs20", {"index.js": "exports.handler = () => process.kill(process.pid, 'SIGKILL')"}),
        ("python3", {"index.py": "import os\ndef handler(e, c):\n    os._exit(3)\n"}),
        ("python3", {"index.py": "import ctypes\ndef handler(e, c):\n    ctypes.string_at(0)\n"}),
    ], ids=["exit", "kill", "exit-python", "crash"])
    def test_gone(self, fc, healthy, runtime, files):
        made = Deployed(fc, files, runtime)
        assert "Process exited unexpectedly before completing request" in failure(made.invoke)

    def test_gigabytes_of_output(self, fc, own_node, healthy):
        made = Deployed(
            fc,
            {"index.py": "import sys\ndef handler(e, c):\n"
                         "    line = 'x' * 65535 + '\\n'\n"
                         "    for _ in range(32768): sys.stdout.write(line)\n"
                         "    return 'done'\n"}, timeout=100)
        answer = made.invoke(headers={"x-fc-log-type": "Tail"})
        assert answer.data == b"done" and len(answer.headers["x-fc-log-result"]) < 8192
        with open("/proc/%d/status" % own_node.process.pid) as file:
            memory = [int(line.split()[1]) for line in file if line.startswith("VmRSS")][0]
        assert memory < 1 << 20, "kB in memory after two gigabytes of output"

    @pytest.mark.parametrize("code", [
        "response.setStatusCode(9999); response.send('x')",
        "response.setHeader('bad name', 'x'); response.send('x')",
        "response.setHeader('x-long', 'x'.repeat(10000)); response.send('x')",
        "response.setHeader('x-split', 'a\\r\\nset-cookie: b'); response.send('x')",
        "response.send(Buffer.alloc(33 << 20))",
        "null.x",
    ], ids=["status", "name", "long", "split", "huge", "throw"])
    def test_malformed_answers(self, fc, own_node, healthy, code):
        made = Deployed(
            fc, {"index.js": "exports.handler = (request, response, context) => { %s }" % code}, "nodejs20",
            timeout=20, memorySize=512).http()
        answer = requests.post(own_node.address + "/2016-08-15/proxy/%s/work/" % made.service)
        assert answer.status_code == 502 and answer.headers["x-fc-error-type"]
        assert answer.json()["errorMessage"] and "set-cookie" not in answer.headers

    def test_missing_handler(self, fc, healthy):
        made = Deployed(fc, {"other.py": ""})
        assert "index" in failure(made.invoke)

    def test_failing_initializer(self, fc, healthy):
        made = Deployed(
            fc, {"index.py": "def start(c):\n    raise ValueError('no ledger')\ndef handler(e, c):\n    return 'x'\n"},
            initializer="index.start")
        assert "no ledger" in failure(made.invoke)

    def test_many_at_once(self, fc, own_node, healthy):
        made = Deployed(
            fc, {"index.js": "let n = 0\nexports.handler = async () => {\n  n += 1\n"
                             "  await new Promise(r => setTimeout(r, 200))\n  return String(n)\n}"},
            "nodejs20", instanceConcurrency=10)
        fc.put_on_demand_config(made.service, "LATEST", made.function, 1)
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(made.invoke().data)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == 20
        assert len(fc.list_instances(made.service, "LATEST", made.function).data["instances"]) == 1


class TestRedeploying:
    @pytest.fixture
    def own_node(self, open_node):
        return open_node

    def test_what_runs_ends_on_the_old_code(self, fc, tmp_path):
        def code(text):
            return {"index.py": "import os, time\ndef handler(event, context):\n"
                                "    if event:\n"
                                "        open(event.decode() + '.started', 'w').close()\n"
                                "        while not os.path.exists(event.decode()): time.sleep(0.01)\n"
                                "    return '%s'\n" % text}

        made = Deployed(fc, code("old"), timeout=30)
        gate = tmp_path / "gate"
        answers = {}
        slow = threading.Thread(target=lambda: answers.setdefault("slow", made.invoke(str(gate).encode()).data))
        slow.start()
        eventually(lambda: (tmp_path / "gate.started").exists())
        made.update(code("new"))
        assert made.invoke().data == b"new"
        gate.touch()
        slow.join()
        assert answers["slow"] == b"old"
        assert made.invoke().data == b"new"


class TestClientsThatMisbehave:
    def test_huge_body(self, fc, own_node):
        made = Deployed(fc).http()
        path = "/2016-08-15/services/%s/functions/work/invocations" % made.service
        with socket.create_connection(("127.0.0.1", own_node.port)) as connection:
            connection.sendall(
                ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\n" % path).encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 400")

    def test_slow_body_holds_nothing_up(self, fc, own_node):
        made = Deployed(fc)
        path = "/2016-08-15/services/%s/functions/work/invocations" % made.service
        head = "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n12345" % path
        slow = [socket.create_connection(("127.0.0.1", own_node.port)) for _ in range(50)]
        try:
            for connection in slow:
                connection.sendall(head.encode())
            assert made.invoke(b"quick").data == b"quick"
            used = requests.get(own_node.address + "/api/functions").json()
            assert sum(f["instanceCount"] for f in used) == 1
        finally:
            for connection in slow:
                connection.close()

    def test_client_that_goes(self, fc, own_node):
        made = Deployed(fc, {"index.py": "import time\ndef handler(e, c):\n    time.sleep(1)\n    return e\n"})
        path = "/2016-08-15/services/%s/functions/work/invocations" % made.service
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", own_node.port)) as connection:
                connection.sendall(
                    ("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx" % path).encode())
        assert made.invoke(b"me").data == b"me"


class TestArchives:
    def refused(self, own_node, data):
        answer = requests.post(own_node.address + "/api/code", data=data, headers={"Content-Type": "application/zip"})
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]["message"]

    def test_paths(self, own_node):
        for path in ("../x", "/etc/x", "a/../../x", "a\\..\\..\\x", "a" * 2000):
            assert "The code package holds" in self.refused(own_node, archive({path: "x"}))
        assert not (own_node.folder / "x").exists()

    def test_link(self, own_node):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as writer:
            entry = zipfile.ZipInfo("passwd")
            entry.create_system = 3
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            writer.writestr(entry, "/etc/passwd")
        assert "passwd" in self.refused(own_node, data.getvalue())

    def test_bomb(self, own_node):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as writer:
            with writer.open("zeros", "w", force_zip64=True) as entry:
                for _ in range(600):
                    entry.write(b"\0" * (1 << 20))
        assert len(data.getvalue()) < 1 << 20
        self.refused(own_node, data.getvalue())
        left = list((own_node.folder / "data" / "functions" / "code").iterdir())
        assert left == []

    def test_no_archive(self, own_node):
        for data in (b"", b"PK", b"nonsense" * 100, archive({"a": "x"})[:40]):
            self.refused(own_node, data)


class TestLogs:
    def test_nobody_writes_among_anothers_lines(self, fc, own_node):
        store = "/api/logs/projects/own-project/stores/lines"
        requests.put(own_node.address + "/api/logs/projects/own-project", json={}).raise_for_status()
        requests.put(own_node.address + store, json={}).raise_for_status()
        key = requests.post(own_node.address + "/api/keys?organization=Org2MSP", json={"role": "admin"}).json()
        other = client(own_node, id=key["id"], secret=key["secret"])
        for who in (other, fc):
            made = Deployed(who, {"index.py": "def handler(event, context):\n    print('line of', context.account_id)\n"})
            who.update_service(made.service, logConfig={"project": "own-project", "logstore": "lines"})
            made.invoke()

        def lines():
            entries = requests.get(own_node.address + store + "/entries", params={"query": "line"}).json()["entries"]
            return [entry["fields"]["message"] for entry in entries]

        found = eventually(lines)
        assert all("Org1MSP" in line for line in found)


class TestStoppedNode:
    @pytest.fixture
    def own_node(self, open_node):
        return open_node

    def test_running_requests_end(self, fc, own_node, tmp_path):
        made = Deployed(
            fc, {"index.py": "import time\ndef handler(event, context):\n"
                             "    open(event.decode(), 'w').close()\n    time.sleep(1)\n    return 'whole'\n"}, timeout=10)
        started = tmp_path / "started"
        answers = {}
        running = threading.Thread(
            target=lambda: answers.setdefault("data", made.invoke(str(started).encode()).data))
        running.start()
        eventually(started.exists)
        assert own_node.stop() == 0
        running.join()
        assert answers == {"data": b"whole"}
        assert processes(own_node) == []


class TestKilledNode:
    @pytest.fixture
    def own_node(self, open_node):
        return open_node

    def test_nothing_accepted_is_lost(self, fc, own_node, tmp_path):
        out = tmp_path / "done"
        out.mkdir()
        made = Deployed(
            fc,
            {"index.py": "import os, time\ndef handler(event, context):\n    time.sleep(0.05)\n"
                         "    open(os.path.join(os.environ['OUT'], event.decode()), 'a').write('x')\n"},
            environmentVariables={"OUT": str(out)})
        accepted = []
        killed = threading.Event()

        def send():
            number = 0
            while not killed.is_set():
                try:
                    made.invoke(b"%d" % number, headers={"x-fc-invocation-type": "Async"})
                    accepted.append(str(number))
                except Exception:
                    return
                number += 1

        sender = threading.Thread(target=send)
        sender.start()
        eventually(lambda: len(accepted) >= 40 and len(os.listdir(out)) >= 5)
        running = processes(own_node)
        own_node.kill()
        killed.set()
        sender.join()
        assert running

        own_node.start()
        eventually(lambda: set(accepted) <= set(os.listdir(out)), seconds=60)
        # Whatever the first run had started is gone; only what the second run started is there.
        assert not set(running) & set(processes(own_node))
        again = client(own_node)
        assert again.get_function(made.service, made.function).data["functionName"] == "work"
        assert again.invoke_function(made.service, made.function, payload=b"after").data is not None
        letters = requests.get(own_node.address + "/api/deadletters", headers=own_node.authorization).json()
        assert letters == []

    def test_no_orphans(self, fc, own_node):
        made = Deployed(
            fc, {"index.js": "require('child_process').spawn('setsid', ['sleep', '3600'], { stdio: 'ignore' })\n"
                             "exports.handler = async () => 'x'"}, "nodejs20")
        made.invoke()
        before = processes(own_node)
        assert len(before) >= 2
        own_node.kill()
        own_node.start()
        eventually(lambda: not set(before) & set(processes(own_node)))

    def test_no_orphans_after_stop(self, fc, own_node):
        made = Deployed(fc)
        made.invoke(b"x")
        assert processes(own_node)
        assert own_node.stop() == 0
        assert processes(own_node) == []

    def test_ticks_are_neither_lost_nor_doubled(self, fc, own_node, tmp_path):
        out = tmp_path / "ticks"
        made = Deployed(
            fc, {"index.py": "import os\ndef handler(event, context):\n"
                             "    open(os.environ['OUT'], 'ab').write(event + b'\\n')\n"},
            environmentVariables={"OUT": str(out)})
        config = {"cronExpression": "@every 1s", "payload": "", "enable": True, "misfire": "all"}
        fc.create_trigger(made.service, made.function, "tick", "timer", config, "", "")

        def ticks():
            if not out.exists():
                return []
            return [json.loads(line)["triggerTime"] for line in out.read_text().splitlines()]

        eventually(lambda: len(ticks()) >= 2)
        own_node.kill()
        count = len(ticks())
        own_node.start()
        eventually(lambda: len(ticks()) >= count + 3)
        times = sorted(set(ticks()))
        seconds = [int(t[17:19]) for t in times]
        assert all((b - a) % 60 == 1 for a, b in zip(seconds, seconds[1:])), times
