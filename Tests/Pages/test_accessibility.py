"""Roles, names, contrast, focus: what assistive technology and tired eyes need."""

import pytest
from playwright.sync_api import expect

# Everything that can be acted on, as an array of [description, name, width, height, isFocusable].
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=button], [role=menuitem]")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[hidden]"))
    .map((element) => {
        const label = element.getAttribute("aria-label")
            ?? (element.labels?.length ? [...element.labels].map((l) => l.textContent).join(" ") : null)
            ?? element.textContent ?? "";
        const box = element.getBoundingClientRect();
        return [element.outerHTML.slice(0, 120), label.trim(), box.width, box.height, element.tabIndex];
    })"""

# Text and what it stands on: [text, ratio, needed] for every piece of text below the wanted contrast (WCAG 1.4.3).
CONTRAST = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const read = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, bottom) => [0, 1, 2].map((i) => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
            const color = read(getComputedStyle(e).backgroundColor);
            if (color[3] > 0) layers.push(color);
            if (color[3] === 1) break;
        }
        return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const poor = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim();
        const element = walker.currentNode.parentElement;
        if (!text || !element.checkVisibility({ visibilityProperty: true }) || element.closest("[aria-hidden=true], .hidden, option, noscript")) continue;
        if (element.getBoundingClientRect().width <= 1 || element.disabled) continue;
        const style = getComputedStyle(element);
        const below = ground(element);
        const ink = over(read(style.color), below);
        const [bright, dark] = [light(ink), light(below)].sort((a, b) => b - a);
        const ratio = (bright + 0.05) / (dark + 0.05);
        const size = parseFloat(style.fontSize);
        const needed = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700) ? 3 : 4.5;
        if (ratio < needed) poor.push([text.slice(0, 40), Math.round(ratio * 100) / 100, needed]);
    }
    return poor;
}"""

UNIQUE = """() => {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
}"""

REFERENCES = """() => ["aria-labelledby", "aria-describedby", "aria-controls", "for"].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].filter((element) => !element.closest("[hidden]")).flatMap((element) => element.getAttribute(name).split(/\\s+/))
        .filter((id) => id && !document.getElementById(id)))"""


def situations(page):
    """The page in each of its shapes."""
    yield "board"
    page.marbles("Alice").first.click()
    yield "menu"
    page.page.get_by_role("menuitem", name="History").click()
    expect(page.page.locator("#history li").first).to_be_visible()
    yield "history"
    page.page.keyboard.press("Escape")
    page.blocks().last.click()
    expect(page.page.locator("#details .tx").first).to_be_visible()
    yield "block"
    page.page.keyboard.press("Escape")
    page.card("Amy").get_by_role("button", name="Make a marble for Amy").click()
    expect(page.page.get_by_role("dialog")).to_be_visible()
    yield "dialog"
    page.page.keyboard.press("Escape")
    page.act_as("Amy")
    page.card("Aaron").get_by_role("button", name="Make a marble for Aaron").click()
    page.page.get_by_role("button", name="Make it").click()
    expect(page.notes("Aaron").first).to_be_visible()
    expect(page.page.locator(".story-refusal")).to_be_visible()
    yield "refusal"


def test_everything_that_can_be_used_has_a_name(page):
    for situation in situations(page):
        for element, name, _, _, _ in page.page.evaluate(CONTROLS):
            assert name, f"{situation}: {element} has no name"


def test_what_is_touched_is_large_enough(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    for element, _, width, height, _ in page.page.evaluate(CONTROLS):
        if "skip" not in element:
            assert min(width, height) >= 24, f"{element} is {width} × {height}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page, scheme):
    page = open_page(color_scheme=scheme)
    for situation in situations(page):
        assert page.page.evaluate(CONTRAST) == [], situation


def test_ids_are_unique_and_references_lead_somewhere(page):
    for situation in situations(page):
        assert page.page.evaluate(UNIQUE) == [], situation
        assert page.page.evaluate(REFERENCES) == [], situation


def test_the_page_has_landmarks_and_headings_in_order(page):
    for role in ["banner", "main", "contentinfo"]:
        expect(page.page.get_by_role(role)).to_have_count(1)
    levels = page.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3')].filter((h) => h.checkVisibility() && !h.closest('[hidden]')).map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels


def test_focus_follows_what_is_seen_and_is_always_visible(page):
    places = []
    for _ in range(60):
        page.page.keyboard.press("Tab")
        facts = page.page.evaluate("""() => {
            const element = document.activeElement;
            if (element === document.body) return null;
            const target = element.matches(".swatch input, .size input") ? element.nextElementSibling : element;
            const style = getComputedStyle(target);
            const box = element.getBoundingClientRect();
            return { html: element.outerHTML.slice(0, 90), outline: parseFloat(style.outlineWidth), style: style.outlineStyle,
                inView: box.bottom > 0 && box.top < innerHeight, part: element.closest("header, .shelf, main, footer")?.tagName };
        }""")
        if facts is None:
            break
        assert facts["style"] != "none" and facts["outline"] >= 2, facts
        assert facts["inView"], facts
        if not places or places[-1] != facts["part"]:
            places.append(facts["part"])
    assert [place for place in places if place] == ["HEADER", "DIV", "MAIN", "FOOTER"]


def test_less_motion_is_respected(open_page):
    page = open_page(reduced_motion="reduce")
    page.create("Amy")
    moving = page.page.evaluate("document.getAnimations().filter((a) => a.playState === 'running').length")
    assert moving == 0


def test_a_screen_reader_finds_marbles_as_lists_with_names(page):
    tray = page.page.get_by_role("list", name="Marbles of Ava")
    expect(tray).to_be_visible()
    expect(tray.get_by_role("button", name="marble of Ava").first).to_be_visible()
