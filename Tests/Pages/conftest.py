import pytest
from playwright.sync_api import sync_playwright

from marbles_site import Node, Site
from marbles_page import MarblesPage


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    node = Node(tmp_path_factory.mktemp("node"))
    yield node
    assert node.end() == 0


@pytest.fixture(scope="session")
def site(node, tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("server"), node)
    yield site
    site.end()


@pytest.fixture(scope="session")
def chromium():
    """Debian's browser, driven over its own protocol."""
    with sync_playwright() as playwright:
        # Tests run as root in containers, where the browser's own sandbox cannot be set up.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, site):
    """Opens pages of their own: each is another visitor."""
    contexts = []

    def open_page(address=None, **options):
        options = {"locale": "en-GB", "reduced_motion": "reduce", "viewport": {"width": 1360, "height": 900}, **options}
        context = chromium.new_context(**options)
        contexts.append(context)
        page = MarblesPage(context.new_page(), address or site.address)
        page.open()
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    page = open_page()
    yield page
    assert page.problems == []
