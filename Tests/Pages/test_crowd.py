"""Several marbles at once, several people at once, and a ledger with many of both."""

import concurrent.futures
import json
import re

from playwright.sync_api import expect


def test_several_are_made_at_once_in_any_colour(page):
    name = page.new_owner("United Marbles")
    page.act_as(name)
    page.page.get_by_role("button", name=f"Make a marble for {name}").click()
    dialog = page.page.get_by_role("dialog", name="A new marble")
    dialog.get_by_role("radio", name="another colour").check()
    dialog.get_by_label("another colour").last.fill("#19a7a0")
    dialog.get_by_label("How many").fill("7")
    dialog.get_by_role("button", name="Make it").click()
    expect(page.marbles(name)).to_have_count(7, timeout=20_000)
    expect(page.page.locator("#announce")).to_contain_text("7 of 7 are in the ledger")
    expect(page.marbles(name).first).to_have_attribute("aria-label", re.compile("#19a7a0 marble"))


def test_chosen_marbles_go_together(page):
    first, second, third = (page.create("Amy", color="yellow") for _ in range(3))
    page.marble(first).click(modifiers=["Control"])
    # With the keyboard, and with a finger, by the menu.
    page.marble(second).focus()
    page.page.keyboard.press("Enter")
    page.page.get_by_role("menuitem", name="Choose with others").click()
    expect(page.page.locator("#announce")).to_contain_text("2 marbles chosen")

    page.drag(first, page.card("Alice"))
    for marble in [first, second]:
        expect(page.card("Alice").locator(f'[data-marble="{marble}"]')).to_be_visible()
    expect(page.card("Amy").locator(f'[data-marble="{third}"]')).to_be_visible()


def test_who_else_is_here_is_told_and_for_whom_they_act(open_page):
    one, other = open_page(), open_page()
    one.act_as("Ava")
    other.act_as("Andrew")
    expect(one.card("Andrew").locator(".card-here")).to_contain_text("acts as this owner")
    one.page.get_by_role("button", name="Activity").click()
    panel = one.page.get_by_role("complementary", name="Activity")
    expect(panel.get_by_role("listitem").filter(has_text="Andrew")).to_be_visible()
    other.act_as("Aaron")
    expect(panel.get_by_role("listitem").filter(has_text="Aaron").first).to_be_visible()
    expect(one.card("Andrew").locator(".card-here")).to_be_hidden()

    other.create("Aaron", color="black")
    expect(panel.get_by_text("Aaron made a marble for Aaron").first).to_be_visible()
    other.page.context.close()
    expect(panel.locator(".person").filter(has_text="Aaron")).to_have_count(0, timeout=15_000)


def test_figures_are_measured(page):
    page.create("Amy")
    page.page.get_by_role("button", name="Activity").click()
    table = page.page.get_by_role("complementary", name="Activity").get_by_role("table")
    for stage in ["Proposal", "Endorsement", "Ordering", "Validate & commit"]:
        expect(table.get_by_role("row", name=re.compile(f"^{stage} [\\d.]+\\sms"))).to_be_visible()


def test_a_history_is_saved_as_it_is_shown(page):
    marble = page.create("Amy", color="orange")
    page.marble(marble).click()
    page.page.get_by_role("menuitem", name="History").click()
    history = page.page.get_by_role("complementary", name="History")
    with page.page.expect_download() as download:
        history.get_by_role("button", name="JSON").click()
    entries = json.loads(download.value.path().read_text())
    assert [entry["marble"]["color"] for entry in entries] == ["orange"]
    with page.page.expect_download() as download:
        history.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2 and lines[0].startswith('"block","transaction"') and '"orange"' in lines[1]


def test_a_crowd_of_marbles_stays_usable(site, open_page):
    """Two thousand would take a debug build long; the bound of what is drawn is the same for hundreds."""
    crowd = site.register("crowd")

    def make(_):
        return site.act(crowd, kind="create", owner=crowd, color="blue", size=16)

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        stories = list(pool.map(make, range(240)))
    assert all(story["code"] == "VALID" for story in stories), [s for s in stories if s["code"] != "VALID"][:1]
    page = open_page()
    expect(page.marbles("Crowd")).to_have_count(24)
    page.card("Crowd").get_by_role("button", name="216 more").click()
    expect(page.marbles("Crowd")).to_have_count(224)


def test_two_of_one_name_do_not_both_join(site):
    def join(_):
        return site.post("api/actions", {
            "request": "twin", "kind": "register", "name": "twin", "company": "Marble Market"})

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(join, range(6)))
    assert sorted(status for status, _ in answers) == [200, 400, 400, 400, 400, 400]
    assert len([owner for owner in site.state()["owners"] if owner["name"] == "twin"]) == 1
