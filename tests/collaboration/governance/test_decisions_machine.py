"""People of several organisations and the secretary take decisions through their life, in any order.

Whatever happens: an organisation has one voice on a decision, and only while it has a vote; what is made was carried by
those who have one, and says everything; nobody who declared an interest has a voice; chains of decisions never close;
a refusal changes nothing, and every change has its line in the history.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from collaboration.governance.checklist import missing
from collaboration.governance.models import Decision, Declaration, PartnershipBoard, Voice
from collaboration.governance.queries.boards import voting_organisations
from collaboration.governance.queries.voices import tally_of
from collaboration.governance.services import deciding, declaring, voices
from groundwork.access.errors import DomainError
from groundwork.audit.models import AuditEntry
from groundwork.clock import today
from groundwork.directory.models import Mandate
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.decided import WHOLE
from tests.collaboration.governance.ground import CHAIR, DEPUTY, LEAD, MEMBER, SECRETARY, Ground

pytestmark = pytest.mark.django_db

WHO = st.sampled_from([LEAD, SECRETARY, CHAIR, DEPUTY, MEMBER, "other:officer", "lead:lead", "public"])
SPEAKERS = st.sampled_from([CHAIR, DEPUTY, MEMBER, SECRETARY, "other:lead"])
CHOICES = st.sampled_from(["for", "against", "abstain"])
ENDS = (deciding.open_for_voices, deciding.take_back, deciding.make, deciding.not_agreed, deciding.defer)


class Machine(RuleBasedStateMachine):
    ground: Ground
    """Set by the test."""

    decisions = Bundle("decisions")

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def act(self, do: Any, **words: Any) -> Any:
        """Do it, or be told why not in a sentence; a refusal leaves no trace, a change leaves a line."""
        before, lines = self._picture(), AuditEntry.objects.count()
        refusal, done = "", None
        try:
            with transaction.atomic():
                done = do(**words)
        except DomainError as error:
            refusal = error.message
        changed = self._picture() != before
        assert not (refusal and changed), refusal
        assert done is not None or refusal.endswith((".", "?"))
        assert (AuditEntry.objects.count() > lines) == changed
        return done

    def _picture(self) -> Any:
        return (
            list(Decision.objects.order_by("pk").values_list("pk", "status", "version", "decided_on")),
            list(Voice.objects.order_by("pk").values_list("decision", "organisation", "choice", "person")),
            list(Declaration.objects.order_by("pk").values_list("pk", "withdrawn_at", "text")),
        )

    def fresh(self, decision: int) -> Decision:
        return Decision.objects.get(pk=decision)

    @rule(target=decisions, who=WHO, whole=st.booleans(), how=st.sampled_from(["vote", "consensus"]))
    def propose(self, who: str, whole: bool, how: str) -> Any:
        said = WHOLE if whole else {}
        made = self.act(
            deciding.propose,
            actor=self.ground[who],
            board=PartnershipBoard.objects.get(pk=self.ground.board.pk),
            title="T",
            text="X",
            how=how,
            **said,
        )
        return made.pk if made is not None else 0

    @rule(target=decisions, who=WHO, decision=decisions)
    def supersede(self, who: str, decision: int) -> Any:
        if not decision:
            return 0
        old = self.fresh(decision)
        made = self.act(deciding.supersede, actor=self.ground[who], decision=old, title="Instead", text="Y", **WHOLE)
        return made.pk if made is not None else 0

    @rule(who=WHO, decision=decisions, end=st.sampled_from([*ENDS, deciding.withdraw]))
    def move(self, who: str, decision: int, end: Any) -> None:
        if decision:
            self.act(end, actor=self.ground[who], decision=self.fresh(decision))

    @rule(who=SPEAKERS, decision=decisions, choice=CHOICES)
    def speak(self, who: str, decision: int, choice: str) -> None:
        if decision:
            self.act(voices.give, actor=self.ground[who], decision=self.fresh(decision), choice=choice)

    @rule(decision=decisions, body=st.sampled_from(["owner", "partner", "other", "lead"]), choice=CHOICES)
    def write_down(self, decision: int, body: str, choice: str) -> None:
        if decision:
            said = {self.ground.world.bodies[body].pk: choice}
            self.act(voices.take_down, actor=self.ground[SECRETARY], decision=self.fresh(decision), said=said)

    @rule(who=SPEAKERS, decision=decisions)
    def declare(self, who: str, decision: int) -> None:
        if decision:
            row = self.fresh(decision)
            words = f"Shares {Declaration.objects.count()}"
            self.act(declaring.declare, actor=self.ground[who], decision=row, kind="other", text=words)

    @rule(who=st.sampled_from([CHAIR, DEPUTY, MEMBER]), ends=st.booleans())
    def a_mandate_ends_or_goes_on(self, who: str, ends: bool) -> None:
        day = today() if ends else None
        Mandate.objects.filter(pk=self.ground[who].under.pk).update(valid_to=day)

    @rule(seat=st.sampled_from(["partner", "other"]), ends=st.booleans())
    def a_seat_ends_or_goes_on(self, seat: str, ends: bool) -> None:
        row = self.ground.seats[seat]
        type(row).objects.filter(pk=row.pk).update(valid_to=today() - timedelta(days=1) if ends else None)

    @invariant()
    def one_voice_of_an_organisation(self) -> None:
        said = list(Voice.objects.values_list("decision", "organisation"))
        assert len(said) == len(set(said))

    @invariant()
    def who_declared_an_interest_has_no_voice(self) -> None:
        declared = Declaration.objects.filter(withdrawn_at=None).values_list("decision", "person")
        spoken = Voice.objects.filter(decision__status="open", person__isnull=False).values_list("decision", "person")
        assert not set(declared) & set(spoken)

    @invariant()
    def what_is_made_says_everything(self) -> None:
        for decision in Decision.objects.filter(status__in=("made", "superseded")):
            assert decision.decided_on is not None
            assert not missing(decision)
            assert decision.voices.filter(choice="for").exists()

    @invariant()
    def chains_are_lines(self) -> None:
        before = dict(Decision.objects.values_list("pk", "supersedes"))
        for start in before:
            seen: set[int] = set()
            each: int | None = start
            while each is not None:
                assert each not in seen
                seen.add(each)
                each = before[each]
        heirs = Decision.objects.filter(status__in=("made", "superseded"), supersedes__isnull=False)
        taken = list(heirs.values_list("supersedes", flat=True))
        assert len(taken) == len(set(taken)), "one decision takes the place of another"
        assert set(taken) == set(Decision.objects.filter(status="superseded").values_list("pk", flat=True))

    @invariant()
    def only_those_with_a_vote_count(self) -> None:
        for decision in Decision.objects.filter(status="open"):
            tally = tally_of(decision)
            entitled = {each.name for each in voting_organisations(decision.board)}
            assert {*tally.in_favour, *tally.against, *tally.abstained, *tally.unheard} == entitled


def test_any_order() -> None:
    ground = grounds.lay()
    machine = type("Laid", (Machine,), {"ground": ground})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
