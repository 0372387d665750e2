"""The shapes in which the API tells of actions. What is empty or null is not stated, or not told to whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.utils import timezone
from rest_framework import serializers

from collaboration.actions import queries
from collaboration.actions.models import Action
from collaboration.actions.origins import Origin, origins_of
from collaboration.initiatives import queries as register
from groundwork.access.actors import Actor
from groundwork.access.rules import can

_OPEN: Final = ("unowned", "asked", "accepted")
ACTS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("accept", "answer", ("asked",)),
    ("decline", "answer", ("asked", "accepted")),
    ("claim", "claim", ("unowned", "declined")),
    ("done", "finish", _OPEN),
    ("update", "update", _OPEN),
    ("block", "block", ("asked", "accepted")),
    ("unblock", "block", _OPEN),
    ("ask", "ask", (*_OPEN, "declined")),
    ("change", "change", (*_OPEN, "declined")),
    ("drop", "drop", (*_OPEN, "declined")),
    ("reopen", "reopen", ("done", "dropped")),
)
"""What can be done, by which right, and in which states: the same as the buttons of the page."""


class OriginSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="`workshop`.")
    label = serializers.CharField(help_text="What it came from, in words.")  # type: ignore[assignment]
    address = serializers.CharField(help_text="Where that can be read. Empty: nowhere.")


class ActionSerializer(serializers.Serializer[Any]):
    """One action as lists give it."""

    ref = serializers.CharField(help_text="The reference of the action. It never changes.")
    what = serializers.CharField(help_text="What is to be done.")
    details = serializers.CharField(help_text="Empty: not stated.")
    status = serializers.ChoiceField(choices=list(Action.Status.values))
    visibility = serializers.ChoiceField(choices=list(Action.Visibility.values))
    owner = serializers.CharField(
        help_text="Who does it, or was asked to, by name. Empty: nobody, or names are not told to you."
    )
    mine = serializers.BooleanField(help_text="Whether you have it, or were asked.")
    organisation = serializers.SlugField(allow_null=True, help_text="The organisation that is to do it.")
    initiative = serializers.CharField(
        allow_null=True, help_text="The reference of the initiative it belongs to; null: none that you may see."
    )
    due_on = serializers.DateField(allow_null=True)
    late = serializers.BooleanField(help_text="Open after the day it was due.")
    blocked = serializers.CharField(help_text="What stands in its way. Empty: nothing.")
    made = serializers.DateTimeField()
    changed = serializers.DateTimeField()
    done = serializers.DateTimeField(allow_null=True)
    origin = OriginSerializer(allow_null=True, help_text="Where it was agreed; null: nowhere that you may see.")
    address = serializers.URLField(help_text="Its page.")


class ActionUpdateSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    text = serializers.CharField()
    by = serializers.CharField(help_text="Empty: not told to you, or somebody without an account.")


class ActionDetailSerializer(ActionSerializer):
    """One action with everything its page shows to whoever asks."""

    version = serializers.IntegerField(help_text="Grows with every change. The `ETag` is made of it.")
    declined_reason = serializers.CharField(help_text="Why it was declined. Empty: it was not, or nobody said.")
    evidence = serializers.CharField(help_text="What shows that it is done. Empty: not stated.")
    updates = ActionUpdateSerializer(many=True, help_text="How it is going, the newest first.")
    acts = serializers.ListField(
        child=serializers.ChoiceField(choices=[name for name, _verb, _states in ACTS]),
        help_text="What you may do with it as it is now.",
    )


Absolute = Callable[[str], str]


def records(actor: Actor, actions: Sequence[Action], absolute: Absolute) -> list[dict[str, Any]]:
    """What lists tell ``actor`` of these: two queries and one for each kind of origin, however many they are."""
    origins = origins_of(actor, actions)
    shown = _initiatives(actor, actions)
    return [record(actor, each, origins.get(each.pk), shown, absolute) for each in actions]


def _initiatives(actor: Actor, actions: Iterable[Action]) -> dict[int, str]:
    ids = {each.initiative_id for each in actions if each.initiative_id is not None}
    if not ids:
        return {}
    return dict(register.visible_to(actor).filter(pk__in=ids).values_list("pk", "reference"))


def record(
    actor: Actor, action: Action, origin: Origin | None, initiatives: dict[int, str], absolute: Absolute
) -> dict[str, Any]:
    return {
        "ref": action.reference,
        "what": action.what,
        "details": action.details,
        "status": action.status,
        "visibility": action.visibility,
        "owner": _owner(actor, action),
        "mine": bool(can(actor, "action.answer", action)),
        "organisation": action.organisation.slug if action.organisation else None,
        "initiative": initiatives.get(action.initiative_id) if action.initiative_id is not None else None,
        "due_on": action.due_on,
        "late": queries.is_late(action),
        "blocked": action.blocked_reason if action.is_blocked else "",
        "made": timezone.localtime(action.created_at),
        "changed": timezone.localtime(action.changed_at),
        "done": timezone.localtime(action.done_at) if action.done_at else None,
        "origin": {
            "kind": origin.kind,
            "label": origin.label,
            "address": absolute(origin.path) if origin.path else "",
        }
        if origin
        else None,
        "address": absolute(action.get_absolute_url()),
    }


def _owner(actor: Actor, action: Action) -> str:
    """By name, to those who may know it; an address is not told here, not even to those who typed it."""
    if not can(actor, "action.see_owner", action):
        return ""
    return str(action.owner.display_name) if action.owner is not None else action.owner_name


def detail_record(actor: Actor, action: Action, absolute: Absolute) -> dict[str, Any]:
    """Everything that the action's page shows ``actor``."""
    (told,) = records(actor, [action], absolute)
    sees = bool(can(actor, "action.see_owner", action))
    return {
        **told,
        "version": action.version,
        "declined_reason": action.declined_reason if sees else "",
        "evidence": action.evidence,
        "updates": [
            {
                "at": timezone.localtime(each.at),
                "text": each.text,
                "by": each.by.display_name if each.by and sees else "",
            }
            for each in queries.updates(action)
        ],
        "acts": [
            name
            for name, verb, states in ACTS
            if action.status in states
            and (verb != "block" or action.is_blocked == (name == "unblock"))
            and can(actor, f"action.{verb}", action)
        ],
    }
