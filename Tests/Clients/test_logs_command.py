"""`duet logs` against a node, as a person or a script runs it."""

import itertools
import json
import os
import subprocess
import threading
import urllib.error
import urllib.request

import pytest

names = (f"command-{number}" for number in itertools.count(1))


def program():
    return os.environ.get("DUET_PROGRAM", ".build/debug/duet")


def environment(node):
    return {**os.environ, "DUET_NODE": node.address}


def duet(node, *arguments, status=0):
    result = subprocess.run(
        [program(), *arguments], env=environment(node), capture_output=True, text=True, timeout=60)
    assert result.returncode == status, result.stderr
    return result.stdout if status == 0 else result.stderr


def call(node, method, path, body=None):
    request = urllib.request.Request(node.address + path, method=method, data=body and json.dumps(body).encode())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        text = response.read()
    return json.loads(text) if text else None


@pytest.fixture
def store(node):
    return make_store(node)


def make_store(node):
    project = next(names)
    call(node, "PUT", f"/api/logs/projects/{project}", {"description": "by a test"})
    call(node, "PUT", f"/api/logs/projects/{project}/stores/web", {"ttlDays": 3})
    return f"{project}/web"


def write(node, store, *messages, **fields):
    project, name = store.split("/")
    entries = [{"fields": {"message": message, **fields}} for message in messages]
    call(node, "POST", f"/api/logs/projects/{project}/stores/{name}/entries", {"entries": entries})


def test_projects_and_stores(node, store):
    write(node, store, "one", "two")
    project = store.split("/")[0]
    projects = duet(node, "logs", "projects").splitlines()
    assert any(line.startswith(project) and line.endswith("by a test") for line in projects)
    line = next(line for line in duet(node, "logs", "stores").splitlines() if line.startswith(store))
    assert line.split()[1] == "2" and " 3 d " in line
    stores = json.loads(duet(node, "logs", "stores", project, "--output", "json"))
    assert [(store["name"], store["entryCount"]) for store in stores] == [("web", 2)]


def test_query(node, store):
    write(node, store, "first error", "fine", "second error", level="ERROR", functionName="sell")
    lines = duet(node, "logs", "query", store, "message: error", "--since", "15m").splitlines()
    assert [line.split("  ")[1:] for line in lines] == [
        ["ERROR", "sell", "first error"], ["ERROR", "sell", "second error"]]
    assert "second" in duet(node, "logs", "query", store, "message: error", "--limit", "1")
    assert "first" in duet(node, "logs", "query", store, "message: error", "--limit", "1", "--oldest")
    table = duet(node, "logs", "query", store, "message: error | select level, count(*) as n group by level")
    assert [line.split() for line in table.splitlines()] == [["LEVEL", "N"], ["ERROR", "2"]]
    answer = json.loads(duet(node, "logs", "query", store, "fine", "--output", "json"))
    assert [entry["fields"]["message"] for entry in answer["entries"]] == ["fine"]
    assert duet(node, "logs", "query", store, "--until", "5m") == ""


def test_what_is_wrong_is_shown_where_it_is(node, store):
    shown = duet(node, "logs", "query", store, "a and", status=64)
    assert shown.splitlines()[1:] == ["  a and", "       ^"]
    shown = duet(node, "logs", "query", store, "* | select nope(1)", status=1)
    assert shown.splitlines()[1:] == ["  * | select nope(1)", "             ^"]
    assert "yesterday" in duet(node, "logs", "query", store, "--since", "yesterday", status=64)
    assert "no-such" in duet(node, "logs", "query", "no-such/web", status=1)
    duet(node, "logs", "query", "no-slash", status=64)
    duet(node, "logs", "tail", store, "* | select 1", status=64)
    assert "Start one with" in duet(node, "logs", "projects", "--node", "127.0.0.1:1", status=69)


def test_keys(node, store, tmp_path):
    wrong = tmp_path / "keys.json"
    wrong.write_text(json.dumps({"keys": [{"id": node.key["id"], "secret": "wrong"}]}))
    assert "access key" in duet(node, "logs", "projects", "--access-key-file", str(wrong), status=77)
    right = tmp_path / "right.json"
    right.write_text(json.dumps({"keys": [node.key]}))
    duet(node, "logs", "projects", "--access-key-file", str(right))
    duet(node, "logs", "projects", "--access-key-file", str(tmp_path / "none"), status=66)


class Tail:
    """A running `duet logs tail`, whose lines can be waited for."""

    def __init__(self, node, store, *arguments):
        self.process = subprocess.Popen(
            [program(), "logs", "tail", store, *arguments, "--output", "json"], env=environment(node),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.messages = []
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.messages.append(json.loads(line)["fields"]["message"])
                self.changed.notify_all()

    def wait_for(self, message):
        with self.changed:
            assert self.changed.wait_for(lambda: message in self.messages, timeout=60), self.messages

    def end(self):
        self.process.kill()
        self.process.wait()


def test_a_tail_goes_on_after_its_node_was_killed(own_node):
    store = make_store(own_node)
    write(own_node, store, "match 0")
    tail = Tail(own_node, store, "match", "--since", "1h")
    try:
        tail.wait_for("match 0")
        write(own_node, store, "match 1", "other", "match 2")
        tail.wait_for("match 2")

        own_node.kill()
        own_node.start(own_node.port)
        write(own_node, store, "match 3", "match 4")
        tail.wait_for("match 4")
        assert own_node.stop() == 0
        own_node.start(own_node.port)
        write(own_node, store, "match 5")
        tail.wait_for("match 5")
        assert tail.messages == [f"match {number}" for number in range(6)]
    finally:
        tail.end()


def test_an_alarm_calls_an_address(node, store):
    from http.server import BaseHTTPRequestHandler, HTTPServer

    received = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    hook = HTTPServer(("127.0.0.1", 0), Hook)
    project = store.split("/")[0]
    write(node, store, "error 1", "error 2")
    call(node, "PUT", f"/api/logs/projects/{project}/alarms/many", {
        "store": "web", "query": "error", "condition": "count >= 2", "intervalSeconds": 10,
        "target": {"address": f"http://127.0.0.1:{hook.server_port}/hook"}})
    hook.timeout = 60
    hook.handle_request()
    hook.server_close()
    event = received[0]
    assert event["type"] == "duet.log" and event["data"]["state"] == "firing" and event["data"]["row"] == {"count": "2"}
    assert "firing" in duet(node, "logs", "alarms", project)
    assert "delivered" in duet(node, "logs", "alarms", project, "many")


def test_hostile_queries_end_and_the_node_goes_on(node, store):
    write(node, store, *(f"line {number}" for number in range(2_000)))
    for query in [
        "* | with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r",
        "* | select group_concat(hex(zeroblob(1000000))) from log",
        "* | select * from sqlite_master", "* | select load_extension('x')", "* | attach 'x' as y",
        "* | select 1; drop table log",
        "(" * 60_000, "not " * 10_000 + "a", " ".join(["a"] * 31),
    ]:
        path = f"/api/logs/projects/{store.split('/')[0]}/stores/web/entries?query={urllib.request.quote(query)}"
        with pytest.raises(urllib.error.HTTPError) as caught:
            call(node, "GET", path)
        assert caught.value.code in (400, 413, 414, 422, 431), query
    assert call(node, "GET", "/api/logs/projects")
