"""From a draft to words: the digest as it is read, in HTML and as text.

What several readers are told alike is written once. No template is rendered for one reader: what is theirs alone (links
that act in their name, what waits for them, why they get it) goes into frames, each of which was rendered once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from html import escape
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from collaboration.governance.queries.waiting import MeetingAhead
from collaboration.workshops.queries import Coming
from groundwork.directory.queries import the_place
from notifications.following import Followed
from notifications.models import Frequency, Topic
from notifications.queries.changes import understood
from notifications.queries.drafting import MOST, Draft
from notifications.queries.telling import Line
from notifications.services import items
from notifications.services.frames import Frame, slot
from notifications.services.items import Item, spoken_day
from notifications.services.queueing import LANGUAGE, STYLE, Written, one_line, rendered, wrap
from notifications.services.queueing import counted_in_mail as ngettext
from notifications.services.queueing import in_mail as _
from notifications.services.stopping import link_for


class Snippet(NamedTuple):
    """One thing in both twins, ready to be put in."""

    html: SafeString
    text: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """``more`` is a sentence about what was left out, ``page`` where it is read; both empty when nothing was."""

    title: str
    things: list[Snippet]
    more: str = ""
    page: str = ""
    hint: str = ""


_Twins = tuple[Frame, Frame]
"""What a pair of templates made of slots: HTML and text."""
_KEPT: Final = 5_000
"""Sections that are kept to be used again, at most."""


@dataclass
class Writer:
    """Writes any number of drafts. Holds what was rendered for one and can be used for the next."""

    place: str = ""
    _lines: dict[tuple[Any, ...], Snippet] = field(default_factory=dict)
    _frames: dict[tuple[bool, ...], tuple[Frame, Frame, Frame]] = field(default_factory=dict)
    _items: dict[tuple[Any, ...], _Twins] = field(default_factory=dict)
    _around: dict[tuple[str, bool], _Twins] = field(default_factory=dict)
    _shared: dict[tuple[Any, ...], tuple[Snippet, Sequence[Line]]] = field(default_factory=dict)
    _followed: dict[str, Followed | None] = field(default_factory=dict)

    @classmethod
    def begin(cls) -> Writer:
        """One query."""
        place = the_place()
        return cls(place.name if place else "")

    def write(self, draft: Draft, *, stop_link: str = "") -> tuple[Written, str]:
        """The message, and why its reader gets it, for a draft that is not empty. No query.

        Whoever made the link that stops it already gives it as ``stop_link``.
        """
        subscriber = draft.subscriber
        stop_link = stop_link or link_for(subscriber=subscriber)
        with translation.override(LANGUAGE):
            needs = [items.waiting(draft, each) for each in draft.needs[:MOST]]
            coming = [items.coming(draft, each) for each in draft.coming[:MOST]]
            reason, line, quiet = self._why(draft), one_line(subject(draft, needs, coming), 150), _quiet(draft)
            body = self._body(draft, needs, coming)
            html, before, after = self._frame(bool(quiet), subscriber.person is not None, _has_acts(draft))
            values = {
                "heading": heading(draft),
                "subject_line": line,
                "quiet": quiet,
                "settings": settings_page(draft, stop_link),
                "reason": reason,
                "recipient": subscriber.person.email if subscriber.person else subscriber.email,
                "name": subscriber.person.display_name if subscriber.person else "",
                "stop_link": stop_link,
            }
        written = Written(
            subject=line,
            text=f"{wrap(before.filled(values))}\n{body.text}\n\n{wrap(after.filled(values))}",
            html=html.filled({name: escape(value) for name, value in values.items()} | {"body": body.html}),
        )
        return written, reason

    def _frame(self, quiet: bool, reader: bool, acts: bool) -> tuple[Frame, Frame, Frame]:
        """What stands around the things: the HTML, and the text before and after them."""
        if (quiet, reader, acts) not in self._frames:
            slots: dict[str, Any] = {
                name: slot(name)
                for name in ("heading", "subject_line", "settings", "reason", "recipient", "stop_link", "body")
            }
            slots["quiet"] = slot("quiet") if quiet else ""
            slots["reader"] = {"display_name": slot("name")} if reader else None
            slots["has_acts"] = acts
            _subject, text, html = rendered("digest", slots, place=self.place)
            before, after = text.split(slot("body"))
            # What is the same in each is cut into lines once.
            lines = [line if slot("")[0] in line else wrap(line).rstrip() for line in after.splitlines()]
            self._frames[quiet, reader, acts] = (Frame(html), Frame(before), Frame("\n".join(lines)))
        return self._frames[quiet, reader, acts]

    def _body(self, draft: Draft, needs: list[Item], coming: list[Item]) -> Snippet:
        """Everything it tells."""
        found = []
        if needs:
            things = [self._snippet(item) for item in needs]
            found.append(self._section(_section(_("Needs you"), things, len(draft.needs), "/home/")))
        if draft.decided:
            found.append(self._decided(draft))
        if draft.changed:
            found.append(self._changed(draft))
        if coming:
            found.append(self._coming(draft, coming))
        return Snippet(
            mark_safe("\n".join(section.html for section in found)),  # noqa: S308 - of our own templates
            "\n\n".join(section.text for section in found),
        )

    def _decided(self, draft: Draft) -> Snippet:
        """What boards decided. Readers who are told the same share it."""

        def make() -> Snippet:
            things = [self._line(each) for each in draft.decided[:MOST]]
            return self._section(_section(_("Decided"), things, len(draft.decided), "/decisions/"))

        return self._once(("decided", *map(id, draft.decided)), make, draft.decided)

    def _changed(self, draft: Draft) -> Snippet:
        """What changed. Readers who are told the same share it."""
        page = self._page_of(draft)

        def make() -> Snippet:
            things = [self._line(each) for each in draft.changed[:MOST]]
            return self._section(_section(_("Changed in what you follow"), things, len(draft.changed), page))

        return self._once(("changed", page, *map(id, draft.changed)), make, draft.changed)

    def _coming(self, draft: Draft, coming: list[Item]) -> Snippet:
        """What is coming. Readers who go to none of it themselves share it."""

        def make() -> Snippet:
            things = [self._snippet(item) for item in coming]
            return self._section(_section(_("Coming up"), things, len(draft.coming), "/workshops/"))

        ids = [(type(each).__name__, each.id) for each in draft.coming if isinstance(each, Coming | MeetingAhead)]
        return self._once(("coming", *ids), make) if len(ids) == len(draft.coming) else make()

    def _once(self, key: tuple[Any, ...], make: Callable[[], Snippet], of: Sequence[Line] = ()) -> Snippet:
        """``of``: what the key knows by where it is in memory. It is held, so that nothing else comes to be there."""
        if key not in self._shared:
            if len(self._shared) >= _KEPT:
                self._shared.clear()
            self._shared[key] = (make(), of)
        return self._shared[key][0]

    def _section(self, section: Section) -> Snippet:
        key = (section.title, bool(section.more))
        if key not in self._around:
            things, more = slot("things"), slot("more") if section.more else ""
            frame = Section(title=section.title, things=[Snippet(mark_safe(things), things)], more=more)  # noqa: S308
            self._around[key] = _twins(
                "digest_sections", {"sections": [replace(frame, page=slot("page"))], "style": STYLE}
            )
        html, text = self._around[key]
        said = {"more": section.more, "page": section.page}
        in_html = {name: escape(value) for name, value in said.items()}
        return Snippet(
            mark_safe(  # noqa: S308 - of our own templates
                html.filled({**in_html, "things": "\n".join(each.html for each in section.things)})
            ),
            text.filled({**said, "things": "\n\n".join(each.text for each in section.things)}).strip(),
        )

    def _snippet(self, item: Item) -> Snippet:
        """One thing. Things of the same shape differ in words only."""
        shape = (
            bool(item.lead),
            bool(item.reference),
            bool(item.small),
            len(item.acts),
            tuple(bool(text) for _label, text in item.parts),
        )
        if shape not in self._items:
            self._items[shape] = _twins("digest_item", {"item": _slots_of(item), "style": STYLE})
        html, text = self._items[shape]
        values = {"title": item.title, "url": item.url, "reference": item.reference, "lead": item.lead}
        values["small"] = item.small
        for number, (label, words) in enumerate(item.parts):
            values[f"label_{number}"], values[f"text_{number}"] = str(label), str(words)
        for number, act in enumerate(item.acts):
            values[f"act_{number}"], values[f"link_{number}"] = act.label, act.url
        filled = html.filled({name: escape(value) for name, value in values.items()})
        return Snippet(mark_safe(_without_blanks(filled)), wrap(text.filled(values)).rstrip())  # noqa: S308

    def _line(self, line: Line) -> Snippet:
        if line.key not in self._lines:
            parts = [(part.label, part.text) for part in line.parts]
            if line.more:
                more = ngettext("%(count)d more change", "%(count)d more changes", line.more) % {"count": line.more}
                parts.append((_("And"), more))
            small = ", ".join(filter(None, [line.who, spoken_day(line.at)]))
            item = Item(
                title=line.title,
                url=f"{settings.BASE_URL}{line.path}",
                reference=line.reference,
                parts=parts,
                small=small,
            )
            self._lines[line.key] = self._snippet(item)
        return self._lines[line.key]

    def _why(self, draft: Draft) -> str:
        """What completes "You get this because …": what its reader follows or chose, and how often."""
        said = []
        follows = draft.concerned or draft.follows
        if follows and (draft.decided or draft.changed or draft.coming):
            first = follows[0]
            followed = self._understood(first.query)
            title = followed.title if followed is not None else first.query
            often = _often(first.frequency)
            if len(follows) == 1:
                said.append(_("you follow %(what)s (%(often)s)") % {"what": one_line(title, 120), "often": often})
            else:
                count = len(follows) - 1
                said.append(
                    ngettext(
                        "you follow %(what)s (%(often)s) and %(count)d more",
                        "you follow %(what)s (%(often)s) and %(count)d more",
                        count,
                    )
                    % {"what": one_line(title, 120), "often": often, "count": count}
                )
        if draft.subscriber.organisation is not None and draft.needs:
            said.append(
                _("%(organisation)s is asked to answer, and this address was given for it")
                % {"organisation": one_line(draft.subscriber.organisation.name, 80)}
            )
        elif topics := [str(Topic(topic).label) for topic in draft.topics]:
            said.append(_("you chose to have this in your digest: %(topics)s") % {"topics": "; ".join(topics)})
        return one_line(_(", and ").join(said) or _("you asked for a digest"), 300)

    def _page_of(self, draft: Draft) -> str:
        """Where all that changed is read: the one view in which it did, else the register, whose newest comes first."""
        if len(draft.concerned) == 1:
            followed = self._understood(draft.concerned[0].query)
            if followed is not None:
                return followed.path
        return "/initiatives/"

    def _understood(self, line: str) -> Followed | None:
        if line not in self._followed:
            self._followed[line] = understood(line)
        return self._followed[line]


@lru_cache(maxsize=20)
def _often(frequency: str) -> str:
    with translation.override(LANGUAGE):
        return str(Frequency(frequency).label).lower()


def heading(draft: Draft) -> str:
    """What is in it, counted."""
    said = []
    if draft.needs:
        count = len(draft.needs)
        said.append(ngettext("%(count)d thing needs you", "%(count)d things need you", count) % {"count": count})
    if draft.decided:
        said.append(_("%(count)d decided") % {"count": len(draft.decided)})
    if draft.changed:
        count = len(draft.changed)
        said.append(ngettext("%(count)d changed", "%(count)d changed", count) % {"count": count})
    if not said:
        count = len(draft.coming)
        said.append(ngettext("%(count)d coming up", "%(count)d coming up", count) % {"count": count})
    return ", ".join(said)


def subject(draft: Draft, needs: Sequence[Item], coming: Sequence[Item]) -> str:
    """Names the first thing, and how many others there are. ``needs`` and ``coming``: those of the draft, in words."""
    first = first_words(draft, needs, coming)
    others = len(draft.needs) + len(draft.decided) + len(draft.changed) - 1
    if others < 0:
        others = len(draft.coming) - 1
    first = one_line(first, 90)
    if others < 1:
        return first
    return ngettext("%(first)s, and %(count)d more", "%(first)s, and %(count)d more", others) % {
        "first": first,
        "count": others,
    }


def first_words(draft: Draft, needs: Sequence[Item], coming: Sequence[Item]) -> str:
    """The first thing in it, in a few words."""
    if needs:
        item = needs[0]
        return f"{item.lead} “{item.title}”" if item.lead else item.title
    if draft.decided or draft.changed:
        line = (draft.decided or draft.changed)[0]
        return f"{line.title}: {line.parts[0].label}"
    return f"{coming[0].title}, {coming[0].small}"


def settings_page(draft: Draft, stop_link: str) -> str:
    """The whole address of the page on which the reader chooses what comes and when.

    Who has no account asks there for the link to everything: it does not stand in mail that is passed on.
    """
    if draft.subscriber.person is not None:
        return f"{settings.BASE_URL}/account/notifications/"
    return stop_link


def _has_acts(draft: Draft) -> bool:
    return bool(draft.needs) and draft.subscriber.person is not None


def _section(title: str, things: list[Snippet], count: int, page: str) -> Section:
    if count <= len(things):
        return Section(title=title, things=things)
    more = ngettext("+ %(count)d more", "+ %(count)d more", count - len(things)) % {"count": count - len(things)}
    return Section(title=title, things=things, more=more, page=f"{settings.BASE_URL}{page}")


def _quiet(draft: Draft) -> str:
    if draft.quiet is None:
        return ""
    first, last = draft.quiet
    if last - first == timedelta(days=7):
        return _("Nothing changed in the week before.")
    if last - first < timedelta(days=2):
        return ""
    return _("There was nothing to tell you from %(first)s to %(last)s.") % {
        "first": date_format(first, "j F"),
        "last": date_format(last, "j F"),
    }


def _twins(template: str, words: dict[str, Any]) -> _Twins:
    engine = Engine.get_default()
    html = engine.get_template(f"mail/parts/{template}.html").render(Context(dict(words)))
    text = engine.get_template(f"mail/parts/{template}.txt").render(Context(dict(words), autoescape=False))
    return Frame(_without_blanks(html)), Frame(text)


def _slots_of(item: Item) -> Item:
    """The slots of an item of this shape."""
    return Item(
        title=slot("title"),
        url=slot("url"),
        reference=slot("reference") if item.reference else "",
        lead=slot("lead") if item.lead else "",
        small=slot("small") if item.small else "",
        parts=[(slot(f"label_{n}"), slot(f"text_{n}") if text else "") for n, (_label, text) in enumerate(item.parts)],
        acts=[{"label": slot(f"act_{n}"), "url": slot(f"link_{n}")} for n, _act in enumerate(item.acts)],
    )


def _without_blanks(html: str) -> str:
    return "\n".join(filter(None, map(str.strip, html.splitlines())))
