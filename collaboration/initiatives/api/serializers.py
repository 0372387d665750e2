"""The shapes in which the API tells of initiatives. What is empty or null is not stated."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from collaboration.initiatives.models import Partner, Scale, Stage, Update, Visibility
from collaboration.initiatives.queries import InitiativeDetail, ShownPartner, TimelineEntry


def codes(words: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=words)


@extend_schema_field({"type": ["number", "null"], "minimum": 0})
class Pounds(serializers.Field[Any, Any, Any, Any]):
    """A sum of money in pounds as a JSON number."""


@extend_schema_field({"type": "object", "additionalProperties": True})
class Labels(serializers.Field[Any, Any, Any, Any]):
    """Labels of a source by the name they have there."""


class InitiativeSerializer(serializers.Serializer[Any]):
    """One initiative as lists give it: the columns of the dictionary at `/api/v1/columns/`, with codes for names."""

    ref = serializers.CharField(help_text="The reference of the initiative. It never changes.")
    title = serializers.CharField()
    summary = serializers.CharField(help_text="Empty: not stated.")
    stage = serializers.ChoiceField(choices=["", *Stage.values], help_text="How far it is; empty: not stated.")
    lead = serializers.SlugField(allow_null=True, help_text="The organisation that leads it; null: not stated.")
    partners = serializers.ListField(
        child=serializers.SlugField(), help_text="The other organisations in it, by their slugs."
    )
    strands = codes("The strands of the vision, or whole ambitions, it contributes to; the main ones first.")
    blocks = codes("The building blocks of working together it strengthens.")
    areas = codes("The areas where it happens, by their official (GSS) codes.")
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    money = Pounds(help_text="All stated funding together, in pounds sterling; null: not stated.")
    contact = serializers.CharField(help_text="The role to contact; never a name. Empty: not stated.")
    contact_email = serializers.CharField(help_text="The email address of that role. Empty: not stated.")
    source = serializers.CharField(help_text="The document and row it was found in.")  # type: ignore[assignment]
    original_labels = Labels(help_text="Labels exactly as that source prints them.")
    difference = serializers.CharField(help_text="What difference it should make. Empty: not stated.")
    scale = serializers.ChoiceField(choices=["", *Scale.values], help_text="How far it reaches; empty: not stated.")
    participation = serializers.CharField(help_text="How people take part in it. Empty: not stated.")
    ambitions = codes("The ambitions its strands belong to.")
    principles = codes("The principles it says it follows.")
    elements = codes("What else of any framework it answers to: commitments, recommendations, …")
    verified = serializers.DateField(
        allow_null=True, help_text="The day somebody last said that the record is still accurate."
    )
    published = serializers.DateField(allow_null=True, help_text="The day it was published.")
    changed = serializers.DateTimeField(help_text="When the record last changed, by the clock of the place.")
    visibility = serializers.ChoiceField(
        choices=Visibility.values,
        help_text="Who can see it: everyone, partners who are signed in, or only its owner and lead.",
    )
    exemplar = serializers.BooleanField(help_text="Whether a partnership officer marked it as good practice.")
    address = serializers.URLField(help_text="Its page.")


class MainStrandSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    contribution = serializers.CharField(help_text="One sentence: what it adds to this. Empty: not stated.")


class PartnershipSerializer(serializers.Serializer[Any]):
    organisation = serializers.SlugField()
    name = serializers.CharField(help_text="As the source prints it, for what a source says; else its name.")
    role = serializers.ChoiceField(choices=["", *Partner.Role.values], help_text="Empty: not stated.")
    contribution = serializers.CharField(help_text="Empty: not stated.")
    is_group = serializers.BooleanField(help_text="A group of organisations: nobody is asked to confirm for it.")
    confirmed = serializers.BooleanField(help_text="Whether the organisation itself has said that it takes part.")
    asked = serializers.BooleanField(help_text="Whether its answer is waited for. Told to partners only.")
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


class FundingSerializer(serializers.Serializer[Any]):
    amount = Pounds(help_text="In pounds sterling; null: not stated.")
    source = serializers.CharField(help_text="Who gives it. Empty: not stated.")  # type: ignore[assignment]
    period_from = serializers.DateField(allow_null=True)
    period_to = serializers.DateField(allow_null=True)


class EntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    body = serializers.CharField()
    organisation = serializers.CharField(help_text="The slug of the organisation that says so. Empty: not stated.")


class UpdateSerializer(EntrySerializer):
    health = serializers.ChoiceField(choices=["", *Update.Health.values], help_text="Empty: not said.")


class AskOrOfferSerializer(EntrySerializer):
    kind = serializers.ChoiceField(choices=["ask", "offer"])
    closed = serializers.DateTimeField(allow_null=True, help_text="When it was met or withdrawn; null: it is open.")


class ChallengeSerializer(EntrySerializer):
    response = serializers.CharField(help_text="Empty: not answered yet.")
    responded = serializers.DateTimeField(allow_null=True)


class InitiativeDetailSerializer(InitiativeSerializer):
    """One initiative with everything its page shows to whoever asks."""

    version = serializers.IntegerField(help_text="Grows with every change. The `ETag` is made of it.")
    owner = serializers.SlugField(
        allow_null=True, help_text="The organisation that registered and keeps it; null: it came with the place."
    )
    intended_visibility = serializers.ChoiceField(
        choices=["partners", "public"], help_text="Who will see it when it is published."
    )
    main_strands = MainStrandSerializer(many=True)
    partnerships = PartnershipSerializer(many=True, help_text="The lead first, where it was asked to confirm.")
    funding = FundingSerializer(many=True)
    exemplar_reason = serializers.CharField(help_text="Why it is good practice. Empty: it is not marked.")
    withdrawn = serializers.DateTimeField(allow_null=True, help_text="When it was withdrawn; null: it is live.")
    health = serializers.ChoiceField(choices=["", *Update.Health.values], help_text="As last said. Empty: never.")
    updates = UpdateSerializer(many=True, help_text="How it is going, the newest first.")
    learning = EntrySerializer(many=True, help_text="What was learned, the newest first.")
    asks_and_offers = AskOrOfferSerializer(many=True)
    challenges = ChallengeSerializer(many=True, help_text="Questions of scrutiny, with the answers.")


def detail_record(record: dict[str, Any], of: InitiativeDetail) -> dict[str, Any]:
    """A record with what only its page shows. No names of people: the API tells what organisations say."""
    initiative = of.initiative
    partners = [each for each in (of.lead_partner, *of.partners) if each is not None]
    return {
        **record,
        "version": initiative.version,
        "owner": initiative.owner.slug if initiative.owner else None,
        "intended_visibility": initiative.intended_visibility,
        "main_strands": [{"code": each.element.code, "contribution": each.contribution} for each in of.main],
        "partnerships": [_partnership(each) for each in partners],
        "funding": [
            {
                "amount": None if line.amount is None else float(line.amount),
                "source": line.source_organisation.slug if line.source_organisation else line.source_name,
                "period_from": line.period_from,
                "period_to": line.period_to,
            }
            for line in of.funding
        ],
        "exemplar_reason": initiative.exemplar_reason,
        "withdrawn": initiative.withdrawn_at,
        "health": of.health,
        "updates": [{**_entry(each), "health": each.health} for each in of.updates],
        "learning": [_entry(each) for each in of.learning],
        "asks_and_offers": [
            {**_entry(each), "kind": each.kind, "closed": each.done_at} for each in (*of.asks, *of.offers)
        ],
        "challenges": [
            {**_entry(each), "response": each.response, "responded": each.done_at} for each in of.challenges
        ],
    }


def _partnership(of: ShownPartner) -> dict[str, Any]:
    return {
        "organisation": of.organisation.slug,
        "name": of.name,
        "role": of.role,
        "contribution": of.contribution,
        "is_group": of.is_group,
        "confirmed": of.is_confirmed,
        "asked": of.is_asked,
        "since": of.since,
        "until": of.until,
    }


def _entry(of: TimelineEntry) -> dict[str, Any]:
    return {"at": of.at, "body": of.body, "organisation": of.organisation_slug}
