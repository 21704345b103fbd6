"""A node with the console, run for the browser tests."""

import base64
import io
import json
import os
import signal
import subprocess
import zipfile

import requests

FUNCTION = """
exports.handler = async (event, context) => {
  const order = JSON.parse(event.toString())
  if (order.fail) throw new Error('no such marble')
  console.log('order of ' + order.what)
  return { got: order.what }
}
"""


class ConsoleNode:
    """A node of its own with a network, on ports that the system chose."""

    def __init__(self, folder, *options):
        self.folder = folder
        program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
        with open(folder / "node.log", "ab") as log:
            self.process = subprocess.Popen(
                [program, "up", "--data", str(folder / "data"), "--listen", "127.0.0.1:0", "--output", "json", *options],
                stdout=subprocess.PIPE, stderr=log)
        report = ""
        for line in self.process.stdout:
            report += line.decode()
            if line.startswith(b"}"):
                break
        assert report, "the node did not start: " + (folder / "node.log").read_text()
        facts = json.loads(report)
        self.addresses = facts["addresses"]
        self.address = self.addresses[0]
        with open(facts["accessKeysFile"]) as file:
            key = json.load(file)["keys"][0]
        self.key = key["id"] + "." + key["secret"]

    def call(self, method, path, **options):
        headers = {"Authorization": "Bearer " + self.key, **options.pop("headers", {})}
        answer = requests.request(method, self.address + path, headers=headers, timeout=60, **options)
        assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def submit(self, *arguments):
        return self.call(
            "POST", "/api/channels/mychannel/contracts/keyvalue/submit",
            json={"function": arguments[0], "arguments": list(arguments[1:])}).json()

    def write_log(self, project, store, *entries):
        self.call("PUT", f"/api/logs/projects/{project}", json={})
        self.call("PUT", f"/api/logs/projects/{project}/stores/{store}", json={})
        self.call(
            "POST", f"/api/logs/projects/{project}/stores/{store}/entries",
            json={"entries": [{"fields": fields} for fields in entries]})

    def make_function(self, service, function, code=FUNCTION, has_metrics=True):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("index.js", code)
        self.call("POST", "/2016-08-15/services", json={"serviceName": service, "logConfig": {
            "project": "functions-of-" + service, "logstore": "lines", "enableRequestMetrics": has_metrics}})
        self.call("POST", f"/2016-08-15/services/{service}/functions", json={
            "functionName": function, "runtime": "nodejs20", "handler": "index.handler", "memorySize": 128, "timeout": 20,
            "code": {"zipFile": base64.b64encode(archive.getvalue()).decode()}})

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        return status
