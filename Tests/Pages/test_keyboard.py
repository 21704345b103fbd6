"""Everything without a mouse, told to those who listen."""

import re

from playwright.sync_api import expect


def focus_marble(page, marble):
    """By the keyboard alone: into the page, to the card, and along its marbles."""
    keyboard = page.page.keyboard
    for _ in range(200):
        keyboard.press("Tab")
        if page.page.evaluate(
            "(id) => Boolean(document.activeElement.dataset.marble && document.activeElement.closest('.card')"
            ".querySelector(`[data-marble='${id}']`))", marble):
            break
    for _ in range(200):
        if page.page.evaluate("document.activeElement.dataset.marble") == marble:
            return
        keyboard.press("ArrowRight")
    raise AssertionError(f"marble {marble} cannot be reached")


def test_a_marble_is_carried_and_put_down_with_every_step_announced(page):
    marble = page.create("Amy", color="yellow")
    spoken = page.page.locator("#announce")
    focus_marble(page, marble)

    page.page.keyboard.press("Space")
    expect(spoken).to_contain_text("Picked up large yellow marble")
    targets = []
    for _ in range(30):
        page.page.keyboard.press("ArrowRight")
        targets.append(spoken.inner_text())
        if targets[-1].startswith("Andrew of Marble Market"):
            break
    assert re.match(r"Andrew of Marble Market, \d+ of \d+", targets[-1]), targets
    page.page.keyboard.press("Enter")
    expect(page.card("Andrew").locator(f'[data-marble="{marble}"]')).to_be_visible()
    expect(spoken).to_contain_text("to Andrew: in block")


def test_escape_puts_a_carried_marble_back(page):
    marble = page.create("Amy")
    height = page.height()
    focus_marble(page, marble)
    page.page.keyboard.press("Space")
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Escape")
    expect(page.page.locator("#announce")).to_contain_text("Let go of")
    expect(page.marble(marble)).to_be_focused()
    assert page.height() == height


def test_the_bin_is_reached_by_the_arrows_too(page):
    marble = page.create("Amy")
    focus_marble(page, marble)
    page.page.keyboard.press("Space")
    page.page.keyboard.press("ArrowLeft")
    expect(page.page.locator("#announce")).to_contain_text("The bin")
    page.page.keyboard.press("Enter")
    dialog = page.page.get_by_role("dialog", name="Throw it away?")
    expect(dialog).to_be_visible()
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    expect(page.marble(marble)).to_have_count(0)


def test_a_marble_is_made_and_given_by_menu_alone(page):
    before = page.ids("Amy")
    page.card("Amy").get_by_role("button", name="Make a marble for Amy").focus()
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("dialog", name="A new marble")).to_be_visible()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Enter")
    expect(page.marbles("Amy")).to_have_count(len(before) + 1)
    marble = (page.ids("Amy") - before).pop()

    focus_marble(page, marble)
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("menuitem", name="Give to")).to_be_focused()
    page.page.keyboard.press("Enter")
    menu = page.page.get_by_role("menu")
    for _ in range(100):
        if page.page.evaluate("document.activeElement.textContent") == "Alice":
            break
        page.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name="Alice")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.card("Alice").locator(f'[data-marble="{marble}"]')).to_be_visible()


def test_blocks_are_walked_with_arrows_and_panels_give_the_focus_back(page):
    page.blocks().last.focus()
    page.page.keyboard.press("ArrowLeft")
    number = page.page.evaluate("document.activeElement.textContent")
    page.page.keyboard.press("Enter")
    panel = page.page.get_by_role("complementary", name=f"Block {int(number)}")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("button", name="Close")).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.page.evaluate("document.activeElement.textContent") == number


def test_the_first_stop_leads_past_the_tools(page):
    page.page.keyboard.press("Tab")
    expect(page.page.get_by_role("link", name="Skip to the marbles")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#board")).to_be_focused()


def test_escape_closes_a_panel_wherever_the_focus_is(page):
    opener = page.page.get_by_role("button", name="Functions", exact=True)
    opener.click()
    panel = page.page.locator("#log")
    expect(panel).to_be_visible()
    page.page.evaluate("document.activeElement.blur()")
    page.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_focus_stays_with_those_who_check_blocks_or_retire_somebody(page):
    page.blocks().last.click()
    check = page.page.locator("#details").get_by_role("button", name="Check the blocks before")
    check.focus()
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#details").get_by_text("hang together")).to_be_visible(timeout=20_000)
    expect(check).to_be_focused()
    page.page.keyboard.press("Escape")

    name = page.new_owner("United Marbles")
    card = page.card(name)
    card.get_by_role("button", name=f"Retire {name}").click()
    page.page.get_by_role("dialog").get_by_role("button", name="Retire").click()
    expect(card).to_have_count(0)
    assert page.page.evaluate("document.activeElement !== document.body")
