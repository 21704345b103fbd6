"""Measures what functions add to transactions, endorsement checks and contracts that call functions: `make bench-endorsement`.

Runs the release build of `duet` in a folder of its own and submits one transaction after another, each setting in its turn, so that
what else the machine does weighs on all alike. Prints times in milliseconds, and what a setting adds to the median of the first; the
10th percentile tells what it is when nothing else wants the cores. DUET_PROGRAM names another build.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import random
import sys
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Clients"))
from duet_network import Network  # noqa: E402  (found by the line above)
from function_client import encoded  # noqa: E402
from gateway_client import generate_messages  # noqa: E402

CODE = {
    "index.js": "exports.handler = async () => ({ allow: true });\nexports.quote = async () => '210';\n",
    "index.py": "def handler(event, context):\n    return {'allow': True}\n",
}
BOTH = ("Org1MSP", "Org2MSP")


class Setting:
    """What is declared while transactions of it are submitted."""

    def __init__(self, name, arguments=("put", "key", "value"), runtime=None, organizations=(), event="endorsement",
                 handler="index.handler", **configuration):
        self.name = name
        self.arguments = arguments
        self.runtime = runtime
        self.organizations = organizations
        self.event = event
        self.handler = handler
        self.configuration = {"channel": "mychannel", "contract": "keyvalue", **configuration}
        self.times = []

    def service(self):
        return "".join(letter if letter.isalnum() else "_" for letter in self.name)


SETTINGS = [
    Setting("none"),
    Setting("check of another contract", runtime="nodejs20", organizations=BOTH[:1], contract="other"),
    Setting("check, Node.js", runtime="nodejs20", organizations=BOTH[:1]),
    Setting("check, Python", runtime="python3", organizations=BOTH[:1]),
    Setting("check, kept verdict", runtime="nodejs20", organizations=BOTH[:1], cacheSeconds=3600),
    Setting("check of both, Node.js", runtime="nodejs20", organizations=BOTH),
]
CALL = Setting("call, Node.js", runtime="nodejs20", organizations=BOTH, event="contractcall", handler="index.quote")
CALL.arguments = ("ask", "key", f"{CALL.service()}/work", "wheat")


def request(node, method, organization, path, body=None):
    answer = requests.request(
        method, f"{node.address}/2016-08-15/{path}", json=body, headers={"X-Fc-Account-Id": organization}, timeout=60)
    assert answer.ok, answer.text


def deploy(node, setting):
    for organization in setting.organizations:
        request(node, "POST", organization, "services", {"serviceName": setting.service()})
        request(node, "POST", organization, f"services/{setting.service()}/functions", {
            "functionName": "work", "runtime": setting.runtime, "handler": setting.handler, "timeout": 10,
            "code": {"zipFile": encoded(CODE)}})


@contextlib.contextmanager
def declared(node, setting):
    """Lets a setting hold; its functions are warm."""
    path = f"services/{setting.service()}/functions/work"
    for organization in setting.organizations:
        request(node, "POST", organization, f"{path}/triggers", {
            "triggerName": "bench", "triggerType": setting.event, "triggerConfig": setting.configuration})
        requests.post(
            f"{node.address}/2016-08-15/{path}/invocations", data=b"{}", headers={"X-Fc-Account-Id": organization},
            timeout=60)
    yield
    for organization in setting.organizations:
        request(node, "DELETE", organization, f"{path}/triggers/bench")


def measure(client, setting, count, isCounted):
    for _ in range(count):
        start = time.perf_counter()
        _, code, _ = client.submit("keyvalue", *setting.arguments)
        elapsed = time.perf_counter() - start
        assert code == 0, code
        if isCounted:
            setting.times.append(elapsed * 1_000)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--count", type=int, default=25, help="transactions of each setting in a round")
    options.add_argument("--no-calls", action="store_true", help="for builds whose contracts call no functions")
    options = options.parse_args()
    os.environ.setdefault("DUET_PROGRAM", str(ROOT / ".build" / "release" / "duet"))
    settings = SETTINGS + ([] if options.no_calls else [CALL])
    order = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "messages").mkdir()
        generate_messages(folder / "messages")
        network = Network(folder)
        try:
            client = network.client()
            for setting in settings:
                deploy(network.node, setting)
            for number in range(options.rounds + 1):
                for setting in order.sample(settings, len(settings)):
                    with declared(network.node, setting):
                        measure(client, setting, 2, isCounted=False)
                        measure(client, setting, options.count, isCounted=number > 0)
        finally:
            network.node.stop()
    report(settings)


def report(settings):
    print(f"{platform.machine()}, {os.cpu_count()} cores, one client; milliseconds for endorsing, ordering and committing\n")
    print(f"{'':28}{'count':>8}{'p10':>10}{'p50':>10}{'p99':>10}{'adds':>10}")
    base = sorted(settings[0].times)[len(settings[0].times) // 2]
    for setting in settings:
        times = sorted(setting.times)
        p10, p50, p99 = (times[int(len(times) * part)] for part in (0.1, 0.5, 0.99))
        print(f"{setting.name:28}{len(times):>8}{p10:>10.2f}{p50:>10.2f}{p99:>10.2f}{p50 - base:>+10.2f}")


if __name__ == "__main__":
    main()
