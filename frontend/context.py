"""What every template may ask: the place, who acts and for whom, where one is, and what the header links to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from frontend.pages.joining_in.text_size import size_of
from groundwork.access.actors import Actor, Public
from groundwork.accounts.rules import idle_seconds, needs_second_factor
from groundwork.directory.queries import the_place
from notifications.queries import unread, unread_in_words

NAVIGATION = (
    (_("Your work"), "my-home", "signed in"),
    (_("Ambitions"), "ambitions", "all"),
    (_("Initiatives"), "initiatives", "all"),
    (_("Workshops"), "workshops", "all"),
    (_("Partnerships"), "partnerships", "all"),
    (_("Coverage"), "coverage", "all"),
    (_("Organisations"), "organisations", "all"),
    (_("Areas"), "areas", "all"),
    (_("Search"), "search", "all"),
)
"""The service navigation: words, the name of the address, and who sees it."""

FOOTER = (
    (_("Help"), "help"),
    (_("Follow by email"), "follow"),
    (_("Meetings"), "meetings"),
    (_("Decisions"), "decisions"),
    (_("Accessibility"), "accessibility"),
    (_("Privacy"), "privacy"),
    (_("Cookies"), "cookies"),
    (_("Terms"), "terms"),
    (_("Data licence"), "data-licence"),
    (_("Status"), "status"),
)


@dataclass(frozen=True)
class Link:
    """A link of the header or footer. ``current`` is "page" on that very page, "true" within its section, else ""."""

    text: Any
    href: str
    current: str = ""


def address(name: str, *args: object) -> str:
    """The address of a named page, or "" where this installation does not have the page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


class Page:
    """Looked up only when a template asks, so that a page that shows no header asks the database nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> Actor:
        return getattr(self.request, "actor", None) or Public()

    @cached_property
    def place(self) -> Any:
        return the_place()

    @property
    def place_name(self) -> str:
        return self.place.name if self.place else ""

    @property
    def text_size(self) -> str:
        """The size of the text that this browser's user chose: "", "large" or "largest"."""
        return size_of(self.request)

    @property
    def is_demo(self) -> bool:
        return settings.ENVIRONMENT.is_demo

    @cached_property
    def navigation(self) -> list[Link]:
        return [
            Link(text, href, self._current(href))
            for text, name, who in NAVIGATION
            if (who == "all" or self.actor.is_signed_in) and (href := address(name))
        ]

    @cached_property
    def footer(self) -> list[Link]:
        return [Link(text, href, self._current(href)) for text, name in FOOTER if (href := address(name))]

    @cached_property
    def home(self) -> str:
        return address("home") or "/"

    @cached_property
    def sign_in(self) -> str:
        return address("account_login")

    @cached_property
    def sign_out(self) -> str:
        return address("account_logout")

    @cached_property
    def account(self) -> str:
        return address("account")

    @cached_property
    def messages(self) -> str:
        return address("messages")

    @cached_property
    def unread(self) -> int:
        """How many messages to this person they have not read."""
        return unread(self.actor.person)

    @property
    def unread_in_words(self) -> str:
        return unread_in_words(self.unread)

    @property
    def unread_in_short(self) -> str:
        return unread_in_words(self.unread, short=True)

    @cached_property
    def switch_organisation(self) -> str:
        return address("acting")

    @cached_property
    def demo_mail(self) -> str:
        return address("demo_mail")

    @property
    def session_seconds(self) -> int:
        """How long this session lives without being used, in seconds."""
        return idle_seconds(self.actor)

    @property
    def needs_second_step(self) -> bool:
        """Whether this person may do nothing before a second step is set up."""
        return needs_second_factor(self.actor)

    def _current(self, href: str) -> str:
        path = self.request.path
        if path == href:
            return "page"
        return "true" if href != "/" and path.startswith(href) else ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Template context: ``page`` (:class:`Page`) and ``actor``."""
    ours = Page(request)
    return {"page": ours, "actor": ours.actor}
