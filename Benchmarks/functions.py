"""Measures functions through HTTP as a client sees them: `make bench-functions`.

Runs the release build of `duet` in a folder of its own; prints a table. One thread sends over several connections kept open,
one request at a time on each, and counts only whole answers with status 200.
"""

import argparse
import os
import pathlib
import platform
import select
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Clients"))
from duet_node import DuetNode  # noqa: E402  (found by the line above)
import function_starts  # noqa: E402

TEMPLATE = """ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  bench:
    Type: 'Aliyun::Serverless::Service'
    node:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: index.handler, Runtime: nodejs20, CodeUri: ./, InstanceConcurrency: %(concurrency)d}
      Events: {http: {Type: HTTP, Properties: {AuthType: ANONYMOUS, Methods: [GET]}}}
    python:
      Type: 'Aliyun::Serverless::Function'
      Properties: {Handler: index.handler, Runtime: python3, CodeUri: ./, InstanceConcurrency: %(concurrency)d}
      Events: {http: {Type: HTTP, Properties: {AuthType: ANONYMOUS, Methods: [GET]}}}
"""

FILES = {
    "index.js": "exports.handler = (request, response) => response.send('hello')\n",
    "index.py": "def handler(environ, start_response):\n"
                "    start_response('200 OK', [])\n"
                "    return [b'hello']\n",
}


def load(port, path, connections, seconds):
    """Requests per second, and the times of all requests in microseconds, sorted."""
    request = ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path).encode()
    poll = select.epoll()
    sockets, sent = {}, {}
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[connection.fileno()] = connection
        poll.register(connection.fileno(), select.EPOLLIN)
    times = []
    clock = time.perf_counter_ns
    start = clock()
    end = start + int(seconds * 1e9)
    for number, connection in sockets.items():
        sent[number] = clock()
        connection.sendall(request)
    while sent:
        for number, _ in poll.poll(10):
            answer = sockets[number].recv(65536)
            assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"hello"), answer
            now = clock()
            times.append((now - sent.pop(number)) / 1000)
            if now < end:
                sent[number] = clock()
                sockets[number].sendall(request)
    elapsed = (clock() - start) / 1e9
    for connection in sockets.values():
        connection.close()
    return len(times) / elapsed, sorted(times)


def cpu(node):
    """Microseconds of CPU that the node and the processes of its functions have used."""
    ticks = os.sysconf("SC_CLK_TCK")

    def used(process):
        try:
            fields = pathlib.Path("/proc/%d/stat" % process).read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0
        return (int(fields[11]) + int(fields[12])) * 1e6 / ticks

    functions = [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and parent(entry) == node.process.pid]
    return used(node.process.pid), sum(map(used, functions))


def parent(process):
    try:
        return int(pathlib.Path("/proc/%s/stat" % process).read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def measure(node, function, connections, seconds):
    path = "/2016-08-15/proxy/bench/%s/" % function
    load(node.port, path, connections, 1)
    before = cpu(node)
    rate, times = load(node.port, path, connections, seconds)
    own, functions = ((b - a) / len(times) for a, b in zip(before, cpu(node)))
    print("%-8s %3d connections  %7.0f requests/s  p50 %7.0f µs  p99 %7.0f µs  CPU node %4.0f µs, function %4.0f µs" % (
        function, connections, rate, times[len(times) // 2], times[len(times) * 99 // 100], own, functions))


def first_answer(node, folder, program, count):
    """From the start of `duet deploy` with changed code to the first answer of that code, in milliseconds."""
    times = []
    for number in range(count):
        (folder / "index.js").write_text("exports.handler = (q, r) => r.send('hello') // %d\n" % number)
        start = time.perf_counter()
        subprocess.run(
            [program, "deploy", str(folder)], env=dict(os.environ, DUET_NODE=node.address), check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        load(node.port, "/2016-08-15/proxy/bench/node/", 1, 0)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    print("deploy to first answer, Node.js: p50 %.0f ms, worst %.0f ms of %d" % (times[count // 2], times[-1], count))


def watched_answer(node, folder, program, count):
    """From a change of a file under `duet deploy --watch` to the first answer of the new code, in milliseconds."""
    watching = subprocess.Popen(
        [program, "deploy", str(folder), "--watch"], env=dict(os.environ, DUET_NODE=node.address),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    times = []
    try:
        for number in range(count + 1):
            text = b"watched %d" % number
            start = time.perf_counter()
            (folder / "index.js").write_text("exports.handler = (q, r) => r.send('%s')\n" % text.decode())
            while not ask(node.port, "/2016-08-15/proxy/bench/node/").endswith(text):
                time.sleep(0.005)
            times.append((time.perf_counter() - start) * 1000)
            time.sleep(0.3)
    finally:
        watching.terminate()
        watching.wait()
    times = sorted(times[1:])
    print("change to first answer, --watch:  p50 %.0f ms, worst %.0f ms of %d" % (times[count // 2], times[-1], count))


def ask(port, path):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path).encode())
        return connection.recv(65536)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=5)
    options.add_argument("--concurrency", type=int, default=20, help="requests at once in one instance")
    options.add_argument("--starts", type=int, default=12, help="cold starts of each kind")
    options.add_argument("--only", choices=["requests", "starts"])
    options = options.parse_args()
    program = os.environ.setdefault("DUET_PROGRAM", str(ROOT / ".build" / "release" / "duet"))
    print("%s cores, %s, load %.1f" % (os.cpu_count(), platform.platform(), os.getloadavg()[0]))
    if options.only != "requests":
        function_starts.measure(program, options.starts)
    if options.only != "starts":
        requests(options, program)


def requests(options, program):
    """What requests to warm functions take, and deployments."""
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        folder = home / "project"
        folder.mkdir()
        for name, text in FILES.items():
            (folder / name).write_text(text)
        (folder / "template.yml").write_text(TEMPLATE % {"concurrency": options.concurrency})
        node = DuetNode(home).start()
        try:
            first_answer(node, folder, program, 11)
            watched_answer(node, folder, program, 11)
            (folder / "index.js").write_text(FILES["index.js"])
            first_answer(node, folder, program, 1)
            for function in ("node", "python"):
                for connections in (1, 16, 64):
                    measure(node, function, connections, options.seconds)
        finally:
            node.stop()


if __name__ == "__main__":
    main()
