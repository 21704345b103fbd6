"""Everything that a visitor can do, as far as the ledger and back."""

import re

from playwright.sync_api import expect


def test_a_new_ledger_has_owners_of_two_companies_with_marbles(page):
    for company, owners in {"United Marbles": ["Amy", "Alice", "Ava"], "Marble Market": ["Andre", "Andrew", "Aaron"]}.items():
        region = page.page.get_by_role("region", name=company)
        for owner in owners:
            expect(region.get_by_role("heading", name=re.compile(f"^{owner}\\b"))).to_be_visible()


def test_plus_makes_a_marble_in_a_block_of_its_own(page, site):
    height = page.height()
    marble = page.create("Amy", color="purple", size="Small")

    expect(page.marble(marble)).to_have_attribute("aria-label", "small purple marble of Amy")
    expect(page.page.locator("#height")).not_to_have_text(str(height))
    kept = next(m for m in site.state()["marbles"] if m["id"] == marble)
    assert (kept["color"], kept["size"]) == ("purple", 16)


def test_a_dragged_marble_changes_hands(page):
    marble = page.create("Amy")
    page.drag(marble, page.card("Andre"))
    expect(page.card("Andre").locator(f'[data-marble="{marble}"]')).to_be_visible()
    expect(page.card("Amy").locator(f'[data-marble="{marble}"]')).to_have_count(0)


def test_a_marble_that_is_put_back_stays(page):
    marble = page.create("Amy")
    height = page.height()
    page.drag(marble, page.card("Amy"))
    expect(page.card("Amy").locator(f'[data-marble="{marble}"]')).to_be_visible()
    assert page.height() == height


def test_the_bin_asks_and_then_takes_a_marble_away(page, site):
    marble = page.create("Amy")
    page.drag(marble, page.page.locator("#bin"))
    page.page.get_by_role("button", name="Keep it").click()
    expect(page.marble(marble)).to_be_visible()

    page.drag(marble, page.page.locator("#bin"))
    page.page.get_by_role("button", name="Throw away").click()
    expect(page.marble(marble)).to_have_count(0)
    assert marble not in {m["id"] for m in site.state()["marbles"]}


def test_a_finger_moves_a_marble_after_a_moment(open_page):
    page = open_page(has_touch=True, viewport={"width": 800, "height": 900})
    marble = page.create("Amy")
    page.marble(marble).scroll_into_view_if_needed()
    start, end = page.marble(marble).bounding_box(), page.card("Alice").bounding_box()
    touches = page.page.context.new_cdp_session(page.page)

    def touch(kind, *points):
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (start["x"] + 20, start["y"] + 20))
    expect(page.page.locator(".marble-lifted")).to_be_visible()
    for step in range(1, 6):
        part = step / 5
        touch("touchMove", (
            start["x"] + 20 + (end["x"] + 60 - start["x"] - 20) * part, start["y"] + 20 + (end["y"] + 40 - start["y"] - 20) * part))
    touch("touchEnd")
    expect(page.card("Alice").locator(f'[data-marble="{marble}"]')).to_be_visible()


def test_history_tells_who_did_what_in_which_block(page):
    marble = page.create("Amy", color="green")
    page.drag(marble, page.card("Andre"))
    expect(page.card("Andre").locator(f'[data-marble="{marble}"]')).to_be_visible()

    page.marble(marble).click()
    page.page.get_by_role("menuitem", name="History").click()
    history = page.page.get_by_role("complementary", name="History")
    moments = history.get_by_role("listitem")
    expect(moments).to_have_count(2)
    expect(moments.nth(0)).to_contain_text("given to Andre · Marble Market")
    expect(moments.nth(0)).to_contain_text("amy@unitedmarbles.example.com")
    expect(moments.nth(0)).to_contain_text("endorsed by")
    expect(moments.nth(1)).to_contain_text("made for Amy · United Marbles")

    block = moments.nth(0).get_by_role("button")
    number = re.search(r"\d+", block.inner_text())[0]
    block.click()
    expect(page.page.get_by_role("complementary", name=f"Block {number}")).to_be_visible()


def test_a_block_tells_its_transactions_and_who_endorsed_them(page):
    marble = page.create("Amy")
    page.blocks().last.click()
    details = page.page.locator("#details")
    expect(details.get_by_text("init_marble", exact=True)).to_be_visible()
    expect(details.get_by_text("VALID", exact=True)).to_be_visible()
    expect(details.get_by_text("peer0.unitedmarbles.example.com (UnitedMarbles)")).to_be_visible()
    expect(details.get_by_text("peer0.marblemarket.example.com (MarbleMarket)")).to_be_visible()
    details.get_by_text("Writes").click()
    expect(details.locator("details[open]")).to_contain_text(marble)


def test_the_story_tells_four_stages_with_their_times(page):
    page.create("Amy")
    stages = page.page.locator("#story li.stage")
    expect(stages).to_have_count(4)
    expect(stages.nth(3)).to_have_class(re.compile("is-done"))
    for stage in stages.all():
        expect(stage).to_contain_text(re.compile(r"[\d.]+\sms"))
    expect(stages.nth(1)).to_contain_text("United Marbles")
    expect(stages.nth(1)).to_contain_text("Marble Market")
    expect(stages.nth(3)).to_contain_text(re.compile(r"block \d+"))


def test_a_new_owner_has_an_identity_of_their_company(page, node):
    name = page.new_owner("Marble Market")
    page.act_as(name)
    page.create(name)
    page.blocks().last.click()
    expect(page.page.locator("#details").get_by_text(f"{name.lower()}@marblemarket.example.com (MarbleMarket)")).to_be_visible()


def test_a_retired_owner_is_no_longer_shown(page):
    name = page.new_owner("United Marbles")
    page.act_as("Amy")
    page.card(name).get_by_role("button", name=f"Retire {name}").click()
    page.page.get_by_role("button", name="Retire", exact=True).click()
    expect(page.page.locator(".card").filter(has=page.page.locator("h3", has_text=name))).to_have_count(0)


def test_search_shows_owners_by_comma_separated_words_and_pins_stay(page):
    search = page.page.get_by_role("searchbox")
    search.fill("aaron, alice")
    expect(page.card("Alice")).to_be_visible()
    expect(page.card("Aaron")).to_be_visible()
    expect(page.card("Amy")).to_be_hidden()

    search.fill("")
    page.card("Amy").get_by_role("button", name="Keep Amy in view").click()
    search.fill("aaron")
    expect(page.card("Amy")).to_be_visible()
    expect(page.card("Alice")).to_be_hidden()
    search.fill("nobody at all")
    expect(page.page.get_by_role("region", name="Marble Market")).to_be_hidden()


def test_names_with_markup_stay_text(page):
    company = page.page.get_by_role("region", name="United Marbles")
    company.get_by_role("button", name="Add an owner").click()
    page.page.get_by_label("Name").fill("<img src=x onerror=alert(1)>")
    page.page.get_by_role("button", name="Add", exact=True).click()
    expect(company.get_by_text("<img Src=x Onerror=alert(1)>")).to_be_visible()
    assert page.page.locator(".card img").count() == 0


def test_the_page_speaks_chinese(page):
    page.page.locator("#language").click()
    expect(page.page.get_by_role("heading", level=1)).to_contain_text("弹珠")
    expect(page.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.page.get_by_role("heading", name="区块")).to_be_visible()
    page.page.reload()
    expect(page.page.get_by_role("heading", level=1)).to_contain_text("弹珠")


def test_the_theme_can_be_chosen(page):
    ground = "getComputedStyle(document.body).backgroundColor"
    page.page.locator("#theme").click()
    light = page.page.evaluate(ground)
    page.page.locator("#theme").click()
    assert page.page.evaluate(ground) != light


def test_a_narrow_screen_needs_no_scrolling_sideways(open_page):
    page = open_page(viewport={"width": 320, "height": 640})
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 320
    # Whom one acts as and what can be opened stand on one line, and nothing covers anything.
    tools = [page.page.locator(f"#{name}").bounding_box() for name in ["actor", "open-log", "open-activity", "language", "theme"]]
    assert len({round(tool["y"] + tool["height"] / 2) for tool in tools[:3]}) == 1
    assert len({round(tool["y"]) for tool in tools[3:]}) == 1
    lowest = max(tool["y"] + tool["height"] for tool in tools[3:])
    assert all(tool["y"] >= lowest for tool in tools[:3])
    name = page.page.locator(".brand-name").bounding_box()
    assert name["x"] + name["width"] <= tools[3]["x"]
    assert tools[3]["x"] + tools[3]["width"] <= tools[4]["x"]
    marble = page.create("Amy")
    page.marble(marble).click()
    page.page.get_by_role("menuitem", name="Give to").click()
    page.page.get_by_role("menuitem", name="Ava").click()
    expect(page.card("Ava").locator(f'[data-marble="{marble}"]')).to_be_visible()



def test_what_an_action_came_to_is_answered_with_its_times(site):
    """Not in a browser: what the server answers to an action is all that a page has."""
    owner = next(o for o in site.state()["owners"] if o["name"] == "amy")
    status, story = site.post("api/actions", {
        "request": "r1", "actor": owner["id"], "kind": "create", "color": "blue", "size": 35, "owner": owner["id"]})
    assert (status, story["stage"], story["code"]) == (200, "committed", "VALID")
    assert sorted(story["milliseconds"]) == ["committed", "endorsed", "ordered", "proposed"]
    assert {endorser["company"] for endorser in story["endorsers"]} == {"United Marbles", "Marble Market"}
