"""Measures the console on a long ledger as its reader sees it: `make bench-console`.

A release build shows a ledger of 100,000 blocks that LedgerMaker makes (BLOCKS=…) in headless Chromium. Each figure is the
median of several openings with an empty cache.
"""

import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parent.parent
PROGRAMS = pathlib.Path(os.environ.get("PROGRAMS", ROOT / ".build" / "release"))
BLOCKS = int(os.environ.get("BLOCKS", "100000"))
ROUNDS = 7

# The tenth of a second after which nothing more moves is no part of being usable.
READY = """() => new Promise((done) => { const look = () => document.querySelector('%s')
  ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look); look(); })"""


def start(arguments, log):
    process = subprocess.Popen([str(argument) for argument in arguments], stdout=subprocess.PIPE, stderr=log)
    report = ""
    for line in process.stdout:
        report += line.decode()
        if line.startswith(b"}"):
            return process, json.loads(report)["addresses"][0]
    sys.exit(f"{arguments[1]} did not start")


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def main():
    with tempfile.TemporaryDirectory(prefix="duet-bench-") as name, open(pathlib.Path(name) / "log", "ab") as log:
        folder = pathlib.Path(name)
        network, _ = start(
            [PROGRAMS / "duet", "up", "--data", folder / "network", "--listen", "127.0.0.1:0", "--port", "0", "--json"], log)
        stop(network)
        begun = time.perf_counter()
        subprocess.run(
            [PROGRAMS / "LedgerMaker", folder / "network", folder / "mirror/mirror/mychannel", str(BLOCKS)], check=True,
            stdout=subprocess.DEVNULL)
        print(f"{BLOCKS:,} blocks made in {time.perf_counter() - begun:.0f} s")
        user = "organizations/peerOrganizations/org1.example.com/users/User1@org1.example.com/msp"
        mirror, address = start(
            [PROGRAMS / "duet", "console", "--connect", "localhost:1", "--no-tls", "--msp-folder", folder / "network" / user,
             "--organization", "Org1MSP", "--data", folder / "mirror", "--listen", "127.0.0.1:0", "--json"], log)
        try:
            measure(address)
        finally:
            stop(mirror)


def measure(address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

        def opened(route, selector):
            times, sizes = [], []
            for _ in range(ROUNDS):
                context = browser.new_context(viewport={"width": 1360, "height": 860})
                page = context.new_page()
                responses = []
                page.on("response", lambda response: responses.append(response))
                page.goto(f"{address}/#/{route}", wait_until="commit")
                times.append(page.evaluate(READY % selector))
                sizes.append(sum(int(item.headers.get("content-length", 0)) for item in responses if "/api/" not in item.url))
                context.close()
            return statistics.median(times), max(sizes)

        for name, route, selector in [
                ("overview", "", "main .tile"), ("list of blocks", "channels/mychannel/blocks", ".wl-row a"),
                ("block in the middle", f"channels/mychannel/blocks/{BLOCKS // 2}", "main table td")]:
            milliseconds, size = opened(route, selector)
            print(f"{name:22} usable in {milliseconds:4.0f} ms, {size / 1000:.0f} KB of pages")
        page = browser.new_page(viewport={"width": 1360, "height": 860})
        page.goto(f"{address}/#/channels/mychannel/blocks")
        page.wait_for_selector(".wl-row a")
        jumps = []
        for part in range(1, 20):
            number = BLOCKS * part // 20
            page.get_by_label("Go to block").fill(str(number))
            begun = time.perf_counter()
            page.keyboard.press("Enter")
            page.wait_for_selector(f'.wl-row.active a[href$="/blocks/{number}"]')
            jumps.append(1000 * (time.perf_counter() - begun))
        print(f"{'jump within the list':22} {statistics.median(jumps):4.0f} ms, at most {max(jumps):.0f} ms")
        begun = time.perf_counter()
        told = {"isComplete": False}
        while not told["isComplete"]:
            told = page.request.get(f"{address}/api/channels/mychannel/activity").json()
        print(f"{'counting 30 days':22} {time.perf_counter() - begun:.1f} s")
        browser.close()


if __name__ == "__main__":
    main()
