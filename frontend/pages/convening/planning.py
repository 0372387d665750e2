"""Planning a meeting or a series, its plan, moving it, calling it, cancelling it, and who is invited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from collaboration.governance.queries import boards
from collaboration.governance.queries import meetings as queries
from collaboration.governance.series import Every
from collaboration.governance.services import agenda, inviting, planning
from frontend.pages.acts import GET_OR_POST, go_on_from, newer_version, nothing, posted
from frontend.pages.convening import forms, words
from frontend.pages.convening.acting import act, found, interrupt, plan_of, will_email
from frontend.pages.gate import actor_of, signed_in
from groundwork.access.errors import Conflict, Invalid
from groundwork.access.rules import require
from groundwork.directory.queries import days_kept

FIELDS = {"starts_at": "starts_on", "ends_at": "ends_time"}
LEVELS = [value for value, _text in words.ACCESS]


def levels_within(level: str) -> list[str]:
    """The levels of access that show a thing to no more people than ``level``."""
    return LEVELS[LEVELS.index(level) :]


@signed_in
@require_http_methods(GET_OR_POST)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a meeting, or a series of them, on the forward plan."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    require(actor, "partnership.plan_meeting", board)
    levels = levels_within(board.access)
    data = posted(request)
    form = forms.NewMeetingForm(data, levels=levels, initial={"access": "board" if "board" in levels else levels[0]})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            every = form.cleaned_data["every"]
            try:
                if every:
                    made = planning.plan_series(
                        actor=actor, board=board, every=Every(every), count=form.cleaned_data["count"], **form.said
                    )
                else:
                    made = [planning.plan(actor=actor, board=board, **form.said)]
            except (Conflict, Invalid) as error:
                form.refuse(error, FIELDS)
                status = error.status
            else:
                messages.success(request, _planned(made))
                return redirect(plan_of(made[0]) if len(made) == 1 else f"{reverse('meetings')}?when=mine")
    return render(request, "frontend/convening/new.html", {"form": form, "board": board}, status=status)


def _planned(made: list[Any]) -> str:
    """What was planned, and which of it lies on a day on which nobody works."""
    days = [timezone.localtime(each.starts_at).date() for each in made]
    resting = {day for day in days if day in days_kept(around=day)["holiday"] or day.weekday() > 4}
    told = ngettext("%(count)d meeting is planned.", "%(count)d meetings are planned.", len(made)) % {
        "count": len(made)
    }
    if resting:
        named = ", ".join(date_format(day, "j F Y") for day in sorted(resting))
        told += " " + _("Not a working day: %(days)s.") % {"days": named}
    return told


@signed_in
@require_safe
def plan(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything about a meeting to come, for those who prepare it."""
    meeting = found(request, uuid)
    shown = queries.agenda(actor_of(request), meeting)
    counts = queries.answers(meeting)
    suggested = agenda.suggestions(actor_of(request), meeting) if meeting.is_ahead else {}
    context = {
        "meeting": meeting,
        "named": queries.named_for(meeting),
        "agenda": shown,
        "minutes_planned": int((meeting.ends_at - meeting.starts_at).total_seconds() // 60),
        "answers": [(words.ANSWERS[key], counts[key]) for key in words.ANSWERS if counts.get(key)],
        "suggested": sum(len(some) for some in suggested.values()),
        "late_to_invite": inviting.not_yet_invited(meeting) if meeting.status == "called" else [],
        "awaited": [
            each
            for each in [*shown.papers, *(paper for line in shown.lines for paper in line.papers)]
            if each.submitted_at is None
        ],
    }
    return render(request, "frontend/convening/plan.html", context)


@signed_in
@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """When, where, for whom. What is told to many is asked about first."""
    actor, meeting = actor_of(request), found(request, uuid)
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    initial = {
        "version": meeting.version,
        "starts_on": starts.date(),
        "starts_time": starts.time(),
        "ends_time": ends.time(),
        **{name: getattr(meeting, name) for name in ("title", "venue", "link", "access", "public_may_attend", "notes")},
        "papers_due_on": meeting.papers_due_on,
    }
    data = posted(request)
    form = forms.EditMeetingForm(data, levels=levels_within(meeting.board.access), initial=initial)
    status = 200
    if request.method == "POST" and "change" not in request.POST:
        status = 422
        if form.is_valid():
            invited = list(queries.invitations(meeting))
            if invited and planning.tells(meeting, form.said) and "send" not in request.POST:
                return interrupt(
                    request,
                    meeting=meeting,
                    title=_("Tell everybody about this change?"),
                    text=_("The email changes their calendars. If the day or time changes, everybody is asked again."),
                    people=invited,
                    button=_("Change it and send"),
                )
            try:
                planning.change(actor=actor, meeting=meeting, version=form.cleaned_data["version"], **form.said)
            except (Conflict, Invalid) as error:
                if isinstance(error, Conflict):
                    go_on_from(newer_version(meeting), request, form)
                form.refuse(error, FIELDS)
                status = error.status
            else:
                messages.success(request, _("The meeting is changed."))
                return redirect(plan_of(meeting))
    context = {"form": form, "meeting": meeting, "heading": _("Change when and where"), "back": plan_of(meeting)}
    return render(request, "frontend/convening/form.html", context, status=status)


@signed_in
@require_http_methods(GET_OR_POST)
def call(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The card before everybody who sits on the board is invited."""
    actor, meeting = actor_of(request), found(request, uuid)
    people = inviting.sitting_members(meeting)
    if request.method == "POST" and "send" in request.POST:
        try:
            planning.call(actor=actor, meeting=meeting)
        except Conflict as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("The meeting is called. Everybody is being invited."))
        return redirect(plan_of(meeting))
    if request.method == "POST" and "change" in request.POST:
        return redirect(plan_of(meeting))
    return interrupt(
        request,
        meeting=meeting,
        title=_("Call the meeting?"),
        text=_("Each person gets the invitation with an entry for their calendar, and answers by a link."),
        people=people,
        button=_("Call it and send the invitations"),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the agenda to whoever sees the meeting."""
    meeting = found(request, uuid)
    return act(
        request,
        meeting=meeting,
        form=nothing(request),
        do=lambda: planning.publish_agenda(actor=actor_of(request), meeting=meeting),
        heading=_("Publish the agenda"),
        effects=[
            _("The agenda and the papers that are in are shown to: %(who)s.") % {"who": meeting.get_access_display()},
            _("Exempt items and papers are shown to the board alone. Others read in their place why."),
            _("You can still change the agenda, and papers that come later are shown as they come."),
        ],
        button=_("Publish it"),
        done=_("The agenda is published."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cancel it, with the reason; a card says first how many people are told."""
    meeting = found(request, uuid)
    invited = list(queries.invitations(meeting))
    posted = request.method == "POST" and "change" not in request.POST
    form = forms.ReasonForm(request.POST if posted else None, initial={"reason": request.POST.get("reason", "")})
    if posted and invited and "send" not in request.POST and form.is_valid():
        return interrupt(
            request,
            meeting=meeting,
            title=_("Cancel the meeting?"),
            text=_("It is taken out of their calendars. This cannot be undone."),
            people=invited,
            button=_("Cancel it and send"),
        )
    return act(
        request,
        meeting=meeting,
        form=form,
        do=lambda: planning.cancel(actor=actor_of(request), meeting=meeting, reason=str(form.cleaned_data["reason"])),
        heading=_("Cancel the meeting"),
        warning=will_email(len(invited)) if invited else "",
        button=_("Cancel the meeting"),
        done=_("The meeting is cancelled."),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def invitations(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who was asked and what they answered; guests; those who took a seat since."""
    actor, meeting = actor_of(request), found(request, uuid)
    what = request.POST.get("act", "") if request.method == "POST" else ""
    form = forms.GuestForm(request.POST if what == "guest" else None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if what == "missing":
                made = inviting.invite_missing(actor=actor, meeting=meeting)
                messages.success(request, _("Invited: %(count)s.") % {"count": len(made)})
                return redirect(request.path)
            if form.is_bound and form.is_valid():
                inviting.invite_guest(actor=actor, meeting=meeting, **form.cleaned_data)
                messages.success(request, _("They are invited."))
                return redirect(request.path)
        except (Conflict, Invalid) as error:
            if not form.is_bound:
                messages.error(request, str(error.message))
                return redirect(request.path)
            form.refuse(error)
            status = error.status
    context = {
        "meeting": meeting,
        "form": form,
        "invited": [(each, *words.ANSWERS[each.answer]) for each in queries.invitations(meeting)],
        "missing": inviting.not_yet_invited(meeting) if meeting.status == "called" else [],
        "will_email": will_email,
    }
    return render(request, "frontend/convening/invitations.html", context, status=status)
