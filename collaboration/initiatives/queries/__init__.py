"""Reading the register. By noun: visibility, detail, tasks, history."""

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

__all__ = [
    "AlignedElement",
    "AmbitionGroup",
    "Change",
    "FrameworkGroup",
    "HistoryEntry",
    "InitiativeDetail",
    "ShownPartner",
    "State",
    "TimelineEntry",
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
    "stale_for",
    "survivor_of",
    "visible_to",
    "waiting_for_review",
    "was_withdrawn",
]
