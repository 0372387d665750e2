"""Links that do one thing: only theirs, only for their person, only while they hold, and only once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.actions.models import Action
from collaboration.initiatives.models import Initiative, Partner
from groundwork.access.actors import PersonActor
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.accounts.models import Person
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.directory.models import Mandate
from groundwork.events.models import OutboxEvent
from notifications.mail_acts import actions
from notifications.mail_acts.registry import get, mail_act, mail_acts
from notifications.services import mail_acts as acts
from notifications.services.mail_acts import Refused
from tests.notifications.ground import Ground, lay
from tests.notifications.occasions import _action

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: time_machine.Coordinates) -> Ground:
    return lay()


def token(act: str, who: PersonActor, subject: object) -> str:
    return acts.token_of(act, who.person, who.mandate, str(subject))


def do(act: str, who: PersonActor, subject: object, words: str = "") -> Any:
    return acts.do(acts.read(token(act, who, subject)), words=words)


def an_action(ground: Ground, **fields: object) -> Action:
    return _action(ground, **{"status": "accepted", "answered_at": now(), **fields})


def test_still_accurate_is_said_by_its_person_for_their_organisation_by_mail(
    ground: Ground, clock: time_machine.Coordinates
) -> None:
    lead = ground.people["lead"]
    link = token("initiative.still_accurate", lead, "VAL-0042")
    clock.shift(3600)
    acts.do(acts.read(link))

    it = Initiative.objects.get(pk=701)
    assert it.verified_at == now()
    entry = AuditEntry.objects.get(action="initiative.verify")
    assert (entry.person, entry.organisation, entry.mandate, entry.via) == (
        lead.person,
        ground.council,
        lead.mandate,
        "mail",
    )
    assert OutboxEvent.objects.get(name="initiative.verified").via == "mail"
    clock.shift(3600)
    assert "still accurate" in acts.do(acts.read(link)).already
    assert AuditEntry.objects.filter(action="initiative.verify").count() == 1


def test_a_partner_confirms_or_declines_with_a_reason(ground: Ground) -> None:
    nurse = ground.people["nurse"]
    with pytest.raises(Invalid) as refused:
        do("partner.decline", nurse, 801)
    assert refused.value.errors == {"words": ["Write one sentence that says why."]}
    do("partner.decline", nurse, 801, "We left this in spring.")
    partner = Partner.objects.get(pk=801)
    assert (partner.confirmation, partner.declined_reason) == ("declined", "We left this in spring.")
    # Answered: the other link of the same mail changes nothing any more.
    assert "declined" in do("partner.confirm", nurse, 801).already
    partner.refresh_from_db()
    assert partner.confirmation == "declined"
    Partner.objects.update(confirmation="asked")
    do("partner.confirm", nurse, 801)
    assert AuditEntry.objects.get(action="partner.confirm").via == "mail"


def test_an_action_is_taken_on_given_more_time_and_done(ground: Ground) -> None:
    nurse = ground.people["nurse"]
    _action(ground, due_on=date(2026, 12, 1))
    do("action.accept", nurse, "A-0007")
    assert "already" in do("action.accept", nurse, "A-0007").already

    subject = actions.more_time_for("A-0007", date(2026, 12, 1))
    offered = do("action.seven_more", nurse, subject)
    assert dict(offered.rows)["Due then"] == "Tuesday 8 December 2026"
    assert Action.objects.get().due_on == date(2026, 12, 8)
    # Pressed again, it is not fourteen.
    assert "8 December" in do("action.seven_more", nurse, subject).already
    assert Action.objects.get().due_on == date(2026, 12, 8)

    do("action.done", nurse, "A-0007", "The bus stops there now.")
    row = Action.objects.get()
    assert (row.status, row.updates.get().text) == ("done", "The bus stops there now.")
    assert "done" in do("action.not_me", nurse, "A-0007").already
    assert set(AuditEntry.objects.filter(action__startswith="action.").values_list("via", flat=True)) == {"mail"}


def test_seven_more_days_are_counted_from_today_once_it_is_late(ground: Ground) -> None:
    an_action(ground, due_on=date(2026, 11, 3))
    do("action.seven_more", ground.people["nurse"], "A-0007/2026-11-03")
    assert Action.objects.get().due_on == date(2026, 11, 30)


@pytest.mark.parametrize("subject", ["A-0007", "A-0007/", "A-0007/soon", "A-0007/2026-13-01"])
def test_a_day_that_cannot_be_moved_is_refused(subject: str, ground: Ground) -> None:
    an_action(ground, due_on=date(2026, 12, 1))
    with pytest.raises(Refused):
        do("action.seven_more", ground.people["nurse"], subject)
    assert Action.objects.get().due_on == date(2026, 12, 1)


@pytest.mark.parametrize("subject", ["A-0007/9999-12-31", "A-0007/2026-11-30"])
def test_another_day_than_the_one_it_is_due_on_moves_nothing(subject: str, ground: Ground) -> None:
    an_action(ground, due_on=date(2026, 12, 1))
    assert "It is due on Tuesday 1 December 2026" in do("action.seven_more", ground.people["nurse"], subject).already
    assert Action.objects.get().due_on == date(2026, 12, 1)


def test_not_me_gives_it_back_and_whoever_asked_can_ask_somebody_else(ground: Ground) -> None:
    an_action(ground)
    do("action.not_me", ground.people["nurse"], "A-0007")
    row = Action.objects.get()
    assert (row.status, row.declined_reason) == ("declined", "")
    assert OutboxEvent.objects.filter(name="action.answered").count() == 1


def test_only_who_was_asked_and_only_while_they_are(ground: Ground) -> None:
    _action(ground)
    link = token("action.accept", ground.people["nurse"], "A-0007")
    Action.objects.update(owner=ground.people["member"].person)
    with pytest.raises(NotAllowed, match="Only the person who was asked"):
        acts.do(acts.read(link))
    assert acts.offer(acts.read(link)).refused
    Action.objects.update(visibility="involved")
    with pytest.raises(Refused, match="not there any more, or is not shown to you"):
        acts.do(acts.read(link))


def test_what_changed_while_the_page_was_open_is_not_overwritten(ground: Ground) -> None:
    an_action(ground, due_on=date(2026, 12, 1))
    held = acts.read(token("action.seven_more", ground.people["nurse"], "A-0007/2026-12-01"))
    offered = acts.offer(held)
    Action.objects.update(due_on=date(2027, 1, 1))
    with pytest.raises(Conflict):
        offered.do("")
    assert Action.objects.get().due_on == date(2027, 1, 1)


def test_a_link_ends_with_its_days(ground: Ground, clock: time_machine.Coordinates) -> None:
    link = token("initiative.still_accurate", ground.people["lead"], "VAL-0042")
    clock.shift(timedelta(days=30))
    acts.read(link)
    clock.shift(1)
    with pytest.raises(Refused, match="It worked for 30 days"):
        acts.read(link)


def test_a_link_ends_with_the_account_its_address_and_its_mandate(ground: Ground) -> None:
    lead = ground.people["lead"]
    link = token("initiative.still_accurate", lead, "VAL-0042")
    Mandate.objects.filter(pk=lead.mandate.pk).update(valid_to=date(2026, 11, 1))
    with pytest.raises(Refused, match="do not act for the organisation"):
        acts.read(link)
    Mandate.objects.update(valid_to=None)
    acts.read(link)
    for change in ({"is_active": False}, {"is_active": True, "email": "new@example.org"}):
        Person.objects.filter(pk=lead.person.pk).update(**change)
        with pytest.raises(Refused, match="closed or has a new address"):
            acts.read(link)


def test_only_what_we_signed_is_ours(ground: Ground, settings: Any) -> None:
    link = token("initiative.still_accurate", ground.people["lead"], "VAL-0042")
    payload, signature = link.split(".")
    other = token("partner.confirm", ground.people["nurse"], 801).split(".")[0]
    forged = ["", ".", payload, f"{payload}.", f".{signature}", f"{other}.{signature}", link[:-1], "é", "\0", link * 3]
    swapped = signature[:-1] + ("A" if signature[-1] != "A" else "B")
    for wrong in (*forged, f"{payload}.{swapped}"):
        with pytest.raises(Refused, match="not complete") as refused:
            acts.read(wrong)
        assert refused.value.is_forged
    settings.SECRET_KEY = "x" * 60
    with pytest.raises(Refused):
        acts.read(link)


def test_a_link_costs_no_query_however_many_a_mail_holds(ground: Ground) -> None:
    who = ground.people["lead"]
    with CaptureQueriesContext(connection) as asked:
        made = acts.links(who.person, who.mandate, ("action.done", "A-0007"), ("action.not_me", "A-0007"))
    assert len(asked) == 0
    assert [str(each.label) for each in made] == ["Done", "Not me"]
    assert all(each.url.startswith("http://localhost:8000/act/") and each.url.endswith("/") for each in made)
    # Mail programs make a link of it, whole: nothing in it ends one.
    assert all(set(each.url.removeprefix("http://")) <= set(":/.-_") | set(map(chr, range(48, 123))) for each in made)
    assert all(len(each.url) < 250 for each in made)


def test_every_act_has_a_name_once() -> None:
    assert len(mail_acts()) >= 7
    with pytest.raises(LookupError):
        mail_act("action.done", label="Done", days=1)(lambda _held: None)  # type: ignore[arg-type,return-value]
    with pytest.raises(LookupError):
        get("action.sing")
    with pytest.raises(LookupError):
        acts.link("action.sing", person=Person(pk=1, email="a@example.org"), mandate=None, subject="")


def test_whoever_holds_no_mandate_acts_for_themselves(ground: Ground) -> None:
    nurse = ground.people["nurse"]
    _action(ground)
    Mandate.objects.filter(person=nurse.person).delete()
    acts.do(acts.read(acts.token_of("action.accept", nurse.person, None, "A-0007")))
    assert Action.objects.get().owner_mandate is None
    assert datetime.now(UTC) >= Action.objects.get().answered_at  # type: ignore[operator]
