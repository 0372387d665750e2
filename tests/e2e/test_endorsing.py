"""A framework is put to organisations, endorsed, said in local words, and followed up: in a real browser."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from groundwork.audit.services.sealing import seal_all
from tests.e2e.browsers import assert_accessible, assert_fits
from tests.groundwork.directory.town import Town, acting
from vision.frameworks.models import Element, Framework

SIZES = [(1280, 900), (360, 740)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_ask_endorse_say_it_locally_review_and_look_at_what_was_done(
    open_browser: Any, sign_in: Any, settings: Any, width: int, height: int
) -> None:
    settings.REQUIRE_MFA = "none"
    town = Town()
    vision = Framework.objects.create(key="vision", title="Vision of the Vale", part="vision", kind="vision")
    Element.objects.create(framework=vision, code="V-A1", slug="v-a1", kind="ambition", title="Live well", order=1)

    def fine(page: Any) -> None:
        assert_accessible(page)
        assert_fits(page)

    officer = open_browser(width=width, height=height)
    sign_in(officer, acting(town.convening, "officer").who)
    officer.goto("/frameworks/vision/endorsements/")
    fine(officer)
    officer.get_by_role("link", name="Ask organisations to endorse it").click()
    officer.get_by_label(town.council.name).check()
    fine(officer)
    officer.get_by_role("button", name="Continue").click()
    expect(officer.locator("main")).to_contain_text("This will email 1 organisation")
    fine(officer)
    officer.get_by_role("button", name="Ask them").click()
    expect(officer.locator("main")).to_contain_text("Asked")

    lead = open_browser(width=width, height=height)
    sign_in(lead, acting(town.council).who)
    lead.goto("/frameworks/vision/endorsements/mine/")
    fine(lead)
    today = date.today()
    for part, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        lead.get_by_label(part, exact=True).fill(str(value))
    lead.get_by_label("Minute reference").fill("C/26/14")
    lead.get_by_role("button", name="We endorse this").click()
    fine(lead)
    lead.get_by_role("link", name="What it means for you").click()
    fine(lead)
    lead.get_by_label("Live well").fill("A bus to the clinic.")
    lead.get_by_role("button", name="Save").click()
    lead.get_by_role("link", name="Review of your programmes").click()
    fine(lead)
    lead.get_by_label("Name of the programme").fill("Bus passes")
    lead.get_by_label("Keep it as it is").check()
    lead.get_by_role("button", name="Add it").click()
    expect(lead.locator("main")).to_contain_text("Bus passes")
    fine(lead)
    lead.get_by_role("button", name="The review is done").click()
    expect(lead.locator("main")).to_contain_text("Done on")

    lead.goto("/ambitions/v-a1/")
    expect(lead.locator("main")).to_contain_text("A bus to the clinic.")
    fine(lead)
    lead.goto("/frameworks/vision/endorsements/")
    expect(lead.locator("main")).to_contain_text("C/26/14")
    fine(lead)
    seal_all()
    lead.goto(f"/organisations/{town.council.slug}/acts/")
    expect(lead.locator("main")).to_contain_text("Endorsement: finish review")
    fine(lead)
    officer.goto("/manage/audit/")
    expect(officer.locator("main")).to_contain_text("Sealed acts")
    fine(officer)
