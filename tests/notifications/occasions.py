"""Every kind of mail, once: what has to happen so that it is written. The keys are the names of the kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from collaboration.imports.events import ImportFinished
from collaboration.imports.models import Import, ImportedLine
from collaboration.initiatives import events as register
from collaboration.initiatives.models import Challenge, Initiative, JoinAsk, Nomination, Partner, ProblemReport
from groundwork.access.actors import Actor, Public
from groundwork.accounts import registry as accounts
from groundwork.clock import now
from groundwork.directory import events as directory
from groundwork.directory.models import Invitation, JoinRequest
from groundwork.events import relay
from groundwork.events.registry import Event
from groundwork.events.services import record
from tests.notifications.ground import Ground

AN_INITIATIVE = {"initiative_id": 701, "reference": "VAL-0042"}


def happen(event: Event, actor: Actor) -> None:
    with transaction.atomic():
        record(event, actor=actor)
    relay.drain()


def partner_asked(ground: Ground) -> None:
    happen(
        register.PartnerAsked(**AN_INITIATIVE, partner_id=801, organisation_id=503, again=False), ground.people["lead"]
    )


def an_import(ground: Ground) -> Import:
    """The council imported a list in which two records name the hospital."""
    lead = ground.people["lead"]
    imported = Import.objects.create(
        id="01900000-0000-7000-8000-000000000001",
        person=lead.person,
        organisation=ground.council,
        mandate=lead.mandate,
        file_name="ours.csv",
        status="imported",
        confirmed_at=now(),
        imported_at=now(),
        publish="public",
    )
    second = Initiative.objects.create(
        id=702,
        number=43,
        reference="VAL-0043",
        title="Winter coats for children",
        visibility="public",
        owner=ground.council,
        published_at=now(),
    )
    Partner.objects.create(
        id=802, initiative=second, organisation=ground.hospital, confirmation="asked", asked_at=now()
    )
    for number, it in enumerate((ground.initiative, second), start=2):
        ImportedLine.objects.create(
            imported=imported, number=number, verdict="new", title=it.title, initiative=it, outcome="done"
        )
    return imported


def partner_asked_together(ground: Ground) -> None:
    imported = an_import(ground)
    happen(ImportFinished(import_id=str(imported.pk), new=2, changed=0), ground.people["lead"])


def _answer(ground: Ground, confirmation: str, reason: str = "") -> None:
    Partner.objects.filter(pk=801).update(confirmation=confirmation, declined_reason=reason)
    made = register.PartnerConfirmed if confirmation == "confirmed" else register.PartnerDeclined
    happen(made(**AN_INITIATIVE, partner_id=801, organisation_id=503), ground.people["nurse"])


def partner_confirmed(ground: Ground) -> None:
    _answer(ground, "confirmed")


def partner_declined(ground: Ground) -> None:
    _answer(
        ground, "declined", "Our community teams left this in spring.\n\nPlease ask <the GP federation> & partners."
    )


def review_asked(ground: Ground) -> None:
    ground.initiative.visibility = "draft"
    ground.initiative.review_asked_at = now()
    ground.initiative.save()
    happen(register.InitiativeReviewAsked(**AN_INITIATIVE), ground.people["member"])


def initiative_published(ground: Ground) -> None:
    happen(
        register.InitiativePublished(**AN_INITIATIVE, visibility="public", created_by_id=604), ground.people["approver"]
    )


def _join_ask(ground: Ground, **fields: object) -> JoinAsk:
    nurse = ground.people["nurse"]
    given = {"status": "waiting", "message": "We run a winter clinic.\nCould we meet?", **fields}
    return JoinAsk.objects.create(
        id=901,
        initiative=ground.initiative,
        person=nurse.person,
        organisation=ground.hospital,
        mandate=nurse.mandate,
        **given,
    )


def join_asked(ground: Ground) -> None:
    _join_ask(ground)
    happen(register.JoinAsked(**AN_INITIATIVE, join_ask_id=901, organisation_id=503), ground.people["nurse"])


def join_answered(ground: Ground) -> None:
    _join_ask(ground, status="accepted", reason="Gladly. We meet on the first Monday.")
    happen(
        register.JoinAnswered(**AN_INITIATIVE, join_ask_id=901, organisation_id=503, accepted=True),
        ground.people["lead"],
    )


def join_declined(ground: Ground) -> None:
    _join_ask(ground, status="declined", reason="It ends in March.")
    happen(
        register.JoinAnswered(**AN_INITIATIVE, join_ask_id=901, organisation_id=503, accepted=False),
        ground.people["lead"],
    )


def _challenge(ground: Ground, response: str = "") -> None:
    scrutiny = ground.people["scrutiny"]
    Challenge.objects.create(
        id=911,
        initiative=ground.initiative,
        person=scrutiny.person,
        organisation=ground.county,
        mandate=scrutiny.mandate,
        body="How many homes were visited, and how do you know that they are warmer now?",
        response=response,
    )


def challenge_raised(ground: Ground) -> None:
    _challenge(ground)
    happen(register.ChallengeRaised(**AN_INITIATIVE, challenge_id=911), ground.people["scrutiny"])


def challenge_answered(ground: Ground) -> None:
    _challenge(ground, "212 homes. Sensors in 40 of them show 2 degrees more.")
    happen(register.ChallengeAnswered(**AN_INITIATIVE, challenge_id=911), ground.people["lead"])


def problem_reported(ground: Ground) -> None:
    ProblemReport.objects.create(
        id=921, initiative=ground.initiative, body="The phone number is wrong.", email="resident@example.org"
    )
    happen(register.ProblemReported(**AN_INITIATIVE, problem_id=921), Public())


def nomination_made(ground: Ground) -> None:
    Nomination.objects.create(
        id=931,
        title="Repair café in the village hall",
        what="Volunteers mend toasters every month.",
        who="The parish and a school",
        area=ground.area,
        email="neighbour@example.org",
    )
    happen(register.NominationMade(nomination_id=931), Public())


def person_invited(ground: Ground) -> None:
    lead = ground.people["lead"]
    Invitation.objects.create(
        id=941,
        email="new@example.org",
        organisation=ground.council,
        role="member",
        token_hash="0" * 64,
        invited_by=lead.person,
        invited_under=lead.mandate,
        expires_at=now() + timedelta(days=14),
    )
    happen(directory.PersonInvited(invitation_id=941, organisation_id=502, role="member"), lead)


def _join_request(ground: Ground, **fields: object) -> None:
    JoinRequest.objects.create(
        id=951,
        person=ground.people["operator"].person,
        organisation=ground.council,
        message="I started in the housing team in May.",
        **fields,
    )


def join_request_made(ground: Ground) -> None:
    _join_request(ground)
    happen(
        directory.JoinRequestMade(join_request_id=951, organisation_id=502, person_id=607), ground.people["operator"]
    )


def join_request_decided(ground: Ground) -> None:
    _join_request(ground, status="approved")
    happen(
        directory.JoinRequestDecided(join_request_id=951, organisation_id=502, person_id=607, approved=True),
        ground.people["lead"],
    )


def join_request_declined(ground: Ground) -> None:
    _join_request(ground, status="declined", reason="We do not know you yet. Please call us first.")
    happen(
        directory.JoinRequestDecided(join_request_id=951, organisation_id=502, person_id=607, approved=False),
        ground.people["lead"],
    )


def _account(kind: str, **context: object) -> Callable[[Ground], None]:
    def occasion(ground: Ground) -> None:
        known = kind in ("account.sign_in", "account.notice", "account.password_reset")
        accounts.post(
            accounts.AccountMail(
                kind=kind,
                recipient="lead@example.org" if known else "new@example.org",
                dedupe_key="occasion:1",
                person=ground.people["lead"].person if known else None,
                context=context,
            )
        )

    return occasion


LINK = "http://localhost:8000/sign-in/link/AbCdEf0123456789/"

OCCASIONS: dict[str, Callable[[Ground], None]] = {
    "partner.asked": partner_asked,
    "partner.asked_together": partner_asked_together,
    "partner.confirmed": partner_confirmed,
    "partner.declined": partner_declined,
    "initiative.review_asked": review_asked,
    "initiative.published": initiative_published,
    "join.asked": join_asked,
    "join.answered": join_answered,
    "join.answered-declined": join_declined,
    "challenge.raised": challenge_raised,
    "challenge.answered": challenge_answered,
    "problem.reported": problem_reported,
    "nomination.made": nomination_made,
    "person.invited": person_invited,
    "join_request.made": join_request_made,
    "join_request.decided": join_request_decided,
    "join_request.decided-declined": join_request_declined,
    "account.sign_in": _account("account.sign_in", link=LINK, code="BCDF-GHJK", minutes=15),
    "account.open": _account("account.open", link=LINK, code="BCDF-GHJK", minutes=15),
    "account.closed": _account("account.closed"),
    "account.password_reset": _account("account.password_reset", link=LINK, minutes=60),
    "account.no_account": _account("account.no_account", link="http://localhost:8000/sign-in/"),
    "account.confirm_address": _account("account.confirm_address", link=LINK, days=3),
    "account.notice": _account(
        "account.notice",
        heading="Your password was changed",
        sentences=["The password of your account was changed today.", "If this was not you, sign in by e-mail now."],
        link="http://localhost:8000/account/",
    ),
}
"""Every kind, and after a dash a second form of it."""
