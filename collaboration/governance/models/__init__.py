"""What partnership boards keep: seats, meetings, decisions, recommendations."""

from collaboration.governance.models.boards import ChairTerm, PartnershipBoard, Seat, SeatHolder
from collaboration.governance.models.decisions import (
    Decision,
    DecisionChange,
    Declaration,
    LastDecision,
    Voice,
)
from collaboration.governance.models.levels import Access
from collaboration.governance.models.meetings import (
    AgendaItem,
    Attendance,
    Mark,
    Meeting,
    MeetingInvitation,
    Minutes,
    MinutesComment,
    MinutesCorrection,
    Paper,
    SuggestionSetAside,
)
from collaboration.governance.models.recommendations import (
    Engagement,
    EngagementCommitment,
    Recommendation,
    RecommendationList,
    RecommendationUpdate,
)

__all__ = [
    "Access",
    "AgendaItem",
    "Attendance",
    "ChairTerm",
    "Decision",
    "DecisionChange",
    "Declaration",
    "Engagement",
    "EngagementCommitment",
    "LastDecision",
    "Mark",
    "Meeting",
    "MeetingInvitation",
    "Minutes",
    "MinutesComment",
    "MinutesCorrection",
    "Paper",
    "PartnershipBoard",
    "Recommendation",
    "RecommendationList",
    "RecommendationUpdate",
    "Seat",
    "SeatHolder",
    "SuggestionSetAside",
    "Voice",
]
