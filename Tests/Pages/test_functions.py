"""The functions of the demonstration: what they write stands beside the block that set them off."""

import pathlib
import re
import subprocess

import pytest
from playwright.sync_api import expect

from marbles_page import MarblesPage
from marbles_site import PROGRAMS, Site

EXAMPLE = pathlib.Path(__file__).parents[2] / "Examples/Marbles"


@pytest.fixture(scope="module")
def functions(node, site, chromium):
    """Deployed as a user deploys them, once the first owners are there: a cold rule on a busy machine may refuse those."""
    first = chromium.new_page()
    MarblesPage(first, site.address).open()
    first.close()
    subprocess.run([PROGRAMS / "marbles-duet", "deploy", EXAMPLE, "--node", node.address], check=True)


def test_every_wish_is_noted_beside_its_block(page, functions):
    page.create("Amy", color="red")
    # The function writes a moment after the block; the mark appears when it has.
    newest = page.page.locator("#chain li.block").last
    expect(newest.locator(".run-dot").first).to_be_attached(timeout=30_000)
    expect(newest.get_by_role("button")).to_have_attribute("aria-label", re.compile("functions: [1-9]"))

    newest.get_by_role("button").click()
    details = page.page.locator("#details")
    expect(details.get_by_text("marblesFC / processEvent")).to_be_visible()
    expect(details.locator(".run").filter(has_text="processEvent").locator("pre")).to_contain_text('"type":"create"')


def test_a_page_that_comes_later_sees_them_too(page, functions, open_page):
    page.create("Amy")
    expect(page.page.locator("#chain li.block").last.locator(".run-dot").first).to_be_attached(timeout=30_000)
    later = open_page()
    expect(later.page.locator("#chain li.block").last.locator(".run-dot").first).to_be_attached()


def test_a_committed_transfer_earns_points_on_the_ledger(page, functions, site):
    name = page.new_owner("United Marbles")
    page.act_as(name)
    within, across = page.create(name), page.create(name)
    owners = {owner["name"]: owner["id"] for owner in site.state()["owners"]}
    for marble, receiver, points in [(within, "alice", "1 points"), (across, "andre", "4 points")]:
        _, story = site.post("api/actions", {
            "request": marble, "actor": owners[name.lower()], "kind": "transfer", "marble": marble,
            "owner": owners[receiver]})
        assert story["code"] == "VALID", story
        expect(page.card(name).get_by_text(points)).to_be_attached(timeout=60_000)


def deploy_rule(page, preset):
    """Chooses a rule in the page and has it deployed."""
    page.page.get_by_role("button", name="House rule").click()
    panel = page.page.get_by_role("complementary", name="The house rule")
    panel.get_by_role("button", name=preset, exact=True).click()
    panel.get_by_role("button", name="Deploy").click()
    expect(panel.get_by_role("status")).to_contain_text(re.compile(r"In force. Deploying took \d+\sms"), timeout=30_000)
    panel.get_by_role("button", name="Close").click()


@pytest.fixture
def rules(open_page, functions):
    page = open_page()
    yield page
    # Others find everything allowed again.
    deploy_rule(page, "Anything goes")


def wish_for(page, owner, color):
    page.card(owner).get_by_role("button", name=f"Make a marble for {owner}").click()
    dialog = page.page.get_by_role("dialog", name="A new marble")
    dialog.get_by_role("radio", name=color, exact=True).check()
    dialog.get_by_role("button", name="Make it").click()


def test_a_rule_deployed_in_the_page_refuses_the_next_marble_and_lets_it_pass_again(rules):
    deploy_rule(rules, "No black marbles")
    wish_for(rules, "Amy", "black")
    note = rules.notes("Amy").first
    expect(note).to_contain_text("No black marbles in this house.", timeout=30_000)
    expect(note).to_contain_text("not endorsed")
    rules.create("Amy", color="white")

    deploy_rule(rules, "Anything goes")
    rules.create("Amy", color="black")


def test_a_black_marble_from_before_the_rule_is_not_given_away(rules):
    rules.act_as("Amy")
    black, red = rules.create("Amy", color="black"), rules.create("Amy", color="red")
    deploy_rule(rules, "No black marbles")
    rules.drag(black, rules.card("Alice"))
    expect(rules.notes("Amy").first).to_contain_text("No black marbles in this house.", timeout=30_000)
    expect(rules.card("Amy").locator(f'[data-marble="{black}"]')).to_be_visible()
    rules.notes("Amy").first.get_by_role("button", name="Dismiss").click()
    rules.drag(red, rules.card("Alice"))
    expect(rules.card("Alice").locator(f'[data-marble="{red}"]')).to_be_visible(timeout=30_000)


def test_black_by_its_figures_is_black_too(rules, site):
    amy = next(owner["id"] for owner in site.state()["owners"] if owner["name"] == "amy")
    deploy_rule(rules, "No black marbles")
    story = site.act(amy, kind="create", color="#000000", size=16, owner=amy)
    assert story["stage"] == "refused" and "No black marbles in this house." in story["refusals"][0]["message"], story


def test_a_rule_looks_at_the_ledger(rules):
    name = rules.new_owner("United Marbles")
    rules.act_as(name)
    deploy_rule(rules, "At most five marbles")
    for count in range(5):
        expect(rules.marbles(name)).to_have_count(count)
        rules.create(name)
    wish_for(rules, name, "red")
    expect(rules.notes(name).first).to_contain_text("five are the most", timeout=30_000)
    expect(rules.marbles(name)).to_have_count(5)


def test_what_is_no_javascript_is_not_in_force(rules, site):
    deploy_rule(rules, "No black marbles")
    status, answer = site.post("api/rule", {"source": "this is no JavaScript"})
    assert status == 400 and "Unexpected identifier" in answer["error"]["message"], answer
    status, _, rule = site.get("api/rule")
    assert status == 200 and b"No black marbles in this house" in rule


def test_other_pages_learn_of_a_new_rule_and_what_is_none_is_refused(rules, open_page, site):
    other = open_page()
    deploy_rule(rules, "No black marbles after six")
    expect(other.page.locator("#announce")).to_contain_text("new house rule")
    assert site.post("api/rule", {"source": ""})[0] == 400
    assert site.post("api/rule", {"source": "x" * (1 << 16) + "y"})[0] == 400
    assert site.post("api/rule", {})[0] == 400


def test_what_functions_write_is_followed_and_searched(page, functions):
    page.page.get_by_role("button", name="Functions", exact=True).click()
    panel = page.page.get_by_role("complementary", name="What functions write")
    expect(panel.get_by_role("searchbox", name="Search the lines")).to_be_focused()
    page.page.keyboard.press("Escape")
    page.create("Amy", color="purple")
    number = page.height() - 1
    page.page.get_by_role("button", name="Functions", exact=True).click()
    run = panel.locator(".run").filter(has_text="processEvent").first
    expect(run).to_contain_text('"type":"create"', timeout=30_000)
    expect(run).to_contain_text(re.compile(r"\d\sms"), timeout=30_000)
    panel.get_by_role("searchbox").fill("functionName: houseRule")
    expect(panel.get_by_text("marblesFC / processEvent")).to_have_count(0)
    expect(panel.get_by_text("marblesFC / houseRule").first).to_be_visible()
    panel.get_by_role("button", name=f"Block {number}", exact=True).first.click()
    details = page.page.get_by_role("complementary", name=f"Block {number}")
    expect(details).to_be_visible()
    # And back: from the transaction to what functions wrote for it.
    details.get_by_text("Transaction", exact=True).click()
    details.get_by_role("button", name="What functions wrote for it").click()
    expect(panel.get_by_role("searchbox")).to_have_value(re.compile('^"[0-9a-f]{64}"$'))
    expect(panel.locator(".run").first).to_be_visible()


def test_a_search_that_cannot_be_read_is_told(page, functions):
    page.page.get_by_role("button", name="Functions", exact=True).click()
    panel = page.page.get_by_role("complementary", name="What functions write")
    panel.get_by_role("searchbox").fill("a and (")
    expect(panel.get_by_role("status")).not_to_contain_text("invocations")
    expect(panel.get_by_role("status")).not_to_be_empty()


def test_a_run_tells_how_long_it_took_and_whether_it_was_warm(page, functions):
    page.create("Amy")
    page.blocks().last.click()
    run = page.page.locator("#details .run").filter(has_text="processEvent")
    expect(run.locator(".run-facts")).to_contain_text(re.compile(r"\d\sms · (warm|cold start)"), timeout=30_000)


def test_the_rule_that_is_shown_is_the_one_in_force_whoever_starts_again(rules, node, open_page, tmp_path):
    deploy_rule(rules, "No black marbles")
    other = Site(tmp_path, node)
    try:
        page = open_page(other.address)
        page.page.get_by_role("button", name="House rule").click()
        editor = page.page.get_by_role("textbox", name="Source of the function")
        expect(editor).to_have_value(re.compile("No black marbles in this house"))
    finally:
        other.end()
    # What the command line deploys is shown as well: the node's word counts.
    subprocess.run([PROGRAMS / "marbles-duet", "deploy", EXAMPLE, "--node", node.address], check=True)
    rules.page.get_by_role("button", name="House rule").click()
    expect(rules.page.get_by_role("textbox", name="Source of the function")).to_have_value(re.compile("This one lets everything pass"))
    rules.page.keyboard.press("Escape")
