"""Functions, logs and alarms: tried, changed, read and watched from the browser."""

import json
import re
import time
import uuid

from playwright.sync_api import expect


def test_an_event_is_tried(console, console_node):
    console.open("functions").heading("Functions")
    console.row("sell").get_by_role("link", name="sell").click()
    console.heading("sell")
    console.page.get_by_label("Event").fill(json.dumps({"what": "seven marbles"}))
    console.page.get_by_role("button", name="Run").click()
    main = console.page.locator("main")
    expect(main).to_contain_text('"got": "seven marbles"', timeout=30_000)
    expect(main).to_contain_text("order of seven marbles")
    console.page.get_by_label("Event").fill(json.dumps({"fail": True}))
    console.page.keyboard.press("Control+Enter")
    expect(main).to_contain_text("no such marble", timeout=30_000)


def test_code_is_changed_and_runs(console, console_node):
    service = "edited" + uuid.uuid4().hex[:8]
    console_node.make_function(service, "greet", "exports.handler = async () => 'old words'\n")
    console.open(f"functions/{service}/greet/code").heading("greet")
    code = console.page.get_by_role("textbox", name="Code")
    expect(code).to_have_value(re.compile("old words"))
    code.fill("exports.handler = async () => 'new words'\n")
    console.page.get_by_role("button", name="Deploy", exact=True).click()
    expect(console.page.get_by_text("The next call runs the new code.")).to_be_visible(timeout=30_000)
    console.page.get_by_role("link", name="Test", exact=True).click()
    console.page.get_by_role("button", name="Run").click()
    expect(console.page.locator("main")).to_contain_text("new words", timeout=30_000)


def test_invocations_are_counted_and_listed(console, console_node):
    mark = uuid.uuid4().hex
    console_node.call("POST", "/2016-08-15/services/shop/functions/sell/invocations", data=json.dumps({"what": mark}))
    console.open("functions/shop/sell/invocations").heading("sell")
    expect(console.page.locator("main")).to_contain_text("Half within", timeout=20_000)
    expect(console.page.locator("main tbody tr").first).to_contain_text("ms")
    console.page.locator("main tbody tr a").first.click()
    console.heading("Logs")
    expect(console.page.locator(".log-row").first).to_be_visible(timeout=20_000)


def test_logs_are_searched_narrowed_and_counted(console, console_node):
    console_node.write_log(
        "shop-logs", "web", {"message": "sold a marble", "level": "info", "price": 12},
        {"message": "out of marbles", "level": "error", "price": 3})
    console.open("logs/shop-logs/web").heading("Logs")
    expect(console.page.locator(".log-row")).to_have_count(2, timeout=20_000)
    expect(console.page.locator("svg.chart .bar-good").first).to_be_visible()
    query = console.page.get_by_role("searchbox", name="Query")
    query.fill("price > 10")
    query.press("Enter")
    expect(console.page.locator(".log-row")).to_have_count(1)
    console.page.locator(".log-row").click()
    console.page.locator(".log-more dt").filter(has_text="level").get_by_role("button").click()
    expect(query).to_have_value('price > 10 and level: "info"')
    expect(console.page.locator(".log-row")).to_have_count(1)
    query.fill("* | select level, count(*) as n group by level order by level")
    query.press("Enter")
    expect(console.page.locator("main tbody tr")).to_have_count(2)
    query.fill("price > 10 and (x")
    query.press("Enter")
    error = console.page.get_by_role("alert")
    expect(error).to_contain_text("never closed")
    assert error.locator("pre").text_content().splitlines()[1].index("^") == len("price > 10 and ")


def test_a_live_tail_shows_lines_as_they_are_written(console, console_node):
    mark = uuid.uuid4().hex
    console_node.write_log("tail-logs", "web", {"message": "before"})
    console.open("logs/tail-logs/web").heading("Logs")
    expect(console.page.locator(".log-row")).to_have_count(1, timeout=20_000)
    console.page.get_by_role("button", name="Live").click()
    expect(console.page.locator("button[aria-pressed=true] .dot.good")).to_be_visible(timeout=20_000)
    for number in range(3):
        console_node.write_log("tail-logs", "web", {"message": f"line {number} {mark}"})
        expect(console.page.locator(".log-row").first).to_contain_text(f"line {number} {mark}", timeout=20_000)
    expect(console.page.locator(".log-row")).to_have_count(3)


def test_a_line_leads_to_its_transaction(console, console_node):
    told = console_node.submit("put", "from-a-line", "1")
    console_node.write_log("linked-logs", "web", {
        "message": "handled", "channel": "mychannel", "blockNumber": str(told["block"]), "txId": told["transaction"]})
    console.open("logs/linked-logs/web").heading("Logs")
    console.page.locator(".log-row").click()
    console.page.get_by_role("link", name="Transaction").click()
    console.heading("Transaction 0")
    expect(console.page.locator("main")).to_contain_text("from-a-line")
    # And back.
    expect(console.row("handled")).to_be_visible(timeout=20_000)
    console.page.get_by_role("link", name="linked-logs/web").click()
    console.heading("Logs")
    expect(console.page.locator(".log-row")).to_have_count(1, timeout=20_000)


def test_an_alarm_is_made_silenced_and_deleted(console, console_node):
    console_node.write_log("alarm-logs", "web", {"message": "before"})
    console.open("alarms").heading("Alarms")
    console.page.get_by_role("button", name="New alarm").click()
    form = console.page.locator("main form")
    form.get_by_label("Project").select_option("alarm-logs")
    form.get_by_label("Name").fill("too-many")
    form.get_by_label("Logstore").fill("web")
    form.get_by_label("Calls").fill("shop/sell")
    form.get_by_label("Condition").fill("count >")
    form.get_by_role("button", name="Make").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("Condition").fill("count > 100")
    form.get_by_role("button", name="Make").click()
    panel = console.page.locator("section.panel").filter(has_text="too-many")
    expect(panel).to_contain_text("count > 100", timeout=20_000)
    panel.get_by_role("button", name="Silence 1 h").click()
    expect(panel).to_contain_text("silent until", timeout=20_000)
    panel.get_by_role("button", name="Delete").click()
    console.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(console.page.get_by_text("too-many")).to_have_count(0, timeout=20_000)


def test_a_template_is_planned_and_told_what_is_wrong(console, console_node):
    console.open("deploy").heading("Deploy")
    text = console.page.get_by_role("textbox", name="Template")
    text.fill("ROSTemplateFormatVersion: '2015-09-01'\nTransform: 'Aliyun::Serverless-2018-04-03'\nResources:\n"
              "  planned:\n    Type: 'Aliyun::Serverless::Service'\n")
    console.page.get_by_role("button", name="Plan").click()
    expect(console.row("planned")).to_contain_text("create", timeout=20_000)
    assert not any(
        service["serviceName"] == "planned" for service in console_node.call("GET", "/2016-08-15/services").json()["services"])
    text.fill("Resources: [")
    console.page.get_by_role("button", name="Plan").click()
    expect(console.page.get_by_role("alert")).to_contain_text("Line", timeout=20_000)


def test_bars_in_quotes_are_searched_for(console, console_node):
    mark = uuid.uuid4().hex
    console_node.write_log("bar-logs", "web", {"message": f'a|b "{mark}"'}, {"message": f"a {mark}"})
    console.open("logs/bar-logs/web").heading("Logs")
    expect(console.page.locator(".log-row")).to_have_count(2, timeout=20_000)
    query = console.page.get_by_role("searchbox", name="Query")
    for text in ['message: "a|b"', 'message: "a|b \\"" ', f'message: "a|b" and "{mark}"']:
        query.fill(text)
        query.press("Enter")
        expect(console.page.locator(".panel .title strong")).to_have_text("1", timeout=20_000)
        expect(console.page.locator(".log-row")).to_have_count(1)
        expect(console.page.get_by_role("alert")).to_have_count(0)
    query.fill('message: "a|b" | select count(*) as n')
    query.press("Enter")
    expect(console.page.locator("main tbody td")).to_have_text("1", timeout=20_000)
    query.fill('message: "a|b"')
    console.page.get_by_role("button", name="Live").click()
    expect(console.page.locator("button[aria-pressed=true] .dot.good")).to_be_visible(timeout=20_000)
    console_node.write_log("bar-logs", "web", {"message": "a only"}, {"message": "new a|b"})
    expect(console.page.locator(".log-row")).to_have_count(1, timeout=20_000)
    expect(console.page.locator(".log-row")).to_contain_text("new a|b")


def bury(console_node, payload):
    """Makes a dead letter with such an event; tells its number and its function's service."""
    service = "buried" + uuid.uuid4().hex[:8]
    console_node.make_function(
        service, "weigh", "exports.handler = async (event) => { throw new Error('weighed ' + event.toString('hex')) }\n")
    base = f"/2016-08-15/services/{service}/functions/weigh"
    console_node.call("PUT", f"{base}/async-invoke-config", json={"maxAsyncRetryAttempts": 0})
    console_node.call("POST", f"{base}/invocations", data=payload, headers={"X-Fc-Invocation-Type": "Async"})
    return buried(console_node, service), service


def buried(console_node, service):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        letters = console_node.call("GET", "/api/deadletters", params={"service": service}).json()
        if letters:
            return letters[0]["number"]
    raise AssertionError(f"{service} has no dead letter")


def test_events_that_are_no_text_are_sent_again_as_they_are(console, console_node):
    number, service = bury(console_node, b"\xff\x00\xfe")
    letter = console_node.call("GET", f"/api/deadletters/{number}").json()
    assert letter["payloadBase64"] == "/wD+" and "payload" not in letter
    console.open("invocations").heading("Invocations")
    console.row(service).get_by_role("button", name="Look").click()
    panel = console.page.locator("section.panel").filter(has_text=f"Dead letter {number}")
    expect(panel).to_contain_text("/wD+", timeout=20_000)
    expect(panel.get_by_role("textbox")).to_have_count(0)
    expect(panel.get_by_role("button", name="Keep this event")).to_have_count(0)
    panel.get_by_role("button", name="Send again").click()
    expect(console.page.get_by_text("Sent again.")).to_be_visible(timeout=20_000)
    again = console_node.call("GET", f"/api/deadletters/{buried(console_node, service)}").json()
    assert "weighed ff00fe" in again["error"]


def test_an_event_that_nobody_changed_keeps_its_ends_of_lines(console, console_node):
    number, service = bury(console_node, b"a\r\nb")
    console.open("invocations").heading("Invocations")
    console.row(service).get_by_role("button", name="Look").click()
    panel = console.page.locator("section.panel").filter(has_text=f"Dead letter {number}")
    panel.get_by_role("button", name="Send again").click()
    expect(console.page.get_by_text("Sent again.")).to_be_visible(timeout=20_000)
    again = buried(console_node, service)
    assert "weighed 610d0a62" in console_node.call("GET", f"/api/deadletters/{again}").json()["error"]


def test_calls_that_failed_to_start_are_listed_and_what_is_not_kept_is_told(console, console_node):
    service = "broken" + uuid.uuid4().hex[:8]
    console_node.write_log("functions-of-" + service, "lines", {"message": "made"})
    console_node.make_function(service, "never", "throw new Error('not today')\n", has_metrics=False)
    console_node.call("POST", f"/2016-08-15/services/{service}/functions/never/invocations", data="{}")
    store = f"/api/logs/projects/functions-of-{service}/stores/lines/entries"
    deadline = time.monotonic() + 60
    while not console_node.call("GET", store, params={"query": "durationMs: *", "since": "1h"}).json()["entries"]:
        assert time.monotonic() < deadline, "the call is not in the log"
    console.open(f"functions/{service}/never/invocations").heading("never")
    expect(console.page.locator("main tbody tr").first).to_contain_text("FunctionUnhandledError", timeout=20_000)
    expect(console.page.locator("main")).to_contain_text("set EnableRequestMetrics")
    console.open("functions/shop/sell/invocations").heading("sell")
    expect(console.page.locator("main")).not_to_contain_text("EnableRequestMetrics")


def test_changed_code_is_not_lost_without_a_question(console, console_node):
    console.open("functions/shop/sell/code").heading("sell")
    code = console.page.get_by_role("textbox", name="Code")
    code.fill("// unsaved\n")
    # The question comes with the change of the address, which is after the click.
    with console.page.expect_event("dialog") as asked:
        console.page.once("dialog", lambda dialog: dialog.dismiss())
        console.page.get_by_role("link", name="Versions", exact=True).click()
    assert "saved nowhere" in asked.value.message
    expect(console.page).to_have_url(re.compile("/code$"))
    expect(code).to_have_value("// unsaved\n")
    console.page.once("dialog", lambda dialog: dialog.accept())
    console.page.get_by_role("link", name="Versions", exact=True).click()
    expect(console.page.locator("main")).to_contain_text("Versions of shop")
