"""The demonstration's partnership board is made as people make one, with a decision of each sort, and only once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from collaboration.governance.models import Decision, Meeting, PartnershipBoard
from goldenthread.demo.accounts import ensure_demo_accounts
from goldenthread.demo.governance import NAME, Governance
from groundwork.clock import now
from tests.collaboration.initiatives import world as worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(settings: Settings, clock: time_machine.Coordinates) -> PartnershipBoard:
    worlds.build()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mode="demo")
    ensure_demo_accounts()
    for _twice in range(2):
        Governance(at=now()).load()
    return PartnershipBoard.objects.get(name=NAME)


def test_its_register_shows_a_decision_of_each_sort(board: PartnershipBoard, client: Client) -> None:
    found = dict(Decision.objects.filter(board=board).values_list("title", "status"))
    assert found == {
        "Each family gets one welcome visit, by whoever knows it best": "made",
        "The second firm makes the shared form": "made",
        "Visits begin in January": "superseded",
        "Visits begin in March": "made",
        "Meet in each district in turn": "open",
        "One telephone number for all families": "deferred",
    }
    page = client.get("/decisions/").content.decode()
    assert "Visits begin in March" in page
    assert "The second firm" not in page, "it was decided under an exempt item"


def test_its_minutes_are_published_and_its_next_meeting_is_called(board: PartnershipBoard, client: Client) -> None:
    held, coming = Meeting.objects.filter(board=board).order_by("starts_at")
    assert (held.status, coming.status) == ("held", "called")
    minutes = client.get(f"/meetings/{held.uuid}/minutes/").content.decode()
    assert "Each family gets one welcome visit" in minutes
    assert "Two firms named their prices in confidence." in minutes
    assert "The second firm" not in minutes
