"""Runs a network with the marbles' contract, and the server that shows it to browsers."""

import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.request

PROGRAMS = pathlib.Path(os.environ.get("DUET_PROGRAM", ".build/debug/duet")).parent


class Process:
    """A program that is ended with the test, whatever becomes of it."""

    def __init__(self, log, *command):
        self.log = log
        with open(log, "ab") as file:
            self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=file)

    def lines(self):
        for line in self.process.stdout:
            yield line.decode()

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        return self.process.returncode


class Node(Process):
    """A node with the two companies of the demonstration."""

    def __init__(self, folder, *options):
        super().__init__(
            folder / "node.log", PROGRAMS / "marbles-duet", "up", "--data", folder / "data", "--listen", "127.0.0.1:0",
            "--org", "UnitedMarbles", "--org", "MarbleMarket", "--organization", "UnitedMarbles", "--channel", "trade",
            "--port", "0", "--output", "json", *options)
        report = ""
        for line in self.lines():
            report += line
            if line.startswith("}"):
                break
        if not report:
            self.end()
            raise AssertionError("the node did not start: " + (folder / "node.log").read_text())
        self.address = json.loads(report)["addresses"][0]


class Site(Process):
    """The server; started again on the same port it is the same place to a browser."""

    def __init__(self, folder, node, port=0, *options):
        super().__init__(
            folder / "server.log", PROGRAMS / "marbles-server", "--port", port, "--node", node.address, *options)
        for line in self.lines():
            found = re.search(r"http://localhost:(\d+)", line)
            if found:
                self.port = int(found[1])
                self.address = f"http://localhost:{self.port}"
                return
        self.end()
        raise AssertionError("the server did not start: " + (folder / "server.log").read_text())

    def post(self, path, body, **headers):
        """The answer's status and JSON."""
        request = urllib.request.Request(
            f"{self.address}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path, **headers):
        request = urllib.request.Request(f"{self.address}/{path}", headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def state(self):
        """What a new page is told: owners and marbles as the ledger has them."""
        with urllib.request.urlopen(f"{self.address}/api/stream") as stream:
            name = None
            for line in stream:
                if line.startswith(b"event: "):
                    name = line[7:].strip()
                elif line.startswith(b"data: ") and name == b"state":
                    return json.loads(line[6:])
        raise AssertionError("the stream told no state")

    def await_owners(self, count):
        """Returns once at least so many owners are in the ledger, each with the marbles they began with."""
        with urllib.request.urlopen(f"{self.address}/api/stream", timeout=120) as stream:
            owners, marbles, name = set(), set(), None
            for line in stream:
                if line.startswith(b"event: "):
                    name = line[7:].strip()
                elif line.startswith(b"data: ") and name in (b"state", b"block"):
                    value = json.loads(line[6:])
                    if name == b"state":
                        owners |= {owner["id"] for owner in value["owners"]}
                        marbles |= {marble["id"] for marble in value["marbles"]}
                    else:
                        changes = [change for transaction in value["transactions"] for change in transaction["changes"]]
                        owners |= {change["owner"]["id"] for change in changes if "owner" in change}
                        marbles |= {change["marble"]["id"] for change in changes if "marble" in change}
                    if len(owners) >= count and len(marbles) >= 3 * count:
                        return
        raise AssertionError("the stream ended before there were owners")

    def register(self, name, company="United Marbles"):
        """Adds an owner of whom no other test knows, and answers with the id."""
        status, story = self.post("api/actions", {"request": name, "kind": "register", "name": name, "company": company})
        assert status == 200 and story["code"] == "VALID", story
        return story["subject"]

    def act(self, actor, **wish):
        """What an action came to."""
        status, story = self.post("api/actions", {"request": "act", "actor": actor, **wish})
        assert status == 200, story
        return story
