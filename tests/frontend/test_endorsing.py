"""Endorsing a framework on the pages: the register, asking many, one's own word, local words, the review."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.collaboration.initiatives.world import World
from tests.frontend.reading import vale
from vision.frameworks import services
from vision.frameworks.models import Endorsement, Framework, ReviewedProgramme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    """That officers need one is shown elsewhere."""
    settings.REQUIRE_MFA = "none"


@pytest.fixture
def world() -> World:
    return vale().world


@pytest.fixture
def vision(world: World) -> Framework:
    return Framework.objects.get(key="vision")


def client(world: World, role: str) -> Client:
    found = Client()
    found.force_login(world[role].who)
    return found


def at(name: str = "endorsements") -> str:
    return reverse(name, args=["vision"])


def endorse(world: World, body: str, vision: Framework) -> Endorsement:
    return services.endorse(
        actor=world["system"],
        framework=vision,
        organisation=world.bodies[body],
        endorsed_on=date(2026, 6, 1),
        lead_office="Leader",
    )


DECISION = {
    "version": "0",
    "endorsed_on-day": "1",
    "endorsed_on-month": "6",
    "endorsed_on-year": "2026",
    "minute_reference": "C/26/4",
}


def test_a_lead_endorses_corrects_and_withdraws(world, vision):
    lead = client(world, "owner:lead")
    assert "We endorse this" in lead.get(at("endorsement-mine")).content.decode()
    assert lead.post(at("endorsement-mine"), DECISION).status_code == 302
    register = Client().get(at()).content.decode()
    assert world.bodies["owner"].name in register
    assert "C/26/4" in register
    late = lead.post(at("endorsement-mine"), {**DECISION, "minute_reference": "mine too"})
    assert late.status_code == 422
    assert "changed this meanwhile" in late.content.decode()
    assert "mine too" in late.content.decode(), "nothing that was typed is lost"
    wrong = lead.post(at("endorsement-mine"), {**DECISION, "endorsed_on-month": "13", "link": "ftp://x"})
    assert "must be a real date" in wrong.content.decode()
    row = Endorsement.objects.get()
    answer = lead.post(at("endorsement-refuse"), {"version": row.version, "reason": "A new council"})
    assert answer.status_code == 302
    assert "Withdrawn" in Client().get(at()).content.decode()


def test_an_officer_asks_many_and_is_told_how_many_before(world, vision):
    officer = client(world, "other:officer")
    chosen = [str(world.bodies[body].pk) for body in ("owner", "partner")]
    sure = officer.post(at("endorsement-ask"), {"organisations": chosen})
    assert "This will email 2 organisations" in sure.content.decode()
    assert not Endorsement.objects.exists(), "nothing is asked before it is confirmed"
    assert "Choose at least one" in officer.post(at("endorsement-ask"), {}).content.decode()
    done = officer.post(at("endorsement-ask"), {"organisations": ",".join(chosen), "confirmed": "yes"}, follow=True)
    assert "2 organisations were asked." in done.content.decode()
    assert Endorsement.objects.filter(status="asked").count() == 2
    assert world.bodies["owner"].name not in Client().get(at()).content.decode().split("<main")[1]
    assert "was asked to endorse this" in client(world, "owner:member").get(at()).content.decode()
    again = officer.post(at("endorsement-ask"), {"organisations": ",".join(chosen), "confirmed": "yes"}, follow=True)
    assert "0 organisations were asked." in again.content.decode()


def test_local_words_are_read_where_the_ambition_and_the_organisation_are(world, vision):
    row = endorse(world, "owner", vision)
    element = world.ground.elements["V-A1"]
    lead = client(world, "owner:lead")
    field = f"element-{element.pk}"
    assert "Live well for longer" in lead.get(at("endorsement-translations")).content.decode()
    sent = lead.post(at("endorsement-translations"), {"version": row.version, field: "Buses <b>to</b> the clinic"})
    assert sent.status_code == 302
    for page in (reverse("ambition", args=[element.slug]), world.bodies["owner"].get_absolute_url()):
        assert "Buses &lt;b&gt;to&lt;/b&gt; the clinic" in Client().get(page).content.decode()
    stale = lead.post(at("endorsement-translations"), {"version": row.version, field: "Late words"})
    assert "Late words" in stale.content.decode()
    long = lead.post(at("endorsement-translations"), {"version": row.version + 1, field: "x" * 2001})
    assert long.status_code == 422


def test_programmes_are_listed_taken_off_and_the_review_is_done(world, vision):
    endorse(world, "owner", vision)
    member = client(world, "owner:member")
    early = member.post(at("endorsement-review"), {"finish": "yes"})
    assert "List at least one programme" in early.content.decode()
    assert "Choose keep, change or stop" in member.post(at("endorsement-review"), {"title": "Buses"}).content.decode()
    for title in ("Bus passes", "Leaflets"):
        member.post(at("endorsement-review"), {"title": title, "verdict": "keep"})
    member.post(at("endorsement-review"), {"remove": str(ReviewedProgramme.objects.get(title="Leaflets").pk)})
    page = member.get(at("endorsement-review")).content.decode()
    assert "Bus passes" in page
    assert "Leaflets" not in page
    assert member.post(at("endorsement-review"), {"finish": "yes"}).status_code == 302
    assert Endorsement.objects.get().reviewed_on is not None
    assert "Bus passes" not in client(world, "partner:lead").get(at()).content.decode()


def test_what_waits_is_on_your_work(world, vision):
    services.ask(actor=world["system"], framework=vision, organisations=[world.bodies["owner"]])
    asked = "Does your organisation endorse"
    assert asked in client(world, "owner:approver").get(reverse("my-home")).content.decode()
    assert asked not in client(world, "owner:member").get(reverse("my-home")).content.decode()
    row = endorse(world, "owner", vision)
    review = "Which of your programmes serve"
    assert review in client(world, "owner:member").get(reverse("my-home")).content.decode()
    assert review not in client(world, "partner:lead").get(reverse("my-home")).content.decode()
    services.add_programme(actor=world["system"], endorsement=row, title="Buses", verdict="keep")
    services.finish_review(actor=world["system"], endorsement=row)
    assert review not in client(world, "owner:member").get(reverse("my-home")).content.decode()


def test_the_feed_tells_the_latest_word_first(world, vision):
    endorse(world, "owner", vision)
    row = endorse(world, "partner", vision)
    services.ask(actor=world["system"], framework=vision, organisations=[world.bodies["other"]])
    services.withdraw(
        actor=world["system"],
        framework=vision,
        organisation=row.organisation,
        reason="CANARY",
        version=row.version,
    )
    answer = Client().get(at("endorsements-atom"))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("application/atom+xml")
    first, second = f"{row.organisation.name} no longer endorses it", f"{world.bodies['owner'].name} endorses it"
    assert 0 < text.index(first) < text.index(second)
    assert "Decided on 1 June 2026." in text
    assert world.bodies["other"].name not in text
    assert "CANARY" not in text
    assert at("endorsements-atom") in Client().get(at()).content.decode()
    assert Client().get(reverse("endorsements-atom", args=["nothing"])).status_code == 404


def test_pages_cost_the_same_for_one_endorsement_and_for_three(world, vision):
    element = world.ground.elements["V-A1"]
    pages = (at(), reverse("ambition", args=[element.slug]))
    reader = Client()
    counts: list[list[int]] = []
    for bodies in (("owner",), ("partner", "other")):
        for body in bodies:
            row = endorse(world, body, vision)
            services.translate(actor=world["system"], endorsement=row, words={element.pk: f"For {body}"})
        counts.append([])
        for page in pages:
            reader.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert reader.get(page).status_code == 200
            counts[-1].append(len(queries))
    assert counts[0] == counts[1]
