"""A browser without scripts in a workshop: it reads forms off pages and sends them as they stand there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client

from tests.frontend.markup import Node, page


@dataclass
class Browser:
    """Follows redirects by asking again, as a browser does, and remembers the page it is on."""

    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))
    path: str = ""
    status: int = 0
    tree: Node = field(default_factory=lambda: Node("html", {}))

    def go(self, path: str) -> Browser:
        return self._landed(self.client.get(path, follow=True), path)

    def _landed(self, response: Any, path: str) -> Browser:
        chain = getattr(response, "redirect_chain", [])
        self.path = (chain[-1][0] if chain else path).split("#")[0]
        self.status = response.status_code
        self.tree = page(response.content.decode())
        return self

    @property
    def text(self) -> str:
        return self.tree.one("main").text

    @property
    def secret(self) -> str:
        cookie = self.client.cookies.get(settings.GUEST_COOKIE_NAME)
        return cookie.value if cookie else ""

    def forms(self) -> list[Node]:
        return self.tree.one("main").all("form")

    def button(self, act: str) -> tuple[Node, Node]:
        """The form and button of an act: "write", or "vote:…" by its beginning where one such button will do."""
        for form in self.forms():
            for button in form.all("button"):
                value = button.attrs.get("value", "")
                if value == act or (act.endswith(":") and value.startswith(act)):
                    return form, button
        raise AssertionError(f"no button {act} on {self.path}: {self.text[:1500]}")

    def has(self, act: str) -> bool:
        try:
            self.button(act)
        except AssertionError:
            return False
        return True

    def filled(self, act: str, **typed: Any) -> tuple[str, dict[str, Any]]:
        """Where a form goes and what it holds when somebody types into it and presses the button of ``act``."""
        form, button = self.button(act)
        data: dict[str, Any] = {}
        for control in form.walk():
            name = control.attrs.get("name")
            if not name or control.tag == "button":
                continue
            if control.tag == "textarea":
                data[name] = control.text
            elif control.tag == "select":
                chosen = [o for o in control.all("option") if "selected" in o.attrs] or control.all("option")[:1]
                data[name] = chosen[0].attrs.get("value", "") if chosen else ""
            elif control.attrs.get("type") in ("checkbox", "radio"):
                if "checked" in control.attrs:
                    data[name] = control.attrs["value"]
            elif control.tag == "input":
                data[name] = control.attrs.get("value", "")
        for name in typed:
            known = {node.attrs.get("name") for node in form.walk()}
            assert name in known or name == "notes", f"the form of {act} has no {name}: {known}"
        data |= typed
        data[button.attrs.get("name", "act")] = button.attrs.get("value", "")
        return form.attrs.get("action") or self.path, data

    def press(self, act: str, **typed: Any) -> Browser:
        path, data = self.filled(act, **typed)
        return self.post(path, data)

    def post(self, path: str, data: dict[str, Any]) -> Browser:
        return self._landed(self.client.post(path, data, follow=True), path)

    def links(self, words: str) -> list[str]:
        return [a.attrs["href"] for a in self.tree.one("main").all("a") if words in a.text]

    def follow(self, words: str) -> Browser:
        return self.go(self.links(words)[0].split("#")[0])


def arrived(code: str) -> Browser:
    """Somebody without scripts on the join page of an open workshop, by its code."""
    browser = Browser().go(f"/w/{code}/")
    return browser.post("/w/", {"code": browser.filled("")[1]["code"]})


def joined(code: str, name: str) -> Browser:
    """Somebody without scripts who has joined with the code."""
    browser = arrived(code)
    path, data = browser.filled("join", name=name)
    return browser.post(path, data | {"plain": "1"})


def signed_in(actor: Any) -> Browser:
    browser = Browser()
    browser.client.force_login(actor.who)
    return browser
