"""Reading workshops: what somebody may see, how they come in, who is there, and what one can be made from."""

from collaboration.workshops.addresses import Invitee, read_addresses
from collaboration.workshops.queries.calendars import calendar_owner, calendar_token_of, own_calendar
from collaboration.workshops.queries.changes import ChangedWorkshop, changed_since
from collaboration.workshops.queries.coming import Coming, coming, seen_ids, waiting_for_guests
from collaboration.workshops.queries.joining import (
    JoiningState,
    actor_of,
    by_code_for_joining,
    dead_link,
    invitation_by_token,
    is_link,
    joining_state,
    link_token,
    participation_by_return_token,
    participation_for,
)
from collaboration.workshops.queries.listing import (
    LISTS,
    Which,
    about_initiatives,
    for_feed,
    listing,
    mine,
    plan_of,
    upcoming_of,
)
from collaboration.workshops.queries.people import (
    Checked,
    FeedbackSummary,
    Heads,
    check_invitations,
    facilitators,
    feedback_summary,
    find_participation,
    heads,
    invitations,
    participants,
    standing_invitations,
    to_be_told,
)
from collaboration.workshops.queries.templates import Template, template, templates
from collaboration.workshops.queries.visibility import find, visible_to
from collaboration.workshops.shipped import Column, Rules
from collaboration.workshops.stages import STAGES
from collaboration.workshops.tokens import invitation_token, return_token, tidy_code

__all__ = [
    "LISTS",
    "STAGES",
    "ChangedWorkshop",
    "Checked",
    "Column",
    "Coming",
    "FeedbackSummary",
    "Heads",
    "Invitee",
    "JoiningState",
    "Rules",
    "Template",
    "Which",
    "about_initiatives",
    "actor_of",
    "by_code_for_joining",
    "calendar_owner",
    "calendar_token_of",
    "changed_since",
    "check_invitations",
    "coming",
    "dead_link",
    "facilitators",
    "feedback_summary",
    "find",
    "find_participation",
    "for_feed",
    "heads",
    "invitation_by_token",
    "invitation_token",
    "invitations",
    "is_link",
    "joining_state",
    "link_token",
    "listing",
    "mine",
    "own_calendar",
    "participants",
    "participation_by_return_token",
    "participation_for",
    "plan_of",
    "read_addresses",
    "return_token",
    "seen_ids",
    "standing_invitations",
    "template",
    "templates",
    "tidy_code",
    "to_be_told",
    "upcoming_of",
    "visible_to",
    "waiting_for_guests",
]
