import concurrent.futures

import pytest
import requests
from playwright.sync_api import sync_playwright

from console_node import ConsoleNode
from console_page import ConsolePage


@pytest.fixture(scope="session")
def console_node(tmp_path_factory):
    node = ConsoleNode(tmp_path_factory.mktemp("console"), "--port", "0")
    try:
        node.write_log("functions-of-shop", "lines", {"message": "made"})
        node.make_function("shop", "sell")
        yield node
    finally:
        status = node.end()
    assert status == 0


@pytest.fixture(scope="session")
def console_browser():
    """Debian's browser, driven over its own protocol."""
    with sync_playwright() as playwright:
        # Tests run as root in containers, where the browser's own sandbox cannot be set up.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_console(console_browser):
    contexts = []

    def open_console(address, **options):
        context = console_browser.new_context(
            **{"viewport": {"width": 1360, "height": 860}, "reduced_motion": "reduce", **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        return ConsolePage(context.new_page(), address)

    yield open_console
    for context in contexts:
        context.close()


@pytest.fixture
def console(open_console, console_node):
    console = open_console(console_node.address)
    yield console
    assert console.problems == []
    # Nothing leaves the machine.
    assert all(url.startswith((console_node.address, "data:", "blob:")) for url in console.requested)


@pytest.fixture(scope="session")
def conflict(console_node):
    """A transaction that lost a conflict, and the one that won it."""
    console_node.submit("put", "contested", "1")
    base = console_node.address + "/api/channels/mychannel"

    def add(_):
        return requests.post(
            base + "/contracts/keyvalue/submit", json={"function": "add", "arguments": ["contested", "1"]}, timeout=60).json()

    # Most losers are turned away before they are ordered; some are ordered together with the winner.
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for _ in range(50):
            for told in pool.map(add, range(8)):
                if told.get("code") == "MVCC_READ_CONFLICT":
                    loser = requests.get(f"{base}/transactions/{told['transaction']}", timeout=60).json()
                    return told["transaction"], loser["explanation"]["conflict"]["winner"]["transaction"]
    raise AssertionError("400 transactions on one key never met")
