"""Fills a ledger with marbles through the demonstration's server, and measures how its pages bear them: `make bench-marbles`.

Runs `marbles-duet` and `marbles-server` of one build in a folder of their own, deploys the contract alone, and makes owners and
marbles by actions like anybody's. Then Debian's Chromium opens the page: until the first cards are seen, while it is scrolled, and
when a marble changes hands elsewhere. One line of JSON, or a table.
"""

import argparse
import concurrent.futures
import http.client
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Pages"))
import marbles_site  # noqa: E402  (found by the line above)

COLORS = ["white", "black", "red", "green", "blue", "purple", "pink", "orange", "yellow"]
#: Below the actions that the server takes at once.
THREADS = 48

# From the beginning of a page on: what keeps it from answering for more than 50 ms.
LONG_TASKS = """
    window.longTasks = [];
    new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
"""

SCROLL = """async () => {
    longTasks.length = 0;
    const frames = [];
    let last = performance.now();
    const bottom = document.documentElement.scrollHeight - innerHeight;
    for (let top = 0; top < bottom && frames.length < 240; top += 160) {
        scrollTo(0, top);
        await new Promise(requestAnimationFrame);
        frames.push(performance.now() - last);
        last = performance.now();
    }
    frames.sort((a, b) => a - b);
    return { frames: frames.length, median: frames[frames.length >> 1], p95: frames[Math.floor(frames.length * 0.95)], worst: frames.at(-1), longTasks: longTasks.length };
}"""

# Answers when the next frame after the marble's arrival on the card has been drawn.
WATCH = """([marble, owner]) => {
    const selector = `.card[data-owner="${owner}"] [data-marble="${marble}"]`;
    window.painted = new Promise((resolve) => {
        const look = () => document.querySelector(selector) && (observer.disconnect(), requestAnimationFrame(() => setTimeout(() => resolve(Date.now()))));
        const observer = new MutationObserver(look);
        observer.observe(document.getElementById("board"), { childList: true, subtree: true });
    });
}"""


class Actions:
    """Sends actions over connections that stay open, one for each thread."""

    def __init__(self, port):
        self.port = port
        self.local = threading.local()

    def __call__(self, **wish):
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(
            "POST", "/api/actions", json.dumps({"request": "bench", **wish}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        story = json.load(answer)
        if answer.status != 200 or story.get("code") != "VALID":
            raise SystemExit(f"an action was refused: {story}")
        return story


def fill(site, owner_count, marble_count):
    """Makes what is missing; answers with the seconds it took and the transactions that were made."""
    act = Actions(site.port)
    state = site.state()
    owners = [(owner["id"], owner["company"]) for owner in state["owners"]]
    companies = sorted({company for _, company in owners})
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        made = pool.map(
            lambda index: act(kind="register", name=f"owner{index}", company=companies[index % len(companies)]),
            range(max(0, owner_count - len(owners))))
        owners = [owner for owner, _ in owners] + [story["subject"] for story in made]
        missing = max(0, marble_count - len(state["marbles"]))
        for _ in pool.map(
                lambda index: act(
                    kind="create", actor=owners[index % len(owners)], owner=owners[index % len(owners)],
                    color=COLORS[index % len(COLORS)], size=35 if index % 3 else 16),
                range(missing)):
            pass
    return time.monotonic() - begin, missing + max(0, owner_count - len(state["owners"]))


def look(site, owner_count):
    """What a browser takes to show it all."""
    from playwright.sync_api import expect, sync_playwright

    figures = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.add_init_script(LONG_TASKS)
        firsts, alls = [], []
        for _ in range(3):
            begin = time.monotonic()
            page.goto(site.address)
            page.locator(".card .marble").first.wait_for()
            firsts.append((time.monotonic() - begin) * 1000)
            expect(page.locator(".card")).to_have_count(owner_count)
            alls.append((time.monotonic() - begin) * 1000)
        figures["first view, ms"] = statistics.median(firsts)
        figures["all cards, ms"] = statistics.median(alls)
        figures["longest task at the beginning, ms"] = max(page.evaluate("longTasks"), default=0)
        figures["elements"] = page.evaluate("document.querySelectorAll('*').length")
        for name, value in page.evaluate(SCROLL).items():
            figures[f"scroll: {name}"] = value
        page.evaluate("scrollTo(0, 0)")

        act = Actions(site.port)
        state = site.state()
        # Among owners of one company, those that are seen at once.
        owners = [owner["id"] for owner in state["owners"] if owner["company"] == state["owners"][0]["company"]][:6]
        paints, commits = [], []
        for index in range(15):
            giver, taker = owners[index % 2], owners[2 + index % 2]
            marble = next(m["id"] for m in site.state()["marbles"] if m["owner"] == giver)
            page.evaluate(WATCH, [marble, taker])
            begin = time.time()
            story = act(kind="transfer", actor=giver, marble=marble, owner=taker)
            commits.append(max(story["milliseconds"].values()))
            paints.append(page.evaluate("window.painted") - begin * 1000)
        figures["transfer: committed, ms"] = statistics.median(commits)
        figures["transfer: seen elsewhere, ms"] = statistics.median(paints)
        figures["transfer: seen elsewhere at worst, ms"] = max(paints)
        figures |= search(page)
        browser.close()
    return figures


def search(page):
    """Types words letter by letter, each when the one before has been drawn."""
    field = page.get_by_role("searchbox", name="Search owners")
    page.evaluate("longTasks.length = 0")
    letters = []
    for word in ["blue", "owner1", "amy, aaron"]:
        field.fill("")
        for letter in word:
            begin = time.monotonic()
            page.keyboard.type(letter)
            page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")
            letters.append((time.monotonic() - begin) * 1000)
    return {
        "search: a letter, ms": statistics.median(letters), "search: longTasks": page.evaluate("longTasks.length")}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release", help="where the programs are")
    parser.add_argument("--pages", type=pathlib.Path, help="pages other than those built in")
    parser.add_argument("--owners", type=int, default=100)
    parser.add_argument("--marbles", type=int, default=10_000)
    parser.add_argument("--folder", type=pathlib.Path, help="kept, with the ledger; measured again without filling it again")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    options = parser.parse_args()
    marbles_site.PROGRAMS = options.programs
    folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="marbles-"))
    folder.mkdir(parents=True, exist_ok=True)
    node = site = None
    try:
        node = marbles_site.Node(folder, "--contract", "marbles-strict")
        site = marbles_site.Site(folder, node, 0, *(["--pages", options.pages] if options.pages else []))
        site.await_owners(6)
        seconds, count = fill(site, options.owners, options.marbles)
        state = site.state()
        figures = {"owners": len(state["owners"]), "marbles": len(state["marbles"]), "filling, s": seconds}
        if count:
            figures["filling, transactions/s"] = count / seconds
        figures |= look(site, len(state["owners"]))
    finally:
        for process in (site, node):
            if process:
                process.end()
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:40} {value:12,.1f}" if isinstance(value, float) else f"{name:40} {value:10,}")


if __name__ == "__main__":
    main()
