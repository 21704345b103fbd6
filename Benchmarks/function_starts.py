"""Cold starts, the price of confinement, and how soon a function beyond its memory is ended; run by `functions.py`."""

import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from duet_node import DuetNode

# Hides the kernel's groups from a node, so that it looks at its functions' processes instead.
WITHOUT_CGROUPS = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /sys/fs/cgroup; exec "$@"', "sh"]

HEAD = """ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  bench:
    Type: 'Aliyun::Serverless::Service'
"""

FUNCTION = """    %(name)s:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: index.handler, Runtime: %(runtime)s, CodeUri: ./%(folder)s, Timeout: 30}
"""

CODE = {
    "node": ("nodejs20", "index.js", """exports.handler = (event, context, callback) => {
  if (String(event) === '"buffer"') { globalThis.kept = Buffer.alloc(400 << 20, 1); return setTimeout(callback, 60000) }
  callback(null, 'hello')
}
"""),
    "python": ("python3", "index.py", "def handler(event, context):\n    return 'hello'\n"),
}


def write_functions(folder, program, count):
    """A project with `count` functions of each kind. Executables need a compiler, and for Swift the example's program."""
    kinds = dict(CODE)
    for kind, (runtime, name, text) in CODE.items():
        (folder / kind).mkdir(parents=True)
        (folder / kind / name).write_text(text)
    native = folder / "native"
    native.mkdir()
    source = pathlib.Path(__file__).parent / "functions" / "bootstrap.c"
    subprocess.run(["cc", "-O2", "-o", native / "bootstrap", source], check=True)
    kinds["native"] = ("provided.al2023",)
    swift = pathlib.Path(program).parent / "swift-function"
    if swift.exists():
        kinds["swift"] = ("custom",)
        copy_with_libraries(swift, folder / "swift")
    text = HEAD
    for kind, facts in kinds.items():
        for number in range(count):
            text += FUNCTION % {"name": "%s%d" % (kind, number), "runtime": facts[0], "folder": kind}
    (folder / "template.yml").write_text(text)
    return list(kinds)


def copy_with_libraries(program, folder):
    """The compiler's libraries lie outside the system's folders; the program finds them beside itself."""
    folder.mkdir()
    shutil.copy(program, folder / "bootstrap")
    for name, path in re.findall(r"(\S+) => (\S+)", subprocess.run(["ldd", program], capture_output=True, text=True).stdout):
        if not path.startswith(("/lib", "/usr/lib")):
            shutil.copy(path, folder / name)


def deploy(node, folder, program):
    key = {} if node.key is None else {"DUET_ACCESS_KEY": "%s.%s" % (node.key["id"], node.key["secret"])}
    subprocess.run([program, "deploy", str(folder)], env=dict(os.environ, DUET_NODE=node.address, **key), check=True,
                   stdout=subprocess.DEVNULL)


def invoke(connection, name, event="{}"):
    """Milliseconds, and the function's error if it has one."""
    start = time.perf_counter()
    connection.request("POST", "/2015-03-31/functions/bench%%2F%s/invocations" % name, event)
    answer = connection.getresponse()
    body = answer.read()
    duration = (time.perf_counter() - start) * 1000
    assert answer.status == 200, body
    return duration, json.loads(body) if answer.getheader("X-Amz-Function-Error") else None


def parts(connection):
    """Milliseconds of all cold starts so far, by part."""
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    found = re.findall(r'duet_function_cold_start_seconds_total\{part="(\w+)"\} (\S+)', text)
    return {name: float(value) * 1000 for name, value in found}


def median(values):
    return sorted(values)[len(values) // 2]


def cold_starts(home, program, count):
    """From the request to the answer of a function that answers at once, less what the same takes warm."""
    folder = home / "starts"
    kinds = write_functions(folder, program, 2 * count)
    node = DuetNode(home / "starts").start()
    connection = http.client.HTTPConnection("127.0.0.1", node.port)
    try:
        deploy(node, folder, program)
        for kind in kinds:
            cold = {True: [], False: []}
            shares = {True: [], False: []}
            for number in range(count):
                # The first finds a slot that waits; the second comes before the next slot is there.
                for is_waiting in (True, False):
                    if is_waiting:
                        time.sleep(0.7)
                    name = "%s%d" % (kind, 2 * number + (0 if is_waiting else 1))
                    before = parts(connection)
                    cold[is_waiting].append(invoke(connection, name)[0])
                    after = parts(connection)
                    shares[is_waiting].append({key: after[key] - before.get(key, 0) for key in after})
            warm = median([invoke(connection, kind + "0")[0] for _ in range(50)])
            for is_waiting in (True, False):
                # The first of a kind finds cold files.
                times = [value - warm for value in cold[is_waiting][1:]]
                share = {key: median([values[key] for values in shares[is_waiting][1:]]) for key in shares[is_waiting][0]}
                print("cold start, %-6s %s  p50 %5.1f ms, worst %5.1f ms of %d  (%s)" % (
                    kind, "slot waiting:" if is_waiting else "no slot:     ", median(times), max(times), len(times),
                    ", ".join("%s %.1f" % item for item in share.items())))
    finally:
        connection.close()
        node.stop()


def confinement(home, program, rounds=7, count=1500):
    """The same warm calls to a node whose functions are confined and to one whose are not, by turns."""
    folder = home / "confined"
    write_functions(folder, program, 1)
    (home / "unconfined").mkdir()
    nodes = [DuetNode(folder).start(), DuetNode(home / "unconfined", "--no-network", "--sandbox", "none").start()]
    try:
        connections = [http.client.HTTPConnection("127.0.0.1", node.port) for node in nodes]
        for node in nodes:
            deploy(node, folder, program)
        for kind in ("node", "python", "native"):
            times = [[], []]
            for number in range(rounds + 1):
                for index, (node, connection) in enumerate(zip(nodes, connections)):
                    taken, key = [], node.authorization
                    for _ in range(count):
                        start = time.perf_counter()
                        connection.request("POST", "/2015-03-31/functions/bench%%2F%s0/invocations" % kind, "{}", key)
                        answer = connection.getresponse()
                        assert answer.read() and answer.status == 200
                        taken.append((time.perf_counter() - start) * 1e6)
                    if number:
                        times[index].append(median(taken))
            confined, unconfined = median(times[0]), median(times[1])
            print("warm call, %-6s  confined p50 %4.0f µs, unconfined %4.0f µs, difference %4.0f µs" % (
                kind, confined, unconfined, confined - unconfined))
    finally:
        for node in nodes:
            node.stop()


def memory_limits(home, program, count=5):
    """From the request to the refusal of a function that takes 400 MiB and may have 128."""
    for name, prefix in (("cgroups", []), ("sampling", WITHOUT_CGROUPS)):
        folder = home / name
        write_functions(folder, program, 1)
        node = DuetNode(folder, prefix=prefix).start()
        connection = http.client.HTTPConnection("127.0.0.1", node.port)
        try:
            print("limits: %s" % [note.strip() for note in node.notes if "limits:" in note])
            deploy(node, folder, program)
            for function, event in (("native0", '"allocate"'), ("node0", '"buffer"'), ("native0", '"child"')):
                times = []
                for _ in range(count):
                    invoke(connection, function)
                    duration, error = invoke(connection, function, event)
                    assert error and "its limit is 128 MB" in error["errorMessage"], error
                    times.append(duration)
                print("beyond the limit, %-8s %-10s ended after p50 %4.0f ms, worst %4.0f ms of %d" % (
                    name, event.strip('"'), median(times), max(times), count))
        finally:
            connection.close()
            node.stop()


def measure(program, count):
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        cold_starts(home, program, count)
        confinement(home, program)
        memory_limits(home, program)
