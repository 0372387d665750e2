"""An invitation to a meeting is not answered, and the meeting comes near."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import meetings as queries
from collaboration.governance.queries import reminding_meetings as reading
from collaboration.governance.queries.told import seated
from notifications.kinds.registry import address
from notifications.reminders.meetings import facts, spoken_of
from notifications.reminders.registry import Guest, Matter, Reminder, Step, day_of
from notifications.services.queueing import root_of

STEPS = (Step(-7), Step(-2))
AHEAD = timedelta(days=21)


def find(at: datetime, only: Collection[int] | None) -> Iterator[Matter]:
    for meeting in reading.unanswered(at, at + AHEAD, only=only):
        if not meeting.silent:
            continue
        there = set(seated(meeting, day_of(meeting.starts_at)).values_list("person", flat=True))
        people = [
            each.person_id
            for each in meeting.silent
            if each.person is not None and (each.seat_id is None or each.person_id in there)
        ]
        guests = [each for each in meeting.silent if each.person is None]
        yield Matter(
            subject=f"meeting:{meeting.pk}",
            occasion=meeting.starts_at.strftime("%Y-%m-%dT%H:%M"),
            began=day_of(meeting.starts_at),
            asks=_("Are you coming to %(meeting)s?") % {"meeting": spoken_of(meeting)},
            facts=facts(meeting),
            path=f"/meetings/{meeting.uuid}/answer/",
            label=_("Answer the invitation"),
            people=tuple(people),
            because=_("you are invited to it"),
            guests=tuple(
                Guest(email=each.email, link=address(f"/meetings/rsvp/{queries.invitation_token(each)}/"))
                for each in guests
            ),
            headers=root_of("meeting", meeting.uuid),
        )


Reminder(
    name="meeting.unanswered",
    title=gettext_lazy("Invitations to meetings without an answer"),
    when=gettext_lazy("A week and two days before a meeting. Everybody is told who was invited and has not answered."),
    steps=STEPS,
    find=find,
    towards=True,
)
