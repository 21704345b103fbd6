"""The frame around the pages: who may look, how it looks, how little it takes."""

import re

import pytest
from playwright.sync_api import expect

from console_node import ConsoleNode

ROUTES = [
    ("", "Overview"), ("channels/mychannel/blocks", "Blocks"), ("channels/mychannel/blocks/0", "Block 0"),
    ("channels/mychannel/transactions/1:0", "Transaction 0"), ("channels/mychannel/state", "State"),
    ("channels/mychannel/contracts", "Contracts"), ("functions", "Functions"), ("functions/shop/sell", "sell"),
    ("functions/shop/sell/versions", "sell"), ("functions/shop/sell/settings", "sell"), ("triggers", "Triggers"),
    ("invocations", "Invocations"), ("deploy", "Deploy"), ("logs", "Logs"), ("alarms", "Alarms"), ("access", "Access keys"),
]


@pytest.mark.parametrize("width,scheme", [(1360, "light"), (390, "dark")])
def test_every_page_opens_wide_and_narrow_light_and_dark(open_console, console_node, width, scheme):
    console = open_console(console_node.address, viewport={"width": width, "height": 844}, color_scheme=scheme)
    for route, heading in ROUTES:
        console.open(route).heading(heading)
        # The page itself never scrolls sideways; wide tables do inside their panels.
        assert console.page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth + 1"), route
        assert console.page.evaluate("document.documentElement.dataset.theme") == scheme
        expect(console.page.locator("main .note-box.bad")).to_have_count(0)
    assert console.problems == []


def test_the_first_view_is_small(open_console, console_node):
    console = open_console(console_node.address)
    sizes = []
    console.page.on("response", lambda response: sizes.append(response))
    console.open().heading("Overview")
    site = [response for response in sizes if "/api/" not in response.url]
    total = sum(int(response.headers.get("content-length", 0)) for response in site)
    assert len(site) >= 8 and 0 < total < 100_000
    assert all("content-security-policy" in response.headers for response in site)


def test_light_and_dark_are_remembered(console):
    console.open().heading("Overview")
    theme = "document.documentElement.dataset.theme"
    before = console.page.evaluate(theme)
    console.page.keyboard.press("\\")
    after = console.page.evaluate(theme)
    assert {before, after} == {"light", "dark"}
    console.page.reload()
    console.heading("Overview")
    assert console.page.evaluate(theme) == after


def test_keys_lead_everywhere(console):
    console.open().heading("Overview")
    for key, heading in [("b", "Blocks"), ("s", "State"), ("c", "Contracts"), ("f", "Functions"), ("t", "Triggers"),
                         ("i", "Invocations"), ("d", "Deploy"), ("a", "Alarms"), ("k", "Access keys"), ("o", "Overview")]:
        console.page.keyboard.press("g")
        console.page.keyboard.press(key)
        console.heading(heading)
    console.page.keyboard.press("?")
    expect(console.page.get_by_role("dialog")).to_contain_text("Keys")
    console.page.keyboard.press("Escape")
    expect(console.page.get_by_role("dialog")).to_have_count(0)


def test_an_organisation_is_chosen(console):
    console.open("access").heading("Access keys")
    console.page.get_by_label("Organisation").select_option("Org2MSP")
    expect(console.page.locator("main")).to_contain_text("User1@org2.example.com", timeout=20_000)
    console.page.get_by_label("Organisation").select_option("Org1MSP")
    expect(console.page.locator("main")).to_contain_text("User1@org1.example.com", timeout=20_000)


def test_a_key_is_made_shown_once_and_removed(console):
    console.open("access").heading("Access keys")
    console.page.get_by_label("Role").select_option("reader")
    console.page.get_by_role("button", name="Make a key").click()
    note = console.page.locator(".note-box.good")
    expect(note).to_contain_text("only now", timeout=20_000)
    identifier = note.locator("code").inner_text().split(".")[0]
    console.page.reload()
    console.heading("Access keys")
    expect(console.page.locator(".note-box.good")).to_have_count(0)
    console.row(identifier).get_by_role("button", name="Remove").click()
    console.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(console.page.get_by_text(identifier)).to_have_count(0, timeout=20_000)


@pytest.fixture(scope="module")
def locked_node(tmp_path_factory):
    """A node that asks everybody for a key."""
    node = ConsoleNode(tmp_path_factory.mktemp("locked"), "--no-network", "--require-key")
    yield node
    assert node.end() == 0


def test_a_login_is_asked_for_and_ends(open_console, locked_node):
    console = open_console(locked_node.address)
    console.open()
    field = console.page.get_by_label("Access key")
    expect(field).to_be_visible(timeout=20_000)
    field.fill("nobody.wrong")
    console.page.get_by_role("button", name="Log in").click()
    expect(console.page.get_by_role("alert")).to_contain_text("not known")
    field.fill(locked_node.key)
    console.page.get_by_role("button", name="Log in").click()
    console.heading("Overview")
    # The key is kept nowhere; the cookie is out of scripts' reach.
    assert console.page.evaluate("document.cookie") == ""
    assert locked_node.key not in console.page.evaluate("JSON.stringify(localStorage)")
    cookie = console.page.context.cookies()[0]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    console.page.reload()
    console.heading("Overview")
    console.open("access").heading("Access keys")
    console.page.get_by_role("button", name="Log out").click()
    expect(console.page.get_by_label("Access key")).to_be_visible(timeout=20_000)
    assert console.page.context.cookies() == []
    assert console.problems == []


def test_a_functions_page_cannot_act_as_its_reader(console, console_node):
    code = """
exports.handler = (request, response) => {
  response.setStatusCode(200)
  response.setHeader('content-type', 'text/html')
  response.send('<h1>waiting</h1><script>fetch("/api/keys").then((answer) => { document.querySelector("h1").textContent = "got " + answer.status }, () => { document.querySelector("h1").textContent = "refused" })</script>')
}
"""
    console_node.make_function("pages", "evil", code)
    console_node.call("POST", "/2016-08-15/services/pages/functions/evil/triggers", json={
        "triggerName": "http", "triggerType": "http", "triggerConfig": {"authType": "anonymous", "methods": ["GET"]}})
    console.page.goto(console_node.address + "/2016-08-15/proxy/pages/evil/")
    expect(console.page.locator("h1")).to_have_text(re.compile("refused|got 401"), timeout=30_000)
    # The browser says that it kept the script from reading.
    console.problems.clear()


CONTRAST = """(selector) => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((value) => value / 255).map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  return [...document.querySelectorAll(selector)].map((element) => {
    let behind = element;
    while (behind && (parts(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
    const [one, other] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map((color) => light(parts(color)));
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_faint_can_be_read(open_console, console_node, scheme):
    console = open_console(console_node.address, color_scheme=scheme)
    console.open("functions").heading("Functions")
    expect(console.page.locator("main .faint").first).to_be_visible(timeout=20_000)
    found = console.page.evaluate(CONTRAST, "nav .group, .faint, .muted, .badge, th")
    assert len(found) > 8 and min(found) >= 4.5
