"""The console as its reader uses it: by what can be seen and named."""

from playwright.sync_api import expect


class ConsolePage:
    """The console as its reader uses it."""

    def __init__(self, page, address):
        self.page = page
        self.address = address
        #: What the browser complains of: errors in scripts, and whatever the security policy refused.
        self.problems = []
        #: Every address that was asked, and what came of the first view.
        self.requested = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self._complain(message.text))
        page.on("request", lambda request: self.requested.append(request.url))

    def _complain(self, text):
        # What the API refused is told in the page itself; the browser cannot be kept from telling it too.
        # Nor is it a fault that some protection needs TLS, which a test off loopback goes without.
        if not any(known in text for known in ["Failed to load resource", "net::ERR", "Cross-Origin-Opener-Policy"]):
            self.problems.append(text)

    def open(self, route=""):
        self.page.goto(f"{self.address}/#/{route}")
        return self

    def heading(self, text):
        expect(self.page.locator("main h1").first).to_have_text(text, timeout=20_000)

    def row(self, text):
        return self.page.locator("main tr, main .wl-row, main .log-row").filter(has_text=text).first
