"""Questions about a record: scrutiny's challenges and their answers, and reports that something is wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.events import ChallengeAnswered, ChallengeRaised, ProblemClosed, ProblemReported
from collaboration.initiatives.models import Challenge, Initiative, ProblemReport
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.records import DOUBLE_CLICK, locked, spoken_time
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.events.services import record


def _text(value: str, *, field: str, label: str) -> str:
    problems = cleaning.Problems()
    kept = cleaning.text(value, field=field, label=label, longest=2000, problems=problems, required=True, lines=True)
    problems.raise_if_any()
    return kept


@transaction.atomic
def challenge(*, actor: Actor, initiative: Initiative, body: str, at: datetime | None = None) -> Challenge:
    """Scrutiny questions something the record says. It is kept and shown, with the response once there is one."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.challenge")
    body = _text(body, field="body", label=_("The challenge"))
    twin = row.challenges.filter(person=actor.person, body=body, at__gt=at - DOUBLE_CLICK).first()
    if twin is not None:
        return twin
    made = Challenge.objects.create(
        initiative=row,
        body=body,
        person=actor.person,
        organisation=actor.organisation,
        mandate=actor.mandate,
        at=at,
    )
    keep(actor=actor, action="initiative.challenge", obj=row, changes={"challenge": [None, body]}, at=at)
    record(ChallengeRaised(initiative_id=row.pk, reference=row.reference, challenge_id=made.pk), actor=actor)
    return made


@transaction.atomic
def respond(*, actor: Actor, challenge: Challenge, response: str, at: datetime | None = None) -> Challenge:
    """The owner or lead answers a challenge, once: what was answered is not rewritten later."""
    at = at or now()
    initiative = Initiative.objects.select_for_update().filter(pk=challenge.initiative_id).first()
    row = Challenge.objects.select_for_update().filter(pk=challenge.pk).first()
    if row is None or initiative is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    row.initiative = initiative
    require(actor, "initiative.respond", row)
    response = _text(response, field="response", label=_("The response"))
    if row.responded_at is not None:
        if row.response == response:
            return row
        raise Conflict(
            _("This challenge was answered already at %(when)s. The answer stands as it was given.")
            % {"when": spoken_time(row.responded_at)}
        )
    row.response, row.responded_at, row.responded_by = response, at, actor.person
    row.save()
    keep(actor=actor, action="initiative.respond", obj=initiative, changes={"response": [None, response]}, at=at)
    record(
        ChallengeAnswered(initiative_id=initiative.pk, reference=initiative.reference, challenge_id=row.pk),
        actor=actor,
    )
    return row


@transaction.atomic
def report_problem(
    *, actor: Actor, initiative: Initiative, body: str, email: str = "", at: datetime | None = None
) -> ProblemReport:
    """Anybody says that a record is wrong. The address, if given, is seen only by those who deal with it."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.report_problem")
    problems = cleaning.Problems()
    body = cleaning.text(
        body,
        field="body",
        label=_("What is wrong"),
        longest=2000,
        problems=problems,
        required=True,
        lines=True,
    )
    email = cleaning.email(email, field="email", problems=problems)
    problems.raise_if_any()
    twin = row.problem_reports.filter(body=body, email=email, at__gt=at - DOUBLE_CLICK).first()
    if twin is not None:
        return twin
    made = ProblemReport.objects.create(initiative=row, body=body, email=email, at=at)
    # Neither the words nor the address: what people send in confidence does not belong into a log that is kept.
    keep(actor=actor, action="initiative.report_problem", obj=row, at=at)
    record(ProblemReported(initiative_id=row.pk, reference=row.reference, problem_id=made.pk), actor=actor)
    return made


@transaction.atomic
def close_problem(*, actor: Actor, problem: ProblemReport, at: datetime | None = None) -> ProblemReport:
    """The report has been dealt with. Closed twice it is once."""
    at = at or now()
    row = (
        ProblemReport.objects.select_for_update(of=("self",)).select_related("initiative").filter(pk=problem.pk).first()
    )
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    require(actor, "initiative.close_problem", row)
    if row.closed_at is not None:
        return row
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    keep(actor=actor, action="initiative.close_problem", obj=row.initiative, at=at)
    record(
        ProblemClosed(initiative_id=row.initiative_id, reference=row.initiative.reference, problem_id=row.pk),
        actor=actor,
    )
    return row
