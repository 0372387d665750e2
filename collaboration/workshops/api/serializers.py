"""The shapes in which the API tells of workshops. What is empty or null is not stated, or not told to whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from collaboration.initiatives import queries as register
from collaboration.workshops import queries
from collaboration.workshops.models import Participation, Workshop, WorkshopInvitation
from collaboration.workshops.rules import own_participation
from groundwork.access.actors import Actor
from groundwork.access.rules import can

Absolute = Callable[[str], str]
_STATES = ["not_open", "join", "waiting", "in", "locked", "removed", "over"]


class WorkshopSerializer(serializers.Serializer[Any]):
    """One workshop as lists give it."""

    id = serializers.UUIDField(help_text="It never changes.")
    code = serializers.CharField(help_text="By which people join.")
    title = serializers.CharField()
    purpose = serializers.CharField(help_text="Empty: not stated.")
    host = serializers.SlugField(help_text="The organisation that holds it.")
    template = serializers.CharField(help_text="What it was made from.")
    status = serializers.ChoiceField(choices=list(Workshop.Status.values))
    visibility = serializers.ChoiceField(choices=list(Workshop.Visibility.values))
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    venue = serializers.CharField(help_text="Empty: not stated.")
    rehearsal = serializers.BooleanField()
    locked = serializers.BooleanField(help_text="Nobody new may join.")
    people = serializers.IntegerField(help_text="How many take part.")
    address = serializers.URLField(help_text="Its page.")


class PlannedStageSerializer(serializers.Serializer[Any]):
    stage = serializers.IntegerField(help_text="0 lobby … 7 close.")
    name = serializers.CharField()
    minutes = serializers.IntegerField(help_text="0: no timing.")
    note = serializers.CharField(help_text="For its organisers alone; empty for everybody else.")


class PlannedColumnSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    prompt = serializers.CharField()


class RulesSerializer(serializers.Serializer[Any]):
    names = serializers.ChoiceField(choices=["shown", "hidden"])
    budget = serializers.IntegerField()
    most = serializers.IntegerField()
    totals = serializers.ChoiceField(choices=["shown", "hidden"])
    grouping = serializers.ChoiceField(choices=["everyone", "facilitator"])


class YouSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=_STATES, help_text="What opening it would give you.")
    key = serializers.CharField(help_text="Who you are on its board. Empty: you have not joined.")
    role = serializers.ChoiceField(choices=["", *Participation.Role.values])
    name = serializers.CharField(help_text="Empty: without a name.")


class HeadsSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField()
    admitted = serializers.IntegerField()
    removed = serializers.IntegerField()
    left = serializers.IntegerField()


class WaysInSerializer(serializers.Serializer[Any]):
    link = serializers.URLField(help_text="What the QR code holds. Whoever has it may join.")
    heads = HeadsSerializer()


class KeepingSerializer(serializers.Serializer[Any]):
    keep_until = serializers.DateField(allow_null=True, help_text="When what was said is removed; null: not yet.")
    on_hold = serializers.BooleanField(help_text="Kept, whatever that date says.")
    feedback_question = serializers.CharField()
    has_lobby = serializers.BooleanField()
    sensitive = serializers.BooleanField()
    next_on = serializers.DateField(allow_null=True)
    next_text = serializers.CharField()
    next_told = serializers.DateTimeField(allow_null=True)


class WorkshopDetailSerializer(WorkshopSerializer):
    """One workshop with what its page shows to whoever asks."""

    version = serializers.IntegerField(help_text="Grows with every change. The `ETag` is made of it.")
    prompt = serializers.CharField(help_text="The question on the board.")
    link = serializers.CharField(help_text="The video call. Empty: none, or you do not take part.")
    rehearses = serializers.UUIDField(allow_null=True, help_text="The workshop this is a rehearsal of.")
    cancelled_reason = serializers.CharField()
    opened = serializers.DateTimeField(allow_null=True)
    reported = serializers.DateTimeField(allow_null=True)
    plan = PlannedStageSerializer(many=True)
    columns = PlannedColumnSerializer(
        many=True, help_text="As planned. Once it is open, the board’s own are what counts."
    )
    rules = RulesSerializer(help_text="As planned.")
    frameworks = serializers.ListField(child=serializers.CharField())
    elements = serializers.ListField(child=serializers.CharField())
    initiatives = serializers.ListField(child=serializers.CharField(), help_text="Those you may see.")
    you = YouSerializer(allow_null=True, help_text="Null without a token.")
    ways_in = WaysInSerializer(allow_null=True, help_text="For those who run it; null for everybody else.")
    organising = KeepingSerializer(allow_null=True, help_text="For its organisers; null for everybody else.")


class TemplateSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    purpose = serializers.CharField()
    prompt = serializers.CharField()
    minutes = serializers.IntegerField(help_text="The length of its whole plan.")
    columns = PlannedColumnSerializer(many=True)
    plan = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Stage and minutes of each, in order.",
    )
    rules = RulesSerializer()


class TemplatesSerializer(serializers.Serializer[Any]):
    results = TemplateSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Always null: this list is told whole.")


class ParticipantSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="Who they are on the board of this workshop, and of no other.")
    name = serializers.CharField(help_text="Empty: without a name.")
    organisation = serializers.CharField(help_text="By name, as it is in the directory or as they typed it.")
    role = serializers.ChoiceField(choices=list(Participation.Role.values))
    status = serializers.ChoiceField(choices=list(Participation.Status.values))
    guest = serializers.BooleanField(help_text="Without an account.")


class InvitationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=list(Participation.Role.values))
    answer = serializers.ChoiceField(choices=list(WorkshopInvitation.Answer.values), help_text="Empty: none yet.")
    sent = serializers.DateTimeField()
    expires = serializers.DateTimeField()
    used = serializers.DateTimeField(allow_null=True)
    withdrawn = serializers.DateTimeField(allow_null=True)


class InvitedSerializer(serializers.Serializer[Any]):
    """What inviting did. Addresses are those that were sent."""

    mails = serializers.IntegerField(help_text="How many are mailed.")
    new = serializers.ListField(child=serializers.CharField())
    again = serializers.ListField(child=serializers.CharField(), help_text="Whose invitation had ended: a new one.")
    known = serializers.ListField(
        child=serializers.CharField(), help_text="Who holds one that works, or takes part: nothing is sent."
    )
    later = serializers.ListField(
        child=serializers.CharField(), help_text="Who was mailed three times in the last day: nothing is sent."
    )


class AddedSerializer(serializers.Serializer[Any]):
    participant = ParticipantSerializer(allow_null=True, help_text="Who is on the team now.")
    invitation = InvitationSerializer(allow_null=True, help_text="Somebody without an account is invited.")


class JoinedSerializer(serializers.Serializer[Any]):
    workshop = WorkshopDetailSerializer()
    new = serializers.BooleanField(help_text="False: you had joined before.")


class CountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()


def _at(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment is not None else None


def workshop_record(workshop: Workshop, people: int, absolute: Absolute) -> dict[str, Any]:
    return {
        "id": str(workshop.uuid),
        "code": workshop.code,
        "title": workshop.title,
        "purpose": workshop.purpose,
        "host": workshop.host.slug,
        "template": workshop.template,
        "status": workshop.status,
        "visibility": workshop.visibility,
        "starts_at": _at(workshop.starts_at),
        "ends_at": _at(workshop.ends_at),
        "venue": workshop.venue,
        "rehearsal": workshop.is_rehearsal,
        "locked": workshop.locked,
        "people": people,
        "address": absolute(workshop.get_absolute_url()),
    }


def detail_record(actor: Actor, workshop: Workshop, absolute: Absolute) -> dict[str, Any]:
    """Everything about a workshop, which ``actor`` sees, that its page shows them."""
    own = own_participation(actor, workshop)
    edits, runs = bool(can(actor, "workshop.edit", workshop)), bool(can(actor, "workshop.run", workshop))
    inside = edits or (own is not None and own.status == Participation.Status.ADMITTED)
    heads = queries.heads(workshop)
    names = {number: str(label) for number, label, _meaning in queries.STAGES}
    return {
        **workshop_record(workshop, heads.admitted, absolute),
        "version": workshop.version,
        "prompt": workshop.prompt,
        "link": workshop.link if inside else "",
        "rehearses": str(workshop.rehearses.uuid) if workshop.rehearses is not None else None,
        "cancelled_reason": workshop.cancelled_reason,
        "opened": _at(workshop.opened_at),
        "reported": _at(workshop.reported_at),
        "plan": [
            {
                "stage": each.stage,
                "name": names[each.stage],
                "minutes": each.minutes,
                "note": each.note if edits else "",
            }
            for each in queries.plan_of(workshop)
        ],
        "columns": [{"title": each["title"], "prompt": each.get("prompt", "")} for each in workshop.columns],
        "rules": {name: getattr(workshop, name) for name in ("names", "budget", "most", "totals", "grouping")},
        "frameworks": list(workshop.frameworks.order_by("key").values_list("key", flat=True)),
        "elements": list(workshop.elements.order_by("code").values_list("code", flat=True)),
        "initiatives": list(
            register.visible_to(actor)
            .filter(workshops=workshop)
            .order_by("reference")
            .values_list("reference", flat=True)
        ),
        "you": _you(actor, workshop, own),
        "ways_in": {"link": absolute(_joining(workshop)), "heads": asdict(heads)} if runs else None,
        "organising": _organising(workshop) if edits else None,
    }


def _joining(workshop: Workshop) -> str:
    return reverse("join-by-link", args=[workshop.code, queries.link_token(workshop)])


def _you(actor: Actor, workshop: Workshop, own: Participation | None) -> dict[str, Any] | None:
    if actor.person is None:
        return None
    return {
        "state": queries.joining_state(workshop, own),
        "key": own.key if own is not None else "",
        "role": own.role if own is not None else "",
        "name": own.name if own is not None else "",
    }


def _organising(workshop: Workshop) -> dict[str, Any]:
    return {
        "keep_until": workshop.keep_until,
        "on_hold": workshop.on_hold,
        "feedback_question": workshop.feedback_question,
        "has_lobby": workshop.has_lobby,
        "sensitive": workshop.sensitive,
        "next_on": workshop.next_on,
        "next_text": workshop.next_text,
        "next_told": _at(workshop.next_told_at),
    }


def template_record(of: queries.Template) -> dict[str, Any]:
    return {
        "key": of.key,
        "title": of.title,
        "purpose": of.purpose,
        "prompt": of.prompt,
        "minutes": of.minutes,
        "columns": [asdict(column) for column in of.columns],
        "plan": [list(each) for each in of.plan],
        "rules": asdict(of.rules),
    }


def participant_record(of: Participation) -> dict[str, Any]:
    """Somebody as those who run the workshop know them. Where the report is sent is told to nobody."""
    return {
        "key": of.key,
        "name": of.name,
        "organisation": of.organisation.name if of.organisation is not None else of.organisation_name,
        "role": of.role,
        "status": of.status,
        "guest": of.is_guest,
    }


def invitation_record(of: WorkshopInvitation) -> dict[str, Any]:
    return {
        "id": of.pk,
        "email": of.email,
        "name": of.name,
        "role": of.role,
        "answer": of.answer,
        "sent": _at(of.created_at),
        "expires": _at(of.expires_at),
        "used": _at(of.used_at),
        "withdrawn": _at(of.revoked_at),
    }
