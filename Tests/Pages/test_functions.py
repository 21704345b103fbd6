"""The functions of the demonstration: what they write stands beside the block that set them off."""

import pathlib
import re
import subprocess

import pytest
from playwright.sync_api import expect

from marbles_site import PROGRAMS

EXAMPLE = pathlib.Path(__file__).parents[2] / "Examples/Marbles"


@pytest.fixture(scope="module")
def functions(node):
    """Deployed as a user deploys them."""
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
    expect(details.locator(".run pre")).to_contain_text('"type":"create"')


def test_a_page_that_comes_later_sees_them_too(page, functions, open_page):
    page.create("Amy")
    expect(page.page.locator("#chain li.block").last.locator(".run-dot").first).to_be_attached(timeout=30_000)
    later = open_page()
    expect(later.page.locator("#chain li.block").last.locator(".run-dot").first).to_be_attached()
