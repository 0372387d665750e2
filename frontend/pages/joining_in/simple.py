"""The board in plain forms: everything anybody can do on it, in any browser, without a script.

``/w/CODE/simple/`` shows the board; each note and group has a page with all that can be done to it, so that the board
stays readable with two hundred notes on it. What a stage does not allow is not offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.boards.engine.stages import Stage
from collaboration.boards.outline import ActionItem, Column, Group, Item, Note, Outline, ranked
from collaboration.workshops import queries
from collaboration.workshops import services as workshops
from frontend.context import address
from frontend.pages.joining_in import paging
from frontend.pages.joining_in.closing import can_close
from frontend.pages.joining_in.desk import Desk, serve
from frontend.pages.joining_in.here import Here, taking_part
from frontend.pages.joining_in.looking import Look
from groundwork.access.errors import NotFound
from groundwork.clock import now

GET_OR_POST = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class Row:
    """A group or note as the board shows it. ``notes`` are those in a group."""

    item: Item
    can: frozenset[str]
    notes: tuple[Note, ...]
    place: int = 0
    tied: bool = False
    column: str = ""


@taking_part
@require_http_methods(GET_OR_POST)
def simple(request: HttpRequest, here: Here) -> HttpResponse:
    return serve(request, here, _board)


def _board(desk: Desk) -> HttpResponse:
    seen, asked = desk.look, desk.request.GET
    board = seen.board
    only_others = asked.get("only") == "others"
    by_votes = board.tells_totals and seen.stage >= Stage.DISCUSS and asked.get("by") != "columns"
    place = paging.whole(board, asked)
    ranks = ranked(board) if by_votes else []
    columns: list[tuple[Column, list[Row]]] = []
    if by_votes:
        place = place or paging.place(board, asked, rows=ranks, item=lambda rank: rank.item)
        ranks = ranks if place.whole else list(place.shown)
    elif place is not None:
        columns = [(column, _rows(seen, _items(column, only_others))) for column in board.columns]
    else:
        column = paging.chosen_column(board, asked)
        items = _items(column, only_others)
        place = paging.place(board, asked, rows=items, item=lambda item: item, column=column.id)
        columns = [(column, _rows(seen, place.shown))]
    return desk.render(
        "simple.html",
        rows=[Row(it.item, seen.can_on(it.item), _notes(it.item), it.place, it.tied, it.column.title) for it in ranks],
        by_votes=by_votes,
        only_others=only_others,
        columns=columns,
        place=place,
        here_again=desk.home + place.query,
        write=desk.form("write", column=asked.get("column") or place.column) if "write" in seen.can else None,
        several=desk.form("several") if "several" in seen.can and seen.stage == Stage.GROUP else None,
        propose=desk.form("propose") if "propose" in seen.can else None,
        actions=[(action, _can_do(seen, action)) for action in board.actions],
        timer=left_of(seen.board),
        spotlight=spotlit(seen),
        plan=plan_of(desk.here) if seen.stage == Stage.LOBBY else [],
        board_address=address("board", desk.here.workshop.code),
        report_address=address("workshop-report", desk.here.workshop.code) if seen.stage == Stage.CLOSE else "",
        can_close=_ends(desk) and can_close(desk.here),
        feedback_address=reverse("workshop-feedback", args=[desk.here.workshop.code]),
    )


def _ends(desk: Desk) -> bool:
    """Whether the workshop has come to its last stage, and this reader runs it."""
    return desk.look.stage == Stage.CLOSE and desk.look.facilitates


def _items(column: Column, only_others: bool) -> list[Item]:
    return [item for item in column.items if not (only_others and isinstance(item, Note) and item.mine)]


def _rows(seen: Look, items: Iterable[Item]) -> list[Row]:
    return [Row(item, seen.can_on(item), _notes(item)) for item in items]


def _notes(item: Item) -> tuple[Note, ...]:
    return item.notes if isinstance(item, Group) else ()


def _can_do(seen: Look, action: ActionItem) -> frozenset[str]:
    """The acts about one proposed action that are possible now."""
    found = set()
    if "claim" in seen.can and not action.claimed_by:
        found.add("claim")
    if "release" in seen.can and action.claimed_by and (action.claimed_by == seen.key or seen.facilitates):
        found.add("release")
    if seen.may("action.edit", mine=action.mine) and not action.erased:
        found.add("edit-action")
    if seen.may("action.delete", mine=action.mine):
        found.add("delete-action")
    if "redact" in seen.can and not action.erased:
        found.add("redact")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """``minutes`` and ``seconds`` until it ends; both 0 when it is over."""

    ends: Any
    minutes: int
    seconds: int
    over: bool


def left_of(board: Outline) -> TimeLeft | None:
    """What is left of the timer that runs, if one does."""
    if board.timer is None:
        return None
    left = max(0, round((board.timer.ends - now()).total_seconds()))
    return TimeLeft(board.timer.ends, left // 60, left % 60, left == 0)


def spotlit(seen: Look) -> tuple[str, str] | None:
    """Id and words of what a facilitator points at, if it is a thing this person sees."""
    board, id = seen.board, seen.board.spotlight
    if not id:
        return None
    item, action = board.find(id), board.action(id)
    if item is not None:
        return id, item.title
    if action is not None:
        return id, action.what
    column = next((column for column in board.columns if column.id == id), None)
    return (id, column.title) if column is not None else None


def plan_of(here: Here) -> list[tuple[Any, int, str]]:
    """Name, minutes and note of each planned stage."""
    known = {number: name for number, name, _meaning in queries.STAGES}
    return [(known[each.stage], each.minutes, each.note) for each in queries.plan_of(here.workshop)]


@taking_part
@require_http_methods(GET_OR_POST)
def item(request: HttpRequest, here: Here, id: str) -> HttpResponse:
    """One note or group, and all that can be done to it."""
    return serve(request, here, lambda desk: _item(desk, id))


def _item(desk: Desk, id: str) -> HttpResponse:
    seen = desk.look
    found = seen.board.find(id)
    if found is None:
        return gone(desk)
    can = seen.can_on(found)
    forms: dict[str, Any] = {}
    if "edit" in can and isinstance(found, Note):
        pattern = "" if found.pattern is None else str(found.pattern)
        forms["edit"] = desk.form("edit", id, text=found.text, pattern=pattern)
    column = seen.board.column_of(id)
    if "move" in can:
        forms["move"] = desk.form("move", id, into=column.id if column else "")
    for name in ("group", "merge"):
        if name in can:
            form = desk.form(name, id)
            if len(form.fields["other"].choices) > 1:  # type: ignore[attr-defined]
                forms[name] = form
    if isinstance(found, Group):
        for name in ("name", "split"):
            if name in can:
                forms[name] = desk.form(name, id, title=found.given_title if name == "name" else "")
    if "room" in can:
        forms["room"] = desk.form("room", id, count=found.room)
    if "comment" in can:
        forms["comment"] = desk.form("comment", id)
    if "propose" in can:
        forms["propose"] = desk.form("propose", source=id)
    if "timer" in can:
        forms["timer"] = desk.form("timer", id, minutes=5)
    comments = [
        (
            comment,
            desk.form("edit-comment", comment.id, text=comment.text)
            if seen.may("comment.edit", mine=comment.mine) and not comment.erased
            else None,
            seen.may("comment.delete", mine=comment.mine),
        )
        for comment in found.comments
    ]
    return desk.render(
        "item.html",
        item=found,
        column=column,
        forms=forms,
        can_item=can,
        comments=comments,
        is_whole=seen.votable(found),
        timer=left_of(seen.board),
    )


def gone(desk: Desk) -> HttpResponse:
    """What the page was about is not there any more. What was written for it is given back."""
    if desk.refusal is not None:
        return desk.render("lost.html")
    return redirect(reverse("board-simple", args=[desk.here.workshop.code]) + "?done=gone")


@taking_part
@require_http_methods(GET_OR_POST)
def action(request: HttpRequest, here: Here, id: str) -> HttpResponse:
    """One proposed action."""
    return serve(request, here, lambda desk: _action(desk, id))


def _action(desk: Desk, id: str) -> HttpResponse:
    found = desk.look.board.action(id)
    if found is None:
        return gone(desk)
    can = _can_do(desk.look, found)
    form = None
    if "edit-action" in can:
        form = desk.form("edit-action", id, what=found.what, who=found.who, due=found.due, sort=found.what_as)
    sources = [source for each in found.sources if (source := desk.look.board.find(each)) is not None]
    return desk.render("action.html", action=found, can_action=can, edit=form, sources=sources)


@taking_part
@require_http_methods(GET_OR_POST)
def column(request: HttpRequest, here: Here, id: str) -> HttpResponse:
    """One column, for facilitators."""
    return serve(request, here, lambda desk: _column(desk, id))


def _column(desk: Desk, id: str) -> HttpResponse:
    seen = desk.look
    found = next((column for column in seen.board.columns if column.id == id), None)
    if found is None or "edit-column" not in seen.can:
        return gone(desk)
    form = desk.form("edit-column", id, title=found.title, prompt=found.prompt)
    is_empty = not found.items and not found.hidden and len(seen.board.columns) > 1
    return desk.render("column.html", column=found, edit=form, is_empty=is_empty)


@taking_part
@require_http_methods(GET_OR_POST)
def facilitate(request: HttpRequest, here: Here) -> HttpResponse:
    """What facilitators do for the whole room."""
    act, _colon, number = request.POST.get("act", "").partition(":")
    if here.facilitates and act in PEOPLE:
        _see_to_people(here, act, number)
        return redirect(f"{request.path}?done={act}#people")
    return serve(request, here, _facilitate)


PEOPLE = ("admit", "admit-all", "refuse", "lock-joining", "unlock-joining")
"""Acts about who is in, which are none of the board's. Guests who facilitate have no other page for them."""


def _see_to_people(here: Here, act: str, number: str) -> None:
    actor, workshop = here.actor, here.workshop
    if act == "admit-all":
        workshops.admit_all(actor=actor, workshop=workshop)
    elif act == "lock-joining":
        workshops.lock(actor=actor, workshop=workshop)
    elif act == "unlock-joining":
        workshops.unlock(actor=actor, workshop=workshop)
    else:
        known = number.isascii() and number.isdigit() and len(number) < 16
        found = queries.find_participation(actor, workshop, int(number)) if known else None
        if found is None:
            raise NotFound(_("There is no such person in this workshop."))
        (workshops.admit if act == "admit" else workshops.remove)(actor=actor, participation=found)


def _facilitate(desk: Desk) -> HttpResponse:
    seen = desk.look
    if not seen.facilitates:
        return redirect("board-simple", desk.here.workshop.code)
    board, can = seen.board, seen.can
    rules = {key: getattr(board.rules, key) for key in ("names", "budget", "most", "totals", "grouping")}
    return desk.render(
        "facilitate.html",
        can_close=_ends(desk) and can_close(desk.here),
        people=list(queries.participants(desk.here.workshop).filter(status="waiting")),
        timer=left_of(seen.board),
        spotlight=spotlit(seen),
        before=Stage(seen.stage - 1).label if seen.stage > Stage.LOBBY else "",
        after=Stage(seen.stage + 1).label if seen.stage < Stage.CLOSE else "",
        start=desk.form("timer", minutes=planned_minutes(desk.here, seen.stage)) if "timer" in can else None,
        wording=desk.form("words", title=board.title, prompt=board.prompt) if "words" in can else None,
        rules=desk.form("rules", **rules) if "rules" in can else None,
        add_column=desk.form("add-column") if "add-column" in can else None,
        paper=desk.form("paper", column=desk.request.GET.get("column", "")) if "paper" in can else None,
    )


def planned_minutes(here: Here, stage: int) -> int:
    """How long the plan gives this stage; ten minutes where it says nothing."""
    return next((each.minutes for each in queries.plan_of(here.workshop) if each.stage == stage and each.minutes), 10)


@taking_part
@require_http_methods(GET_OR_POST)
def bin(request: HttpRequest, here: Here) -> HttpResponse:
    """What one deleted, and facilitators what anybody deleted."""
    return serve(request, here, lambda desk: desk.render("bin.html"))
