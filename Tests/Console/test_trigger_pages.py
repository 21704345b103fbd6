"""Triggers on the ledger: where they stand, and what a reader does with them."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

TEMPLATE = """
ROSTemplateFormatVersion: '2015-09-01'
Transform: 'Aliyun::Serverless-2018-04-03'
Resources:
  watching:
    Type: 'Aliyun::Serverless::Service'
    Properties: { LogConfig: Auto }
    note:
      Type: 'Aliyun::Serverless::Function'
      Properties: { Handler: index.handler, Runtime: nodejs20, CodeUri: ./, Timeout: 20 }
      Events:
        on-put:
          Type: ContractEvent
          Properties: { Channel: mychannel, Contract: keyvalue, Event: put, StartingPosition: LATEST }
"""


@pytest.fixture(scope="module")
def trigger(console_node):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("index.js", "exports.handler = async () => ({})\n")
    code = console_node.call(
        "POST", "/api/code", data=archive.getvalue(), headers={"Content-Type": "application/zip"}).json()
    console_node.call("POST", "/api/deployments", json={"template": TEMPLATE, "codes": {"watching/note": code["digest"]}})
    return "on-put"


def test_a_ledger_trigger_is_followed_paused_and_replayed(console, console_node, trigger):
    console.open("triggers").heading("Triggers")
    console.row("on-put").get_by_role("link", name="on-put").click()
    console.heading("on-put")
    told = console_node.submit("put", "watched", "1")
    event = console.page.get_by_role("link", name=f"mychannel/{told['block']}/0/0")
    expect(event).to_be_visible(timeout=30_000)
    head = console.page.locator("main .head")
    head.get_by_role("button", name="Pause").click()
    expect(head).to_contain_text("paused", timeout=20_000)
    head.get_by_role("button", name="Resume").click()
    expect(head).to_contain_text("caughtUp", timeout=20_000)
    console.page.get_by_role("button", name="Replay").click()
    expect(console.row("dry run")).to_be_visible(timeout=20_000)
    event.click()
    console.heading(re.compile("Transaction"))
    expect(console.page.locator("main")).to_contain_text("watched")
    # What belongs to it: the trigger, its function's call and how long its parts took.
    tree = console.page.locator("main .tree")
    expect(tree).to_contain_text("on-put", timeout=20_000)
    expect(tree.get_by_role("link", name="watching/note").first).to_be_visible()
    expect(tree.get_by_role("img").first).to_have_attribute("aria-label", re.compile("running"))
    # What the function said stands beside it.
    expect(console.row("note")).to_be_visible(timeout=20_000)


def test_enter_moves_a_trigger_and_cancel_leaves_it(console, console_node, trigger):
    told = console_node.submit("put", "moved", "1")
    console.open("triggers/watching/note/on-put").heading("on-put")
    dialog = console.page.get_by_role("dialog")
    for action in ["Cancel", "Escape"]:
        console.page.get_by_role("button", name="Move …").click()
        dialog.get_by_label("Move the position").fill("EARLIEST")
        if action == "Cancel":
            dialog.get_by_role("button", name="Cancel").click()
        else:
            console.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    with console.page.expect_request(lambda request: request.url.endswith("/seek")) as asked:
        console.page.get_by_role("button", name="Move …").click()
        dialog.get_by_label("Move the position").fill(str(told["block"]))
        console.page.keyboard.press("Enter")
    assert asked.value.post_data_json == {"position": str(told["block"])}
    expect(dialog).to_have_count(0)
