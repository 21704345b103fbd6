"""What is refused is told in the place where it happened, in the words of whoever refused."""

import re
import threading

from playwright.sync_api import expect


def test_nobody_gives_away_what_belongs_to_another_company(page):
    page.act_as("Andre")
    marble = page.create("Andre")
    page.act_as("Amy")
    page.drag(marble, page.card("Amy"))

    note = page.notes("Andre")
    expect(note).to_contain_text("Refused, not endorsed.")
    expect(note).to_contain_text("The company 'United Marbles' cannot authorize transfers for 'Marble Market'.")
    expect(page.card("Andre").locator(f'[data-marble="{marble}"]')).to_be_visible()
    expect(page.page.locator(".is-ghost")).to_have_count(0)

    note.get_by_text("Who said what").click()
    expect(note.get_by_text(re.compile("peer0"))).to_be_visible()
    note.get_by_role("button", name="Dismiss").click()
    expect(page.notes("Andre")).to_have_count(0)


def test_the_story_of_a_refusal_ends_where_it_was_refused(page):
    page.act_as("Amy")
    page.card("Aaron").get_by_role("button", name="Make a marble for Aaron").click()
    page.page.get_by_role("button", name="Make it").click()
    stages = page.page.locator("#story li.stage")
    expect(stages.nth(1)).to_have_class(re.compile("is-failed"))
    expect(stages.nth(0)).to_have_class(re.compile("is-done"))
    expect(page.page.locator(".story-refusal")).to_contain_text("cannot authorize creation")
    expect(page.notes("Aaron")).to_be_visible()


def test_of_many_who_take_one_marble_one_wins_and_the_others_are_told(page, site):
    marble = page.create("Amy")
    owners = {owner["name"]: owner["id"] for owner in site.state()["owners"]}
    answers = []

    def give(index):
        answers.append(site.post("api/actions", {
            "request": f"race{index}", "actor": owners["amy"], "kind": "transfer", "marble": marble,
            "owner": owners["alice" if index % 2 else "ava"]})[1])

    threads = [threading.Thread(target=give, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    won = [answer for answer in answers if answer["stage"] == "committed" and answer["code"] == "VALID"]
    lost = [answer for answer in answers if answer not in won]
    assert won
    assert all(answer["isConflict"] for answer in lost), lost
    expect(page.marble(marble)).to_have_count(1)


def test_what_makes_no_sense_is_refused_before_anything_is_tried(site):
    amy = next(o for o in site.state()["owners"] if o["name"] == "amy")
    for wish, message in [
        ({}, "request"),
        ({"request": "r", "kind": "dance", "actor": amy["id"]}, "dance"),
        ({"request": "r", "kind": "delete", "marble": "m", "actor": "nobody"}, "nobody"),
        ({"request": "r", "kind": "delete", "marble": "m" * 300, "actor": amy["id"]}, "marble"),
        ({"request": "r", "kind": "register", "name": "x", "company": "Nowhere"}, "Nowhere"),
        ({"request": "r", "kind": "register", "name": "AMY", "company": "United Marbles"}, "amy"),
    ]:
        status, answer = site.post("api/actions", wish)
        assert status in (400, 404), answer
        assert message in answer["error"]["message"]


def test_what_never_left_the_machine_was_not_refused(page):
    page.page.context.set_offline(True)
    page.card("Amy").get_by_role("button", name="Make a marble for Amy").click()
    page.page.get_by_role("button", name="Make it").click()
    note = page.notes("Amy").first
    expect(note).to_contain_text("Not sent.")
    expect(note).not_to_contain_text("Refused")
    page.page.context.set_offline(False)
    note.get_by_role("button", name="Try again").click()
    expect(page.notes("Amy")).to_have_count(0)
    expect(page.page.locator("#live")).to_have_attribute("data-state", "live", timeout=20_000)


def test_who_said_what_stays_within_its_card(page):
    page.act_as("Amy")
    page.card("Aaron").get_by_role("button", name="Make a marble for Aaron").click()
    page.page.get_by_role("button", name="Make it").click()
    note = page.notes("Aaron").first
    note.get_by_text("Who said what").click()
    card = page.card("Aaron").bounding_box()
    item = note.locator("li").first.bounding_box()
    assert item["x"] + item["width"] <= card["x"] + card["width"]
    assert note.evaluate("note => note.scrollWidth <= note.clientWidth")
