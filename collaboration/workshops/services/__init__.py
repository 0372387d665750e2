"""Writing workshops: planning, opening and ending them, and the people who take part."""

from collaboration.workshops.services.agenda import change_columns, change_rules, choose_subjects, plan_stages
from collaboration.workshops.services.calendars import end_calendar_link, make_calendar_link
from collaboration.workshops.services.copying import copy_for_rehearsal, copy_workshop
from collaboration.workshops.services.forgetting import let_go, tell_next_due
from collaboration.workshops.services.inviting import answer_invitation, invite, send_again, withdraw_invitation
from collaboration.workshops.services.joining import Joined, join, join_by_invitation, return_with, try_code
from collaboration.workshops.services.lifecycle import (
    archive_workshop,
    cancel_workshop,
    close_joining,
    hold,
    lock,
    open_workshop,
    release_hold,
    renew_link,
    reopen,
    report_workshop,
    set_next,
    tell_next,
    unlock,
)
from collaboration.workshops.services.people import (
    add_facilitator,
    admit,
    admit_all,
    change_address,
    change_role,
    claim,
    give_feedback,
    leave,
    remove,
    rename,
)
from collaboration.workshops.services.planning import change_workshop, plan_workshop

__all__ = [
    "Joined",
    "add_facilitator",
    "admit",
    "admit_all",
    "answer_invitation",
    "archive_workshop",
    "cancel_workshop",
    "change_address",
    "change_columns",
    "change_role",
    "change_rules",
    "change_workshop",
    "choose_subjects",
    "claim",
    "close_joining",
    "copy_for_rehearsal",
    "copy_workshop",
    "end_calendar_link",
    "give_feedback",
    "hold",
    "invite",
    "join",
    "join_by_invitation",
    "leave",
    "let_go",
    "lock",
    "make_calendar_link",
    "open_workshop",
    "plan_stages",
    "plan_workshop",
    "release_hold",
    "remove",
    "rename",
    "renew_link",
    "reopen",
    "report_workshop",
    "return_with",
    "send_again",
    "set_next",
    "tell_next",
    "tell_next_due",
    "try_code",
    "unlock",
    "withdraw_invitation",
]
