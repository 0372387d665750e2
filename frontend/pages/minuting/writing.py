"""Writing minutes by item, sending them round, commenting, settling, approving, publishing, correcting."""

from __future__ import annotations

from datetime import timedelta
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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.governance import drafting
from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import minuting
from frontend.pages.acts import GET_OR_POST, REFUSALS, newer_version, nothing, posted, version_of, whole_number
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.minuting import forms
from frontend.pages.minuting.acting import act, as_uuid, found_minutes
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.clock import today

DAYS_FOR_COMMENTS = 10


def _home(meeting: Any) -> str:
    return reverse("meeting-minutes", args=[meeting.uuid])


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def item(request: HttpRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """What the minutes say of one item. Once they are approved this corrects them, with a reason and the day."""
    actor = actor_of(request)
    minutes = found_minutes(request, uuid, "minutes.write")
    meeting = minutes.meeting
    shown = reading.item_for(actor, meeting, item)
    require(actor, "item.write_minute", shown)
    if minutes.status not in minuting.OPEN:
        return _correct(request, meeting, shown)
    marks = reading.marked(shown)
    offered = minuting.offered(shown)
    text = shown.minute
    if request.method == "GET" and "add" in request.GET:
        text = drafting.added(shown.minute, offered)
    form = forms.MinuteForm(posted(request), initial={"text": text})
    version = version_of(request, shown)
    last = max((mark.id for mark in marks), default=0)
    status = 200
    if request.method == "POST":
        status = 422
        if "anew" in request.POST or form.is_valid():
            try:
                if "anew" in request.POST:
                    minuting.draft_anew(actor=actor, item=shown, version=version)
                else:
                    upto = whole_number(request.POST.get("upto")) or 0
                    minuting.write(actor=actor, item=shown, text=form.cleaned_data["text"], version=version, upto=upto)
            except REFUSALS as error:
                form.refuse(error)
                status = error.status
                if isinstance(error, Conflict):
                    version = newer_version(shown)
            else:
                messages.success(request, _("The minute of this item is kept."))
                return redirect(_home(meeting))
    context = {
        "meeting": meeting,
        "item": shown,
        "form": form,
        "version": version,
        "upto": whole_number(request.POST.get("upto")) or 0
        if request.method == "POST"
        else _seen(request, shown, last),
        "offered": [drafting.line(mark).removeprefix("- ") for mark in offered],
        "marks": [drafting.line(mark).removeprefix("- ") for mark in marks],
        "now_says": shown.minute if status == 409 else "",
    }
    return render(request, "frontend/minuting/item.html", context, status=status)


def _seen(request: HttpRequest, shown: Any, last: int) -> int:
    """Which marks the text of this page holds: all of a draft, those it was written with otherwise."""
    if not shown.minute_edited or "add" in request.GET or "seen" in request.GET:
        return last
    return int(shown.minute_upto)


def _correct(request: HttpRequest, meeting: Any, shown: Any) -> HttpResponse:
    form = forms.CorrectionForm(posted(request), initial={"text": shown.minute})
    version = version_of(request, shown)

    def do() -> None:
        said = form.cleaned_data
        minuting.correct(actor=actor_of(request), item=shown, text=said["text"], why=said["why"], version=version)

    return act(
        request,
        meeting=meeting,
        form=form,
        do=do,
        heading=_("Correct the minute of “%(item)s”") % {"item": shown.title},
        effects=[_("These minutes are approved. Readers see what was wrong, and the day.")],
        button=_("Save the correction"),
        done=_("The correction is kept, with today’s date."),
        back=_home(meeting),
        of=shown,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def summary(request: HttpRequest, uuid: UUID) -> HttpResponse:
    minutes = found_minutes(request, uuid, "minutes.write")
    form = forms.SummaryForm(posted(request), initial={"summary": minutes.summary})
    version = version_of(request, minutes)
    return act(
        request,
        meeting=minutes.meeting,
        form=form,
        do=lambda: minuting.summarise(
            actor=actor_of(request), minutes=minutes, summary=form.cleaned_data["summary"], version=version
        ),
        heading=_("A summary of the meeting"),
        button=_("Save"),
        done=_("The summary is kept."),
        back=_home(minutes.meeting),
        of=minutes,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def circulate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask until when, then show how many people are mailed, then send."""
    minutes = found_minutes(request, uuid, "minutes.write")
    meeting = minutes.meeting
    initial = {"comments_until": minutes.comments_until or today() + timedelta(days=DAYS_FOR_COMMENTS)}
    form = forms.CirculateForm(posted(request), initial=initial)
    if "change" in request.POST:
        form = forms.CirculateForm(initial=form.cleaned_data if form.is_valid() else initial)
    version = version_of(request, minutes)
    me = actor_of(request).person
    told = sum(each.pk != (me.pk if me else None) for each in reading.told_of_minutes(meeting, today()))
    if form.is_bound and form.is_valid() and "send" not in request.POST:
        return _check(request, meeting, form, version, told)
    return act(
        request,
        meeting=meeting,
        form=form,
        do=lambda: minuting.circulate(
            actor=actor_of(request),
            minutes=minutes,
            comments_until=form.cleaned_data["comments_until"],
            version=version,
        ),
        heading=_("Send the minutes round"),
        effects=[
            _people(told),
            _("They can comment until the day you choose. Exempt items are shown to the board alone."),
        ],
        button=_("Go on"),
        done=_("The minutes are on their way to the people of the board."),
        back=_home(meeting),
        of=minutes,
    )


def _people(told: int) -> str:
    said = ngettext(
        "%(number)s person of the board is sent a mail.", "%(number)s people of the board are sent a mail.", told
    )
    return said % {"number": told}


def _check(request: HttpRequest, meeting: Any, form: forms.CirculateForm, version: int, told: int) -> HttpResponse:
    day = form.cleaned_data["comments_until"]
    context = {
        "meeting": meeting,
        "title": ngettext("Send the minutes to %(number)s person?", "Send the minutes to %(number)s people?", told)
        % {"number": told},
        "text": _("They can comment until %(day)s. A mail cannot be called back.") % {"day": date_format(day, "j F Y")},
        "button": ngettext("Send to %(number)s person", "Send to %(number)s people", told) % {"number": told},
        "day": day,
        "version": version,
        "back": _home(meeting),
    }
    return render(request, "frontend/minuting/check.html", context)


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def comment(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say something on the minutes, or on one item of them."""
    actor = actor_of(request)
    minutes = found_minutes(request, uuid, "minutes.comment")
    meeting = minutes.meeting
    items = [(each.number, each.item) for each in reading.items_of(actor, meeting) if each.item is not None]
    form = forms.CommentForm(posted(request), items=items, initial={"item": request.GET.get("item", "")})

    def do() -> None:
        chosen = as_uuid(form.cleaned_data["item"])
        about = next((each for _number, each in items if each.uuid == chosen), None)
        minuting.comment(actor=actor, minutes=minutes, text=form.cleaned_data["text"], item=about)

    return act(
        request,
        meeting=meeting,
        form=form,
        do=do,
        heading=_("Comment on the minutes"),
        effects=[_("People of this board read your comment with your name. Whoever writes the minutes answers it.")],
        button=_("Send the comment"),
        done=_("Thank you. Your comment is kept."),
        back=_home(meeting),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def settle(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Say what came of a comment."""
    actor = actor_of(request)
    minutes = found_minutes(request, uuid, "minutes.write")
    items = [each.item for each in reading.items_of(actor, minutes.meeting) if each.item is not None]
    found = next((one for one in reading.comments_on(actor, minutes, items) if one.pk == number), None)
    if found is None:
        raise NotFound("This does not exist, or you may not see it.")
    found.minutes = minutes
    form = forms.SettleForm(posted(request), initial={"answer": found.answer})
    return act(
        request,
        meeting=minutes.meeting,
        form=form,
        do=lambda: minuting.settle(actor=actor, comment=found, answer=form.cleaned_data["answer"]),
        heading=_("Settle a comment"),
        quote=found.text,
        button=_("Save"),
        done=_("The comment is settled."),
        back=_home(minutes.meeting),
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    minutes = found_minutes(request, uuid, "minutes.approve")
    meeting = minutes.meeting
    later = {str(each.uuid): each for each in reading.later_meetings(meeting)}
    offered = [(key, date_format(timezone.localtime(each.starts_at), "j F Y")) for key, each in later.items()]
    form = forms.ApproveForm(
        posted(request), meetings=offered, initial={"approved_in": offered[0][0] if offered else ""}
    )
    version = version_of(request, minutes)
    return act(
        request,
        meeting=meeting,
        form=form,
        do=lambda: minuting.approve(
            actor=actor_of(request),
            minutes=minutes,
            version=version,
            approved_in=later.get(form.cleaned_data["approved_in"]),
        ),
        heading=_("Approve the minutes"),
        effects=[
            _("The board agrees that they are right. It is recorded in which meeting."),
            _("Their words cannot be changed any more. Corrections are shown with their day."),
        ],
        button=_("Record the approval"),
        done=_("The minutes are approved."),
        back=_home(meeting),
        of=minutes,
    )


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    minutes = found_minutes(request, uuid, "minutes.publish")
    meeting = minutes.meeting
    exempt = sum(1 for each in meeting.items.all() if each.exempt)
    readers = {
        "public": _("Everybody can read them."),
        "partners": _("Partners of the place can read them."),
        "board": _("The meeting is for this board, so only its people can read them."),
        "named": _("The meeting is for named people, so only they can read them."),
    }
    hidden = ngettext(
        "%(number)s exempt item stays with the board: its reason is shown in its place.",
        "%(number)s exempt items stay with the board: their reasons are shown in their place.",
        exempt,
    )
    version = version_of(request, minutes)
    return act(
        request,
        meeting=meeting,
        form=nothing(request),
        do=lambda: minuting.publish(actor=actor_of(request), minutes=minutes, version=version),
        heading=_("Publish the minutes"),
        effects=[readers[meeting.access], *([hidden % {"number": exempt}] if exempt else [])],
        button=_("Publish them"),
        done=_("The minutes are published."),
        back=_home(meeting),
        of=minutes,
    )
