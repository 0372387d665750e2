"""A whole cycle of a partnership board in the browser, with axe on every page of it at the width of a desk and a phone.

Planned, called, answered, run by the keys, minuted, commented on, approved, published; its action chased and done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from collaboration.actions.models import Action
from collaboration.governance.models import Decision, Mark, Meeting, Minutes, Seat
from groundwork.accounts.models import Person
from groundwork.clock import today
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, MEMBER, SECRETARY, Ground
from tests.e2e.browsers import Faults, assert_accessible, assert_fits

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Page]
SignIn = Callable[[Page, Any], None]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def looked_at(page: Page) -> None:
    """Axe finds nothing at either width, and nothing makes the page scroll sideways."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_accessible(page)
        assert_fits(page)


def go(page: Page, address: str) -> None:
    page.goto(address)
    looked_at(page)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()
    looked_at(page)


def keep(page: Page) -> None:
    """Send what is to be marked; the page comes anew once it is kept, with an empty box."""
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#mark textarea")).to_have_value("")
    looked_at(page)


def fill_date(page: Page, group: str, days: int) -> None:
    day = today() + timedelta(days=days)
    boxes = page.get_by_role("group", name=re.compile(group))
    for box, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        boxes.get_by_label(box).fill(str(value))


@pytest.fixture
def ground(transactional_db: None) -> Ground:
    found = grounds.lay(quorum_organisations=2)
    Seat.objects.filter(pk=found.seats["owner"].pk).delete()
    return found


def plan_and_call(page: Page, ground: Ground) -> Meeting:
    go(page, f"/partnerships/{ground.board.slug}/meetings/new/")
    fill_date(page, "Which day", 7)
    page.get_by_label("When does it start?").fill("14:00")
    page.get_by_label("When does it end?").fill("16:00")
    page.get_by_role("radio", name=re.compile("^Everyone", re.IGNORECASE)).check()
    press(page, re.compile("^(Plan|Save|Put)"))
    meeting = Meeting.objects.get()
    for number in (1, 2):
        ground.item(meeting, title=f"Getting there {number}", purpose="discussion")
    ground.item(meeting, title="Prices of a bid", exempt=True, exempt_reason="Commercially sensitive")
    for act in ("call", "publish"):
        go(page, f"/meetings/{meeting.uuid}/plan/{act}/")
        with page.expect_navigation():
            page.locator("main form button").first.click()
        looked_at(page)
    meeting.refresh_from_db()
    assert (meeting.status, meeting.agenda_published_at is not None) == ("called", True)
    return meeting


def test_a_board_from_plan_to_published_minutes(
    open_browser: Open, sign_in: SignIn, faults: Faults, ground: Ground
) -> None:
    secretary, member, public = open_browser(), open_browser(), open_browser()
    sign_in(secretary, ground[SECRETARY].person)
    sign_in(member, ground[MEMBER].person)
    meeting = plan_and_call(secretary, ground)
    here = f"/meetings/{meeting.uuid}/"

    # Answered by who was invited.
    go(member, f"{here}answer/")
    member.get_by_role("radio").first.check()
    with member.expect_navigation():
        member.locator("main form button").first.click()
    looked_at(member)
    assert meeting.invitations.get(person=ground[MEMBER].person).answer == "yes"

    # Begun; who is there is filled in from the answers.
    go(secretary, f"{here}run/")
    secretary.get_by_role("button", name="Begin the meeting").click()
    looked_at(secretary)
    press(secretary, "Begin it")
    secretary.get_by_role("link", name="Who is here").click()
    other, partner = ground.seats["other"], ground.seats["partner"]
    seated = secretary.locator(f"[name=seat-{other.pk}]")
    expect(seated).to_have_value(f"present:{other.holders.get(kind='holder').pk}")
    secretary.locator(f"[name=seat-{partner.pk}]").select_option(f"present:{partner.holders.get(kind='holder').pk}")
    press(secretary, "Save the list")
    expect(secretary.get_by_text("There is a quorum.").first).to_be_visible()

    # Run with the keys; a line that goes away keeps what was typed, and sent again it is kept once.
    secretary.goto(f"{here}run/")
    press(secretary, re.compile("^Next"))
    secretary.locator("h1").click()
    secretary.keyboard.press("n")
    expect(secretary.get_by_role("radio", name="Note")).to_be_checked()
    secretary.keyboard.type("and a note about buses")
    expect(secretary.locator("#mark textarea")).to_have_value("and a note about buses")
    secretary.context.set_offline(True)
    faults.allow("ERR_INTERNET_DISCONNECTED")
    secretary.get_by_role("button", name="Keep it").click()
    expect(secretary.get_by_role("alert").filter(has_text="It was not sent")).to_be_visible()
    expect(secretary.locator("#mark textarea")).to_have_value("and a note about buses")
    secretary.context.set_offline(False)
    keep(secretary)
    assert Mark.objects.filter(text="and a note about buses").count() == 1

    # The keys can be switched off.
    secretary.get_by_label("Keys:").uncheck()
    secretary.locator("h1").click()
    secretary.keyboard.press("a")
    expect(secretary.get_by_role("radio", name="Note")).to_be_checked()
    secretary.get_by_label("Keys:").check()
    secretary.locator("h1").click()
    secretary.keyboard.press("a")
    secretary.keyboard.type("Write to the bus company")
    secretary.get_by_label("Who does it?").fill(ground[MEMBER].person.name)
    keep(secretary)
    action = Action.objects.get()
    assert action.owner == ground[MEMBER].person
    secretary.locator("h1").click()
    secretary.keyboard.press("d")
    secretary.keyboard.type("We pay for one more stop")
    keep(secretary)
    decision = Decision.objects.get()
    assert (decision.meeting, decision.status) == (meeting, "proposed")

    # Deferred, an exempt one taken, and closed.
    press(secretary, re.compile(r"^Defer\s*: Getting there 2"))
    press(secretary, re.compile("^Next: .*Prices"))
    secretary.locator("#mark textarea").fill("CANARY the bid of one")
    keep(secretary)
    secretary.get_by_role("link", name="Close the meeting").click()
    looked_at(secretary)
    press(secretary, "Close it")
    expect(secretary.get_by_text("and a note about buses").first).to_be_visible()

    # Written, sent round, commented on, settled.
    secretary.get_by_role("link", name=re.compile(r"^Write\s*: Getting there 1")).click()
    looked_at(secretary)
    secretary.get_by_label("What the minutes say").fill("People spoke of buses.")
    press(secretary, "Save the minute")
    secretary.get_by_role("button", name="Send them round").click()
    looked_at(secretary)
    press(secretary, "Go on")
    press(secretary, re.compile("^Send to"))
    go(member, "/home/")
    member.get_by_role("link", name=re.compile("^Minutes of")).click()
    looked_at(member)
    member.get_by_role("button", name="Comment on the minutes").click()
    looked_at(member)
    member.get_by_label("Your comment").fill("They spoke of trains too.")
    press(member, "Send the comment")
    secretary.reload()
    secretary.get_by_role("link", name=re.compile("^Settle it")).click()
    looked_at(secretary)
    secretary.get_by_label("What came of it?").fill("Added.")
    press(secretary, "Save")

    # Approved by the chair, published, and read by the public without what is exempt.
    chair = open_browser()
    sign_in(chair, ground[CHAIR].person)
    go(chair, f"{here}minutes/approve/")
    press(chair, "Record the approval")
    go(chair, f"{here}minutes/publish/")
    press(chair, "Publish them")
    assert Minutes.objects.get().status == "published"
    go(public, here)
    public.get_by_role("link", name="Minutes of this meeting").click()
    looked_at(public)
    expect(public.get_by_text("People spoke of buses.")).to_be_visible()
    expect(public.get_by_text("Commercially sensitive")).to_be_visible()
    assert "CANARY" not in public.content()
    assert Person.objects.get(pk=ground[MEMBER].person.pk).name not in public.content()

    # The action is taken on by who was named, asked about by who keeps the board's actions, and done.
    go(member, f"/actions/{action.reference}/reply/")
    member.get_by_role("radio").first.check()
    press(member, "Send your answer")
    go(secretary, ground.board.get_absolute_url())
    secretary.get_by_role("link", name="Actions of this board").click()
    looked_at(secretary)
    secretary.get_by_label(f"Choose {action.reference}").check()
    press(secretary, "Ask how those chosen go")
    expect(secretary.get_by_text("This will email 1 person about 1 action.")).to_be_visible()
    press(secretary, "Send the emails")
    assert action.chases.count() == 1
    go(member, f"/actions/{action.reference}/done/")
    press(member, "Yes, it is done")
    action.refresh_from_db()
    assert action.status == "done"
