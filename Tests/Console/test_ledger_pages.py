"""Overview and explorer: what is on the ledger can be found, read and followed."""

import re

import pytest
import requests
from playwright.sync_api import expect


def test_a_transaction_appears_while_one_looks(console, console_node):
    console.open().heading("Overview")
    expect(console.page.locator("main .dot.good").first).to_be_visible(timeout=20_000)
    told = console_node.submit("put", "live-one", "1")
    expect(console.page.locator(f'main a[href*="{told["transaction"]}"]')).to_be_visible(timeout=20_000)
    expect(console.page.locator(".tile").first).to_contain_text(re.compile(r"\d"))
    expect(console.row("peer0.org2.example.com")).to_contain_text("Org2MSP")


def test_days_and_lag_are_drawn(console, console_node):
    console_node.submit("put", "counted", "1")
    told = console_node.call("GET", "/api/channels/mychannel/activity?days=7").json()
    assert told["isComplete"] and told["firstBlock"] == 0
    today = told["days"][-1]
    assert sum(day["blockCount"] for day in told["days"]) == told["height"]
    # The transaction just made was seen to be committed, and two organisations vouched for it.
    assert today["timeToCommit"]["count"] > 0
    assert 0 < today["timeToCommit"]["p50Milliseconds"] <= today["timeToCommit"]["p95Milliseconds"]
    assert today["endorsementCount"] >= 2 and today["endorsementByteCount"] > 1000
    console.open().heading("Overview")
    for title in ["Transactions per day", "Time to commit", "Endorsement cost"]:
        panel = console.page.locator("section.panel").filter(has_text=title).last
        expect(panel.locator("svg rect.bar-good").first).to_be_visible(timeout=20_000)
    behind = console.page.locator("section.panel").filter(has_text="Behind, in blocks")
    expect(behind).to_contain_text(re.compile(r"peers \d+.*triggers \d+"), timeout=20_000)


def test_days_asked_for_have_bounds(console_node):
    for days in ["0", "367", "x"]:
        answer = requests.get(f"{console_node.address}/api/channels/mychannel/activity?days={days}", timeout=60)
        assert answer.status_code == 400 and "367" not in answer.json()["error"]["message"].split(":")[-1]


def test_blocks_are_listed_and_opened_by_the_keyboard(console, console_node):
    newest = console_node.submit("put", "listed", "1")["block"]
    console.open("channels/mychannel/blocks").heading("Blocks")
    grid = console.page.get_by_role("grid", name="Blocks")
    expect(grid.get_by_role("row").nth(1)).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    console.page.get_by_label("Go to block").fill("0")
    console.page.keyboard.press("Enter")
    expect(grid.locator(".wl-row.active")).to_contain_text("config")
    console.page.keyboard.press("ArrowUp")
    console.page.keyboard.press("Enter")
    console.heading("Block 1")
    console.page.keyboard.press("[")
    console.heading("Block 0")
    console.page.keyboard.press("]")
    console.heading("Block 1")
    console.page.keyboard.press("g")
    console.page.keyboard.press("b")
    console.heading("Blocks")
    assert newest > 1


def test_new_blocks_join_the_list(console, console_node):
    console.open("channels/mychannel/blocks").heading("Blocks")
    expect(console.page.locator(".wl-row a").first).to_be_visible()
    block = console_node.submit("put", "joins", "1")["block"]
    expect(console.page.locator(f'.wl-row a[href$="/blocks/{block}"]')).to_be_visible(timeout=20_000)


def test_everything_is_found_from_the_one_field(console, console_node):
    told = console_node.submit("put", "needle-key", '{"colour":"blue"}')
    console.open().heading("Overview")
    find = console.page.get_by_role("searchbox", name="Find")

    def look_for(text):
        console.page.keyboard.press("/")
        expect(find).to_be_focused()
        find.fill(text)
        find.press("Enter")
        find.press("Escape")

    look_for(told["transaction"])
    console.heading("Transaction 0")
    expect(console.page.locator("main")).to_contain_text("needle-key")
    look_for(str(told["block"]))
    console.heading(f"Block {told['block']}")
    block = console_node.call("GET", f"/api/channels/mychannel/blocks/{told['block']}").json()
    look_for("1")
    console.heading("Block 1")
    look_for(block["hash"])
    console.heading(f"Block {told['block']}")
    look_for("needle-k")
    console.heading("State")
    expect(console.row("needle-key")).to_contain_text("blue")
    look_for("sell")
    console.heading("sell")
    look_for("0x" + block["hash"])
    console.heading(f"Block {told['block']}")
    # A number that is no block's may be a key; a key itself comes before longer ones.
    console_node.submit("put", "9000000077", "of a number")
    look_for("9000000077")
    console.heading("State")
    expect(console.row("9000000077")).to_contain_text("of a number")
    look_for("keyvalue")
    console.heading("Contracts")
    look_for("nothing is called so")
    expect(console.page.get_by_text("Neither block, transaction, key, contract nor function")).to_be_visible()


def test_a_transaction_tells_all_of_itself(console, console_node):
    console_node.submit("put", "told", "before")
    told = console_node.submit("put", "told", '{"owner":"Ava"}')
    console.open(f"channels/mychannel/transactions/{told['transaction']}").heading("Transaction 0")
    main = console.page.locator("main")
    expect(main).to_contain_text("VALID")
    expect(main).to_contain_text('{"owner":"Ava"}')
    console.page.locator("summary").filter(has_text="User1@org1.example.com").click()
    expect(main).to_contain_text("-----BEGIN CERTIFICATE-----")
    expect(main).to_contain_text("CN=ca.org1.example.com")
    expect(main.locator("summary").filter(has_text="peer0.org2.example.com")).to_be_visible()
    main.get_by_role("link", name="told", exact=True).click()
    expect(console.page.locator("main h1.mono")).to_have_text("told")
    expect(console.page.locator("main tbody tr")).to_have_count(2)
    expect(console.page.locator("main tbody tr").last).to_contain_text("before")


def test_a_conflict_names_the_transaction_that_won(console, console_node, conflict):
    loser, winner = conflict
    console.open(f"channels/mychannel/transactions/{loser}").heading(re.compile("Transaction"))
    note = console.page.locator(".note-box.bad")
    expect(note).to_contain_text("contested")
    note.get_by_role("link", name=winner).click()
    expect(console.page.locator("main")).to_contain_text(winner)
    expect(console.page.locator("main .head")).to_contain_text("VALID")
    # The block that holds the loser names key and winner, too.
    lost = console_node.call("GET", f"/api/channels/mychannel/transactions/{loser}").json()
    console.open(f"channels/mychannel/blocks/{lost['block']}").heading(f"Block {lost['block']}")
    row = console.row("MVCC_READ_CONFLICT")
    expect(row.get_by_role("link", name="contested")).to_be_visible()
    place = lost["explanation"]["conflict"]["winner"]
    expect(row.get_by_role("link", name=f"{place['block']} : {place['index']}")).to_be_visible()


def test_contracts_are_shown_with_approvals_and_called_from_forms(console, console_node):
    console_node.submit("put", "asked", "42")
    console.open("channels/mychannel/contracts").heading("Contracts")
    expect(console.page.locator("main")).to_contain_text("✓ Org1MSP")
    form = console.page.locator("details.method").filter(has=console.page.locator("code", has_text=re.compile("^get$")))
    form.locator("summary").click()
    form.get_by_label("key").fill("asked")
    form.get_by_role("button", name="Evaluate").click()
    expect(form.locator(".note-box.good")).to_contain_text("42", timeout=20_000)

    form = console.page.locator("details.method").filter(has=console.page.locator("code", has_text=re.compile("^put$")))
    form.locator("summary").click()
    form.get_by_label("key").fill("from-the-form")
    form.get_by_label("value").fill("yes")
    form.get_by_role("button", name="Submit").click()
    expect(form.locator(".note-box.good")).to_contain_text("VALID", timeout=20_000)
    form.locator(".note-box.good a").click()
    console.heading("Transaction 0")
    expect(console.page.locator("main")).to_contain_text("from-the-form")


def test_a_contracts_refusal_is_told(console, console_node):
    console.open("channels/mychannel/contracts").heading("Contracts")
    form = console.page.locator("details.method").filter(has=console.page.locator("code", has_text=re.compile("^fail$")))
    form.locator("summary").click()
    form.get_by_label("message").fill("not today")
    form.get_by_role("button", name="Submit").click()
    expect(form.get_by_role("alert")).to_contain_text("not today", timeout=20_000)


def test_what_a_ledger_holds_never_runs(console, console_node):
    attack = "<img src=x onerror=document.title='broken'><script>document.title='broken'</script>"
    told = console_node.submit("put", attack, attack)
    for route in [f"channels/mychannel/transactions/{told['transaction']}", "channels/mychannel/state/keyvalue", ""]:
        console.open(route)
        console.page.reload()
        expect(console.page.locator("main h1").first).to_be_visible(timeout=20_000)
        if route:
            expect(console.page.locator("main")).to_contain_text("<img src=x onerror")
        assert console.page.locator("main img, main script").count() == 0
        assert "broken" not in console.page.title()


@pytest.mark.parametrize("width", [1024, 1280, 1400])
def test_nodes_tell_how_far_they_are_behind_without_scrolling(open_console, console_node, width):
    console = open_console(console_node.address, viewport={"width": width, "height": 860})
    console.open().heading("Overview")
    panel = console.page.locator("section.panel").filter(has=console.page.get_by_role("heading", name="Nodes"))
    expect(panel.get_by_role("columnheader", name="Behind")).to_be_visible(timeout=20_000)
    assert panel.locator(".scroll-x").evaluate("(element) => element.scrollWidth <= element.clientWidth")


def test_controls_of_direction_are_shown_and_not_obeyed(console, console_node):
    told = console_node.submit("put", "a\u202eb\u2066c", "x\u202ey")
    console.open(f"channels/mychannel/transactions/{told['transaction']}").heading("Transaction 0")
    text = console.page.locator("main").inner_text()
    assert "a\\u202eb\\u2066c" in text and "x\\u202ey" in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


def test_times_far_off_have_their_day(console, console_node):
    told = console_node.submit("put", "dated", "1")
    console.open(f"channels/mychannel/transactions/{told['transaction']}").heading("Transaction 0")
    console.page.locator("summary").filter(has_text="User1@org1.example.com").click()
    expect(console.page.locator("main .certificate").first).to_contain_text(
        re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d – \d{4}-\d\d-\d\d"))
