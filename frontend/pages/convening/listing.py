"""The list of meetings, and the same elsewhere: calendars to subscribe to, and a feed of public ones."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collaboration.governance import calendar
from collaboration.governance.queries import boards
from collaboration.governance.queries import meetings as queries
from collaboration.governance.queries.meeting_lists import MeetingFilters, listed
from frontend.pages.convening.forms import FilterForm
from frontend.pages.figures import files
from frontend.pages.gate import actor_of
from frontend.pages.initiatives import tag_address
from frontend.pages.organising.listing import ICS
from frontend.templatetags.organising import when
from groundwork.access.actors import Public
from groundwork.directory.queries import the_place
from groundwork.web.exports import FeedEntry, atom_response

ON_A_PAGE = 20
IN_A_FEED = 30


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """Meetings the reader may know of: to come; past ones, all or one's own on request."""
    actor = actor_of(request)
    filters, problems = MeetingFilters.from_query(actor, request.GET.dict())
    page = Paginator(listed(actor, filters), ON_A_PAGE).get_page(request.GET.get("page"))
    asked = filters.asked()
    query = urlencode(asked)
    context: dict[str, Any] = {
        "filter_form": FilterForm(actor=actor, filters=filters),
        "page_obj": page,
        "total": page.paginator.count,
        "problems": problems,
        "clear": reverse("meetings") if request.GET else "",
        "own_calendar": reverse("own-calendar") if actor.is_signed_in else "",
        "past": "" if filters.when == "past" else f"?{urlencode({**asked, 'when': 'past'})}",
        "atom_href": reverse("meetings-atom"),
        **files("meetings", query),
    }
    return render(request, "frontend/convening/list.html", context)


@require_safe
def meetings_ics(request: HttpRequest) -> HttpResponse:
    """A calendar of what the reader may know of: without signing in, of public meetings."""
    place = the_place()
    name = _("Meetings: %(place)s") % {"place": place.name} if place else _("Meetings")
    content = calendar.feed(queries.for_feed(actor_of(request)), name=name)
    return _calendar(content, 'inline; filename="meetings.ics"')


@require_safe
def partnership_ics(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of one board."""
    actor = actor_of(request)
    board = boards.get(actor, slug)
    content = calendar.feed(queries.for_feed(actor, board=board), name=str(board))
    return _calendar(content, f'inline; filename="{board.slug}.ics"')


@require_safe
def meeting_ics(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One meeting for a calendar."""
    meeting = queries.find(actor_of(request), uuid)
    return _calendar(calendar.feed([meeting], name=str(meeting.board)), 'attachment; filename="meeting.ics"')


@require_safe
def meetings_atom(request: HttpRequest) -> HttpResponse:
    """The meetings that everybody may read of: those to come, then the last ones."""
    place = the_place()
    public = Public()
    coming = list(queries.listing(public, "upcoming")[:IN_A_FEED])
    past = list(queries.listing(public, "past")[: IN_A_FEED - len(coming)]) if len(coming) < IN_A_FEED else []
    return atom_response(
        identifier=tag_address("meetings", ""),
        title=_("Meetings of partnership boards"),
        subtitle=_("Public meetings: when they are, their agendas and papers"),
        link=settings.BASE_URL + reverse("meetings"),
        own_link=settings.BASE_URL + reverse("meetings-atom"),
        author=place.name if place else "Golden Thread",
        entries=[_entry(each) for each in [*coming, *[each for each in past if each not in coming]]],
    )


def _entry(meeting: Any) -> FeedEntry:
    title = calendar.named(meeting)
    if meeting.status == "cancelled":
        title = _("Cancelled: %(title)s") % {"title": title}
    facts = [when(meeting), meeting.venue]
    if meeting.agenda_published_at:
        facts.append(_("The agenda is published."))
    moments = (
        meeting.created_at,
        meeting.called_at,
        meeting.agenda_published_at,
        meeting.closed_at,
        meeting.cancelled_at,
    )
    return FeedEntry(
        identifier=tag_address("meeting", str(meeting.uuid)),
        title=title,
        link=settings.BASE_URL + meeting.get_absolute_url(),
        summary=". ".join(filter(None, facts)),
        updated=max(filter(None, moments)),
        author=str(meeting.board),
    )


def _calendar(content: str, disposition: str) -> HttpResponse:
    return HttpResponse(content, content_type=ICS, headers={"Content-Disposition": disposition})
