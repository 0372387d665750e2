"""Choosing the people who may see a meeting, or one item of its agenda."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collaboration.governance.queries import meetings as queries
from collaboration.governance.services import naming
from frontend.pages.acts import GET_OR_POST, posted
from frontend.pages.convening.acting import act, found
from frontend.pages.convening.forms import NamedForm
from frontend.pages.gate import actor_of, signed_in


@signed_in
@require_http_methods(GET_OR_POST)
def meeting_named(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the whole meeting to named people alone."""
    actor, meeting = actor_of(request), found(request, uuid)
    form = NamedForm(
        posted(request),
        offered=queries.can_be_named(meeting),
        initial={"version": meeting.version},
    )
    effects = (
        [] if meeting.access == "named" else [_("So far it is for: %(who)s.") % {"who": meeting.get_access_display()}]
    )
    return act(
        request,
        meeting=meeting,
        form=form,
        do=lambda: naming.name_for_meeting(actor=actor, meeting=meeting, **form.said),
        heading=_("Who may see this meeting"),
        effects=[
            *effects,
            _("Only the people you choose, the chair and the secretaries see that it takes place."),
            _("Nobody is told by this, and no invitation is taken back."),
        ],
        button=_("Show it to them alone"),
        done=_("The meeting is for the people you chose."),
        of=meeting,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def item_named(request: HttpRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """Show one item of the agenda to named people alone."""
    actor, meeting = actor_of(request), found(request, uuid)
    shown = queries.find_item(actor, meeting, item)
    form = NamedForm(
        posted(request),
        offered=queries.can_be_named(shown),
        initial={"version": shown.version},
    )
    level = shown.get_access_display() if shown.access else meeting.get_access_display()
    effects = [] if shown.access == "named" else [_("So far it is for: %(who)s.") % {"who": level}]
    return act(
        request,
        meeting=meeting,
        form=form,
        do=lambda: naming.name_for_item(actor=actor, item=shown, **form.said),
        heading=_("Who may see “%(title)s”") % {"title": shown.title},
        effects=[
            *effects,
            _("Only the people you choose, the chair and the secretaries see this item, its papers and its minute."),
            _("Others see the agenda without it; the numbers of the other items stay."),
        ],
        button=_("Show it to them alone"),
        done=_("The item is for the people you chose."),
        of=shown,
        to=f"{reverse('meeting-plan', args=[meeting.uuid])}#agenda",
    )
