"""A ledger of thousands of blocks in the explorer: nothing takes longer because of its length."""

import json
import os
import pathlib
import re
import signal
import subprocess

import pytest
from playwright.sync_api import expect

PROGRAMS = pathlib.Path(os.environ.get("DUET_PROGRAM", ".build/debug/duet")).parent
BLOCKS = 5_000


@pytest.fixture(scope="module")
def long_ledger(tmp_path_factory, console_node):
    """The address of a mirror whose peer is away, with a ledger that was made for it."""
    folder = tmp_path_factory.mktemp("long")
    network = console_node.folder / "data"
    subprocess.run(
        [PROGRAMS / "LedgerMaker", network, folder / "mirror" / "mychannel", str(BLOCKS)], check=True, timeout=120)
    user = network / "organizations/peerOrganizations/org1.example.com/users/User1@org1.example.com/msp"
    with open(folder / "mirror.log", "ab") as log:
        process = subprocess.Popen(
            [PROGRAMS / "duet", "console", "--connect", "localhost:1", "--no-tls", "--msp-folder", user, "--organization",
             "Org1MSP", "--data", folder, "--listen", "127.0.0.1:0", "--output", "json"], stdout=subprocess.PIPE, stderr=log)
    try:
        report = ""
        for line in process.stdout:
            report += line.decode()
            if line.startswith(b"}"):
                break
        assert report, (folder / "mirror.log").read_text()
        yield json.loads(report)["addresses"][0]
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=60)
        process.stdout.close()
    assert status == 0


@pytest.fixture
def long_console(open_console, long_ledger):
    console = open_console(long_ledger)
    yield console
    assert console.problems == []


def test_the_list_scrolls_from_end_to_end(long_console):
    long_console.open("channels/mychannel/blocks").heading("Blocks")
    grid = long_console.page.get_by_role("grid", name="Blocks")
    expect(grid.get_by_role("row").nth(1)).to_contain_text("4\u202f999")
    asked = len(long_console.requested)
    long_console.page.keyboard.press("End")
    expect(grid.locator(".wl-row.active")).to_contain_text("config")
    for number in [2500, 17, 4242]:
        long_console.page.get_by_label("Go to block").fill(str(number))
        long_console.page.keyboard.press("Enter")
        expect(grid.locator(f'.wl-row.active a[href$="/blocks/{number}"]')).to_be_visible()
    # Only what is in sight was asked for, and only that is in the page.
    assert len([url for url in long_console.requested[asked:] if "/blocks?" in url]) <= 10
    assert grid.get_by_role("row").count() < 60


def test_blocks_and_keys_are_found_in_it(long_console):
    long_console.open().heading("Overview")
    find = long_console.page.get_by_role("searchbox", name="Find")
    find.fill("3120")
    find.press("Enter")
    long_console.heading("Block 3\u202f120")
    # One of its transactions came too late.
    expect(long_console.row("MVCC_READ_CONFLICT")).to_be_visible()
    block_hash = long_console.page.locator("dd code").first.inner_text()
    long_console.open("channels/mychannel/state/keyvalue").heading("State")
    rows = long_console.page.locator("main tbody tr")
    expect(rows).to_have_count(100)
    long_console.page.get_by_role("button", name="More").click()
    expect(rows).to_have_count(200)
    find.fill(block_hash)
    find.press("Enter")
    long_console.heading("Block 3\u202f120")


def test_a_month_is_counted_in_steps(long_console):
    long_console.open().heading("Overview")
    panel = long_console.page.locator("section.panel").filter(has_text="Transactions per day").last
    expect(panel).to_contain_text(re.compile(r"6\u202f\d+ in 30 days"), timeout=20_000)
    # Thirty days and the day the ledger began, but for those that lie before the window.
    assert panel.locator("svg g.slot rect.bar-good").count() >= 29
    expect(long_console.page.get_by_text("cannot be reached")).to_be_visible()
    # A mirror leads to nothing that it has not.
    expect(long_console.page.get_by_role("link", name="Functions")).to_have_count(0)
    for place, missing in [("functions", "functions"), ("deploy", "functions"), ("logs", "logs")]:
        long_console.open(place).heading("Nothing here")
        expect(long_console.page.get_by_text(f"it has no {missing}")).to_be_visible()
