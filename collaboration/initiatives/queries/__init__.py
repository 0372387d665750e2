"""Reading the register. By noun: visibility, detail, tasks, history, changes."""

from collaboration.initiatives.queries.changes import (
    Act,
    Changed,
    changed_since,
    seen_ids,
    terms_of,
    with_words,
)
from collaboration.initiatives.queries.detail import (
    AlignedElement,
    AmbitionGroup,
    FrameworkGroup,
    InitiativeDetail,
    ShownPartner,
    TimelineEntry,
    detail,
)
from collaboration.initiatives.queries.history import Change, HistoryEntry, history
from collaboration.initiatives.queries.tasks import (
    drafts_of,
    join_asks_for,
    mine,
    nominations,
    open_challenges_for,
    partner_requests_for,
    problem_reports_for,
    stale_for,
    waiting_for_review,
)
from collaboration.initiatives.queries.visibility import (
    State,
    get,
    get_partner,
    public_state,
    survivor_of,
    visible_to,
    was_withdrawn,
)
from collaboration.initiatives.queries.waiting import waiting_for_organisations

__all__ = [
    "Act",
    "AlignedElement",
    "AmbitionGroup",
    "Change",
    "Changed",
    "FrameworkGroup",
    "HistoryEntry",
    "InitiativeDetail",
    "ShownPartner",
    "State",
    "TimelineEntry",
    "changed_since",
    "detail",
    "drafts_of",
    "get",
    "get_partner",
    "history",
    "join_asks_for",
    "mine",
    "nominations",
    "open_challenges_for",
    "partner_requests_for",
    "problem_reports_for",
    "public_state",
    "seen_ids",
    "stale_for",
    "survivor_of",
    "terms_of",
    "visible_to",
    "waiting_for_organisations",
    "waiting_for_review",
    "was_withdrawn",
    "with_words",
]
