"""Runs the built `duet` as a server for the tests of client libraries."""

import json
import os
import signal
import subprocess


class DuetNode:
    """A node in a folder of its own, on a port that the system chose.

    Runs functions and logs alone unless `options` say otherwise. Started with `start`; `kill` ends it as a crash would, after which it can be started again on the same folder.
    """

    def __init__(self, folder, *options, data=None, prefix=()):
        """`data`: the data folder as the node sees it. `prefix`: a command that runs the node."""
        self.folder = folder
        self.options = options
        self.data = data or folder / "data"
        self.prefix = list(prefix)
        self.process = None
        self.address = None
        self.key = None
        self.notes = []

    def start(self, port=0):
        program = os.path.abspath(os.environ.get("DUET_PROGRAM", ".build/debug/duet"))
        log = open(self.folder / "node.log", "ab")
        self.process = subprocess.Popen(
            self.prefix + [program, "up", "--data", str(self.data), "--listen", f"127.0.0.1:{port}", "--output", "json"]
            + list(self.options or ["--no-network"]),
            stdout=subprocess.PIPE,
            stderr=log,
        )
        log.close()
        # The report ends with a line that holds the closing brace alone.
        report = ""
        for line in self.process.stdout:
            report += line.decode()
            if line.startswith(b"}"):
                break
        assert report, "the node did not start: " + (self.folder / "node.log").read_text()
        facts = json.loads(report)
        self.address = facts["addresses"][0]
        self.notes = facts["notes"]
        if not self.prefix:
            with open(facts["accessKeysFile"]) as file:
                self.key = json.load(file)["keys"][0]
        return self

    @property
    def port(self):
        return int(self.address.rsplit(":", 1)[1])

    @property
    def authorization(self):
        """Headers that open the JSON API where a key is asked for."""
        return {"Authorization": "Bearer %s.%s" % (self.key["id"], self.key["secret"])}

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Ends it gracefully and returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=120)
        self.process.stdout.close()
        return status

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
