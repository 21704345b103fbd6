"""A page of the marbles as a visitor uses it: by what can be seen and named, never by inner parts."""

import itertools

from playwright.sync_api import expect

names = itertools.count(1)


class MarblesPage:
    def __init__(self, page, address):
        self.page = page
        self.address = address
        #: What the browser complains of: errors in scripts, and whatever the security policy refused.
        self.problems = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self._complain(message.text))

    def _complain(self, text):
        # A lost connection is told in the page itself; the browser cannot be kept from telling it too.
        if "net::ERR" not in text and "Failed to load resource" not in text:
            self.problems.append(text)

    def open(self):
        self.page.goto(self.address)
        expect(self.page.locator("#live")).to_have_attribute("data-state", "live")
        # On a new ledger the first owners are still being made.
        for name in ["Amy", "Alice", "Ava", "Andre", "Andrew", "Aaron"]:
            expect(self.marbles(name).first).to_be_visible(timeout=60_000)

    # What there is

    def card(self, owner):
        return self.page.locator(".card").filter(has=self.page.locator("h3", has_text=owner)).first

    def marbles(self, owner):
        return self.card(owner).locator("button.marble")

    def marble(self, identifier):
        return self.page.locator(f'button.marble[data-marble="{identifier}"]')

    def blocks(self):
        return self.page.locator(".block-face")

    def height(self):
        return int(self.page.locator("#height").inner_text())

    def notes(self, owner):
        return self.card(owner).get_by_role("alert")

    # What a visitor does

    def act_as(self, owner):
        self.page.get_by_label("Acting as").select_option(label=owner)

    def create(self, owner, color="blue", size="Large"):
        """Makes a marble and answers with its id, once the ledger has it."""
        newest = self.marbles(owner).first.get_attribute("data-marble") if self.marbles(owner).count() else ""
        self.card(owner).get_by_role("button", name=f"Make a marble for {owner}").click()
        dialog = self.page.get_by_role("dialog", name="A new marble")
        dialog.get_by_role("radio", name=color, exact=True).check()
        dialog.get_by_role("radio", name=size, exact=True).check(force=True)
        dialog.get_by_role("button", name="Make it").click()
        # The newest comes first, however many a card shows.
        expect(self.marbles(owner).first).not_to_have_attribute("data-marble", newest)
        return self.marbles(owner).first.get_attribute("data-marble")

    def ids(self, owner):
        return {element.get_attribute("data-marble") for element in self.marbles(owner).all()}

    def drag(self, identifier, target):
        """Drags as a hand does: down, a few steps, up."""
        marble = self.marble(identifier)
        marble.scroll_into_view_if_needed()
        start = marble.bounding_box()
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(start["x"] + 20, start["y"] + 20, steps=3)
        end = target.bounding_box()
        mouse.move(end["x"] + end["width"] / 2, end["y"] + min(40, end["height"] / 2), steps=6)
        mouse.up()

    def new_owner(self, company, name=None):
        """Adds somebody of whom no other test knows, and acts as them."""
        name = name or f"guest{next(names)}"
        self.page.get_by_role("button", name=f"Add an owner to {company}").click()
        dialog = self.page.get_by_role("dialog", name="A new owner")
        dialog.get_by_label("Name").fill(name)
        dialog.get_by_role("button", name="Add", exact=True).click()
        title = name.title()
        expect(self.card(title)).to_be_visible()
        return title
