"""The chain of blocks: looked back at, gone to, checked, and played again."""

import re

from playwright.sync_api import expect


def test_the_slider_goes_back_through_history_and_to_now_again(page):
    marble = page.create("Amy", color="red")
    made = page.height() - 1
    page.drag(marble, page.card("Andre"))
    expect(page.card("Andre").locator(f'[data-marble="{marble}"]')).to_be_visible()
    last = page.height() - 1

    page.page.get_by_role("button", name="Replay").click()
    slider = page.page.get_by_role("slider", name="Block up to which the ledger is shown")
    expect(slider).to_be_focused()
    slider.fill(str(made))
    expect(page.card("Amy").locator(f'[data-marble="{marble}"]')).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^After block {made} of {last}"))
    assert page.page.url.endswith(f"#block={made}")
    # What is past can be looked at, not changed.
    expect(page.page.get_by_role("button", name="Make a marble for Amy")).to_have_count(0)

    slider.press("ArrowLeft")
    expect(page.marble(marble)).to_have_count(0)
    page.page.get_by_role("button", name="One block on").click()
    expect(page.card("Amy").locator(f'[data-marble="{marble}"]')).to_be_visible()

    page.page.get_by_role("button", name="Back to now").click()
    expect(page.card("Andre").locator(f'[data-marble="{marble}"]')).to_be_visible()
    expect(page.page.get_by_role("button", name="Make a marble for Amy")).to_be_visible()


def test_history_is_played_block_by_block_to_its_end(page):
    marble = page.create("Ava", color="pink")
    last = page.height() - 1
    page.page.get_by_role("button", name="Replay").click()
    slider = page.page.get_by_role("slider")
    slider.fill(str(last - 2))
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^After block {last - 2} "))
    page.page.get_by_role("button", name="Play", exact=True).click()
    expect(page.page.get_by_role("button", name="Pause")).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^After block {last} "), timeout=15_000)
    expect(page.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.card("Ava").locator(f'[data-marble="{marble}"]')).to_be_visible()


def test_an_address_brings_a_moment_back(page, open_page, site):
    marble = page.create("Alice", color="green")
    made = page.height() - 1
    later = open_page(f"{site.address}/#block={made - 1}")
    expect(later.page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile(f"^After block {made - 1} "))
    expect(later.marble(marble)).to_have_count(0)
    later.page.get_by_role("slider").press("Escape")
    expect(later.marble(marble)).to_have_count(1)


def test_earlier_blocks_come_when_one_looks_back(open_page, site):
    filler = site.register("filler")
    while site.state()["height"] < 60:
        site.act(filler, kind="create", owner=filler, color="white", size=16)
    page = open_page()
    expect(page.blocks()).to_have_count(40)
    page.page.locator("#chain").evaluate("(row) => { row.scrollLeft = 0 }")
    expect(page.blocks().first).to_have_text("000", timeout=15_000)
    numbers = [int(text) for text in page.blocks().all_inner_texts()]
    assert numbers == list(range(numbers[-1] + 1))


def test_a_block_is_found_by_its_number_and_by_a_transaction(page, site):
    page.create("Amy")
    block = site.state()["blocks"][-1]
    field = page.page.get_by_role("textbox", name="Go to a block or transaction")
    details = page.page.get_by_role("complementary", name=re.compile("^Block "))
    for text, number in [("3", 3), (block["transactions"][0]["id"], block["number"])]:
        field.fill(text)
        field.press("Enter")
        expect(details.get_by_role("heading", name=f"Block {number}", exact=True)).to_be_visible()
        page.page.keyboard.press("Escape")
    field.fill("999999")
    field.press("Enter")
    assert "no block 999999" in field.evaluate("(field) => field.validationMessage")


def test_hashes_are_worked_out_in_the_page(page):
    page.create("Amy")
    page.blocks().last.click()
    details = page.page.locator("#details")
    expect(details.get_by_text("worked out here: the same")).to_be_visible()
    details.get_by_role("button", name="Check the blocks before").click()
    expect(details.get_by_text(re.compile(r"\d+ blocks hang together"))).to_be_visible()
    # A header that was tampered with is not passed over.
    wrong = page.page.evaluate("""async () => {
        const { headerHash } = await import("/hashes.js");
        const [header] = (await (await fetch("/api/headers?from=5")).json()).headers;
        return [await headerHash(header) === header.hash, await headerHash({ ...header, number: header.number + 1 }) === header.hash,
            await headerHash({ ...header, dataHash: header.previousHash }) === header.hash];
    }""")
    assert wrong == [True, False, False]


def test_one_steps_from_block_to_block_and_to_the_marbles_then(page):
    number = page.height() - 1
    page.blocks().last.click()
    details = page.page.locator("#details")
    expect(details.locator(".tx").first).to_be_visible()
    expect(details.get_by_role("button", name="The block after")).to_be_disabled()
    details.get_by_role("button", name="The block before").click()
    expect(details.get_by_role("heading", name=f"Block {number - 1}", exact=True)).to_be_visible()
    expect(details.locator(".tx").first).to_be_visible()
    details.get_by_role("button", name="The marbles then").click()
    expect(page.page.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile(f"^After block {number - 1} "))
