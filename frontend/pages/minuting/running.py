"""The run screen of a meeting: what is taken now, what comes next, what is marked. All of it works by plain forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.governance import interests, pacing
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import running
from frontend.pages.acts import GET_OR_POST, REFUSALS, nothing
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.minuting.acting import act, as_uuid, found, tell
from frontend.pages.minuting.forms import MarkForm
from groundwork.access.errors import NotFound
from groundwork.clock import now


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The agenda with its times, the item being taken, and one form to mark what happens."""
    meeting = found(request, uuid, "meeting.run")
    if request.method == "POST" and "mark" in request.POST:
        return _mark(request, meeting)
    if request.method == "POST":
        try:
            _move(request, meeting)
        except REFUSALS as error:
            tell(request, error)
        return redirect(f"{request.path}#now")
    return _page(request, meeting, None, 200)


def _move(request: HttpRequest, meeting: Any) -> None:
    actor = actor_of(request)

    def chosen(name: str) -> Any:
        item = as_uuid(request.POST[name])
        if item is None:
            raise NotFound("There is no such item.")
        return reading.item_for(actor, meeting, item)

    # The button names the item, so that two presses of it do not pass over one.
    if as_uuid(request.POST.get("next")) is not None:
        running.next_item(actor=actor, meeting=meeting, named=chosen("next"))
    elif "next" in request.POST:
        if running.next_item(actor=actor, meeting=meeting) is None:
            messages.success(request, _("That was the last item. Close the meeting when it is over."))
    elif "take" in request.POST:
        running.take(actor=actor, item=chosen("take"))
    elif "defer" in request.POST:
        running.defer(actor=actor, item=chosen("defer"))
        messages.success(request, _("It is carried over to the next meeting when this one closes."))
    elif "strike" in request.POST:
        mark = as_uuid(request.POST["strike"])
        if mark is None:
            raise NotFound("There is no such mark.")
        running.strike(actor=actor, item=chosen("item"), uuid=mark)
        messages.success(request, _("The note is taken back."))


def _mark(request: HttpRequest, meeting: Any) -> HttpResponse:
    actor = actor_of(request)
    form = MarkForm(request.POST)
    status = 422
    if form.is_valid():
        said = form.cleaned_data
        item, mark = as_uuid(said["item"]), as_uuid(said["uuid"])
        if item is None or mark is None:
            raise NotFound("There is no such item.")
        try:
            running.mark(
                actor=actor,
                item=reading.item_for(actor, meeting, item),
                kind=said["kind"],
                text=said["text"],
                uuid=mark,
                who=said["who"],
                due_on=said["due_on"],
            )
        except REFUSALS as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, MARKED[said["kind"]]())
            return redirect(f"{request.path}#now")
    return _page(request, meeting, form, status)


MARKED: dict[str, Callable[[], str]] = {
    "note": lambda: _("The note is kept."),
    "action": lambda: _("The action is kept. Whoever was named is asked to accept it."),
    "decision": lambda: _("The decision is kept as proposed. Open it to record how it was made."),
}


def _page(request: HttpRequest, meeting: Any, form: MarkForm | None, status: int) -> HttpResponse:
    actor = actor_of(request)
    numbered = reading.items_of(actor, meeting)
    everything = list(meeting.items.all())
    at = now()
    pace = pacing.of(meeting.starts_at, everything, at)
    starts = dict(zip((each.pk for each in everything), pace.starts, strict=True))
    rows = [
        {"number": each.number, "item": each.item, "starts": starts[each.item.pk]} for each in numbered if each.item
    ]
    current = next((row for row in rows if row["item"].started_at and not row["item"].ended_at), None)
    attendance = reading.attendance_of(meeting)
    # Where the item of a refused mark is not the current one any more, what was typed is still about it.
    about = _about(form, rows) or current
    if about is not None and form is None and meeting.status == "running":
        form = MarkForm(initial={"item": about["item"].uuid, "uuid": uuid4()})
    context = {
        "meeting": meeting,
        "rows": rows,
        "current": current,
        "about": about,
        "locked": about is not None and interests.is_locked(actor, about["item"]),
        "waits": next((row for row in rows if not row["item"].outcome and not row["item"].started_at), None),
        "pace": pace,
        "quorum": reading.quorum_said(meeting, attendance),
        "there": reading.present_names(attendance),
        "form": form,
        "arising": reading.arising(actor, meeting) if current and current["item"].kind == "arising" else [],
        "declarations": reading.declarations(meeting, [row["item"] for row in rows]),
    }
    return render(request, "frontend/minuting/run.html", context, status=status)


def _about(form: MarkForm | None, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    if form is None:
        return None
    return next((row for row in rows if str(row["item"].uuid) == form["item"].value()), None)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def begin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = found(request, uuid, "meeting.run")
    here = reverse("meeting-run", args=[meeting.uuid])
    return act(
        request,
        meeting=meeting,
        form=nothing(request),
        do=lambda: running.begin(actor=actor_of(request), meeting=meeting),
        heading=_("Begin the meeting"),
        effects=[
            _("The times of the agenda count from when it was to begin."),
            _("What you mark becomes the draft of its minutes."),
            _("It can no longer be moved or cancelled."),
        ],
        button=_("Begin it"),
        done=_("The meeting has begun."),
        back=here,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close it: which items are carried over is said before."""
    meeting = found(request, uuid, "meeting.run")
    left = [each.item for each in reading.items_of(actor_of(request), meeting) if each.item and _is_left(each.item)]
    effects = [_("Nothing more can be taken. Notes can be added until the minutes are approved.")]
    if left:
        said = ngettext(
            "%(number)s item was not taken. It is deferred to the next meeting: %(items)s.",
            "%(number)s items were not taken. They are deferred to the next meeting: %(items)s.",
            len(left),
        )
        effects.append(said % {"number": len(left), "items": "; ".join(item.title for item in left)})
    effects.append(reading.quorum_said(meeting))
    return act(
        request,
        meeting=meeting,
        form=nothing(request),
        do=lambda: running.close(actor=actor_of(request), meeting=meeting),
        heading=_("Close the meeting"),
        effects=effects,
        button=_("Close it"),
        done=_("The meeting is closed. Its minutes have drafted themselves from what was marked."),
        back=reverse("meeting-run", args=[meeting.uuid]),
        to=reverse("meeting-minutes", args=[meeting.uuid]),
    )


def _is_left(item: Any) -> bool:
    return item.kind == "item" and not item.outcome and not item.started_at
