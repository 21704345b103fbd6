"""Several browsers see each other; a connection that breaks resumes without gap or double."""

import signal

import pytest
from playwright.sync_api import expect

from marbles_page import MarblesPage
from marbles_site import Node, Site


def test_two_browsers_see_each_other_at_once(open_page):
    one, other = open_page(), open_page()
    other.act_as("Andre")

    marble = one.create("Amy", color="pink")
    expect(other.marble(marble)).to_have_attribute("aria-label", "large pink marble of Amy")

    one.drag(marble, one.card("Andre"))
    expect(other.card("Andre").locator(f'[data-marble="{marble}"]')).to_be_visible()
    other.drag(marble, other.card("Aaron"))
    expect(one.card("Aaron").locator(f'[data-marble="{marble}"]')).to_be_visible()
    # A function may write points meanwhile: each look at both is a moment of its own.
    heights = ((one.page.locator("#height").inner_text(), other.page.locator("#height").inner_text()) for _ in range(500))
    assert any(mine == theirs for mine, theirs in heights)


def test_what_others_do_disturbs_nobody(open_page):
    one, other = open_page(), open_page()
    one.page.get_by_role("searchbox").fill("amy")
    one.card("Amy").get_by_role("button", name="Keep Amy in view").click()
    one.page.get_by_role("button", name="Make a marble for Amy").focus()
    marble = other.create("Amy")
    expect(one.marble(marble)).to_be_visible()
    expect(one.page.get_by_role("button", name="Make a marble for Amy")).to_be_focused()
    expect(one.card("Alice")).to_be_hidden()
    expect(one.card("Amy").get_by_role("button", name="Keep Amy in view")).to_have_attribute("aria-pressed", "true")


@pytest.fixture
def own_site(node, tmp_path):
    sites = [Site(tmp_path, node)]

    def restart():
        sites[-1].end()
        sites.append(Site(tmp_path, node, sites[0].port))
        return sites[-1]

    yield sites[0], restart
    sites[-1].end()


def test_a_lost_connection_resumes_without_gap_or_double(open_page, own_site):
    site, restart = own_site
    page = open_page(site.address)
    seen = page.page.evaluate_handle(
        """() => {
            const numbers = [];
            const chain = document.getElementById("chain");
            new MutationObserver((changes) => {
                for (const change of changes)
                    for (const node of change.addedNodes) numbers.push(Number(node.querySelector(".block-face").textContent));
            }).observe(chain, { childList: true });
            return numbers;
        }""")
    first = page.height()
    before = page.create("Amy")

    # The connection is gone; meanwhile others go on.
    page.page.context.set_offline(True)
    site.end()
    expect(page.page.locator("#live")).to_have_attribute("data-state", "lost")
    site = restart()
    other = MarblesPage(page.page.context.browser.new_context(reduced_motion="reduce").new_page(), site.address)
    other.open()
    made = [other.create("Alice") for _ in range(3)]
    page.page.context.set_offline(False)

    expect(page.page.locator("#live")).to_have_attribute("data-state", "live", timeout=20_000)
    for marble in [before, *made]:
        expect(page.marble(marble)).to_have_count(1)
    expect(page.page.locator("#height")).to_have_text(str(other.height()))
    numbers = seen.json_value()
    assert numbers == list(range(first, first + len(numbers))), "a block is missing or came twice"
    other.page.context.close()


def test_a_node_that_starts_again_is_followed_again(open_page, tmp_path):
    """The ledger is kept, and so is whoever owns what."""
    node = Node(tmp_path)
    site = Site(tmp_path, node)
    try:
        page = open_page(site.address)
        marble = page.create("Amy")
        height = page.height()
    finally:
        site.end()
        node.end()
    node = Node(tmp_path)
    site = Site(tmp_path, node)
    try:
        page = open_page(site.address)
        expect(page.marble(marble)).to_have_count(1)
        assert page.height() == height
    finally:
        site.end()
        node.end()


def test_a_node_that_is_gone_is_told_and_its_return_too(open_page, tmp_path):
    node = Node(tmp_path)
    site = Site(tmp_path, node)
    try:
        page = open_page(site.address)
        node.process.send_signal(signal.SIGSTOP)
        expect(page.page.locator("#live")).to_have_text("The ledger cannot be reached", timeout=30_000)
        page.card("Amy").get_by_role("button", name="Make a marble for Amy").click()
        page.page.get_by_role("button", name="Make it").click()
        expect(page.notes("Amy").first).to_contain_text("The ledger is out of reach", timeout=60_000)
        node.process.send_signal(signal.SIGCONT)
        expect(page.page.locator("#live")).to_have_text("Live", timeout=30_000)
        page.create("Alice")
    finally:
        node.process.send_signal(signal.SIGCONT)
        site.end()
        node.end()


def test_a_server_that_falls_silent_is_noticed(open_page, own_site):
    site, _ = own_site
    page = open_page(site.address)
    site.process.send_signal(signal.SIGSTOP)
    try:
        expect(page.page.locator("#live")).to_have_attribute("data-state", "lost", timeout=60_000)
    finally:
        site.process.send_signal(signal.SIGCONT)
    expect(page.page.locator("#live")).to_have_attribute("data-state", "live", timeout=60_000)
    page.create("Amy")


def test_presence_is_never_below_zero(open_page, site, chromium):
    context = chromium.new_context(locale="en-GB")
    context.add_init_script("""
        window.told = [];
        new MutationObserver(() => {
            for (const badge of document.querySelectorAll(".card-here:not([hidden])")) window.told.push(badge.textContent);
        }).observe(document, { subtree: true, childList: true, attributes: true });
    """)
    try:
        page = context.new_page()
        page.goto(site.address)
        expect(page.locator(".tool-count")).not_to_be_empty()
        assert not [text for text in page.evaluate("window.told") if "-" in text]
    finally:
        context.close()
