"""Who is at a meeting: a list by seat, guests, and who left early."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collaboration.governance.queries import minutes as reading
from collaboration.governance.services import attending
from frontend.pages.acts import GET_OR_POST, REFUSALS, whole_number
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.minuting.acting import found, tell
from frontend.pages.minuting.forms import AttendanceForm, GuestForm, MomentForm


@never_cache
@signed_in
@require_http_methods(GET_OR_POST)
def attendance(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = found(request, uuid, "meeting.run")
    noted = reading.attendance_of(meeting)
    rows = reading.tick_list(meeting, noted)
    listed, guest, moment, status = _forms(rows, noted), GuestForm(), MomentForm(), 200
    if request.method == "POST":
        done = ""
        told: Any = listed
        try:
            if "guest" in request.POST:
                told = guest = GuestForm(request.POST)
                status, done = _add_guest(request, meeting, guest)
            elif "list" in request.POST:
                told = listed = _forms(rows, noted, request.POST)
                status, done = _save(request, meeting, listed)
            else:
                told = moment = MomentForm(request.POST)
                status, done = _one(request, meeting, moment)
        except REFUSALS as error:
            status = error.status
            told.refuse(error) if status == 422 else tell(request, error)
        if done:
            messages.success(request, done)
            return redirect(request.path)
    course = reading.course_of(meeting, noted)
    context = {
        "meeting": meeting,
        "form": listed,
        "guest_form": guest,
        "moment_form": moment,
        "there": [row for row in noted if row.is_present],
        "quorum": reading.quorum_said(meeting, noted),
        "rule": course.now,
    }
    return render(request, "frontend/minuting/attendance.html", context, status=status)


def _forms(rows: list[Any], noted: list[Any], data: Any = None) -> AttendanceForm:
    return AttendanceForm(data, rows=rows, suggest=not any(row.seat_id for row in noted))


def _save(request: HttpRequest, meeting: Any, form: AttendanceForm) -> tuple[int, str]:
    if not form.is_valid():
        return 422, ""
    seats = [attending.Said(seat=seat, state=state, holder=holder) for seat, state, holder in form.said()]
    attending.note(actor=actor_of(request), meeting=meeting, seats=seats)
    return 200, _("The list is kept.")


def _add_guest(request: HttpRequest, meeting: Any, form: GuestForm) -> tuple[int, str]:
    if not form.is_valid():
        return 422, ""
    attending.add_guest(actor=actor_of(request), meeting=meeting, name=form.cleaned_data["name"])
    return 200, _("The guest is noted.")


def _one(request: HttpRequest, meeting: Any, form: MomentForm) -> tuple[int, str]:
    """Somebody left, is back, did not come late, or is no guest: the name of the button says what, its value who."""
    if not form.is_valid():
        return 422, ""
    said = {"actor": actor_of(request), "meeting": meeting}
    when = form.moment(meeting)
    if (left := whole_number(request.POST.get("left"))) is not None:
        attending.leave(row=left, when=when, **said)
        return 200, _("They have left.")
    if (back := whole_number(request.POST.get("back"))) is not None:
        attending.come_back(row=back, when=when, **said)
        return 200, _("They are back.")
    if (early := whole_number(request.POST.get("early"))) is not None:
        attending.was_there(row=early, **said)
        return 200, _("They were here from the beginning.")
    if (gone := whole_number(request.POST.get("remove"))) is not None:
        attending.remove_guest(guest=gone, **said)
        return 200, _("The guest is taken off the list.")
    return 200, _("Nothing was changed.")
