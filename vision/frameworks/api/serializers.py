"""The shapes of frameworks and elements in the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from vision.frameworks.models import Element, Endorsement, Framework
from vision.frameworks.queries import Link


class FrameworkSerializer(serializers.Serializer[Any]):
    key = serializers.SlugField(help_text="Its identifier. It never changes.")
    title = serializers.CharField()
    part = serializers.ChoiceField(
        choices=["", *Framework.Part.values],
        help_text="The part it plays here: the shared vision, the building blocks, the recommendations to the place, "
        "or none in particular.",
    )
    kind = serializers.CharField(help_text="What sort of document it is, as the place's catalogue says.")
    owner = serializers.SlugField(allow_null=True, help_text="The organisation that owns it; null: not stated.")
    period_from = serializers.IntegerField(allow_null=True, help_text="The year it begins; null: not stated.")
    period_to = serializers.IntegerField(allow_null=True, help_text="The year it ends; null: not stated.")
    summary = serializers.CharField(help_text="Empty: not stated.")
    address = serializers.URLField(help_text="Its page.")


class FrameworkDetailSerializer(FrameworkSerializer):
    also_called = serializers.ListField(child=serializers.CharField())
    launched_on = serializers.DateField(allow_null=True)
    adopted_on = serializers.DateField(allow_null=True)
    withdrawn_on = serializers.DateField(allow_null=True, help_text="The day it was withdrawn; null: it is in force.")
    elements = serializers.URLField(help_text="Where its elements are listed.")


class ElementSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Its identifier, the same in every list and filter.")
    title = serializers.CharField(allow_null=True, help_text="null: the source does not state it.")
    kind = serializers.CharField(help_text="ambition, strand, building block, recommendation, principle, …")
    framework = serializers.SlugField(help_text="The key of the framework it belongs to.")
    parent = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="The code of the element it stands below; null at the top."
    )
    summary = serializers.CharField(allow_null=True, help_text="null: the source does not state it.")
    address = serializers.URLField(help_text="The page of the golden thread through it.")


class LinkSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="The kind of relation, such as `serves`.")
    reason = serializers.CharField(help_text="Why, where it is stated.")
    direction = serializers.ChoiceField(
        choices=["out", "in"], help_text="`out`: this element states the relation; `in`: the other one does."
    )
    element = serializers.CharField(allow_null=True, help_text="The other element; null when it is a whole framework.")
    framework = serializers.SlugField(help_text="The framework at the other end.")


class ElementDetailSerializer(ElementSerializer):
    above = serializers.ListField(
        child=serializers.CharField(), help_text="The codes above it, from the top of its framework down."
    )
    links = LinkSerializer(many=True, help_text="How it relates to elements of other frameworks.")
    withdrawn_on = serializers.DateField(allow_null=True, help_text="The day it was withdrawn; null: it is in force.")


class LocalWordsSerializer(serializers.Serializer[Any]):
    element = serializers.CharField(help_text="The code of the element.")
    words = serializers.CharField(help_text="What it means there, in the organisation's words.")


class EndorsementSerializer(serializers.Serializer[Any]):
    framework = serializers.SlugField(help_text="The key of the framework.")
    organisation = serializers.SlugField()
    status = serializers.ChoiceField(choices=["endorsed", "withdrawn"])
    endorsed_on = serializers.DateField(allow_null=True, help_text="The day of the decision; null: not stated.")
    minute_reference = serializers.CharField(help_text="Empty: not stated.")
    minute = serializers.CharField(help_text="Where the minute can be read. Empty: not stated.")
    lead_office = serializers.CharField(help_text="The office that leads on it there. Empty: not stated.")
    translations = LocalWordsSerializer(many=True, help_text="What its parts mean there; none once it is withdrawn.")
    address = serializers.URLField(help_text="The register's page.")


def framework_record(of: Framework) -> dict[str, Any]:
    """A framework as lists show it. Reads its owner."""
    return {
        "key": of.key,
        "title": of.title,
        "part": of.part,
        "kind": of.kind,
        "owner": of.owner.slug if of.owner else None,
        "period_from": of.period_from,
        "period_to": of.period_to,
        "summary": of.summary,
        "address": settings.BASE_URL + of.get_absolute_url(),
    }


def framework_detail(of: Framework) -> dict[str, Any]:
    return {
        **framework_record(of),
        "also_called": [str(each) for each in of.also_called],
        "launched_on": of.launched_on,
        "adopted_on": of.adopted_on,
        "withdrawn_on": of.withdrawn_on,
        "elements": f"{settings.BASE_URL}{reverse('api-elements')}?framework={of.key}",
    }


def element_record(of: Element) -> dict[str, Any]:
    """An element as lists show it. Reads its framework and its parent."""
    return {
        "code": of.code,
        "title": of.title,
        "kind": of.kind,
        "framework": of.framework.key,
        "parent": of.parent.code if of.parent else None,
        "summary": of.summary,
        "address": settings.BASE_URL + reverse("thread-element", args=[of.code]),
    }


def element_detail(of: Element, above: list[Element], links: list[Link]) -> dict[str, Any]:
    return {
        **element_record(of),
        "above": [each.code for each in above],
        "links": [
            {
                "kind": link.kind,
                "reason": link.reason,
                "direction": "out" if link.outward else "in",
                "element": link.element.code if link.element else None,
                "framework": link.framework.key,
            }
            for link in links
        ],
        "withdrawn_on": of.withdrawn_on,
    }


def endorsement_record(of: Endorsement) -> dict[str, Any]:
    """An organisation's word on a framework as the public register tells it. Reads its ``translations``."""
    return {
        "framework": of.framework.key,
        "organisation": of.organisation.slug,
        "status": of.status,
        "endorsed_on": of.endorsed_on,
        "minute_reference": of.minute_reference,
        "minute": of.link,
        "lead_office": of.lead_office,
        "translations": [
            {"element": each.element.code, "words": each.words} for each in of.translations.all() if of.is_endorsed
        ],
        "address": settings.BASE_URL + reverse("endorsements", args=[of.framework.key]),
    }
