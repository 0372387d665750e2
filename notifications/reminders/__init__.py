"""Reminders, a module each. Importing them registers them, the most pressing first: mail lists them in this order."""

from notifications.reminders import workshop_coming  # isort: skip
from notifications.reminders import meeting_unanswered  # isort: skip
from notifications.reminders import paper_due  # isort: skip
from notifications.reminders import action_due  # isort: skip
from notifications.reminders import action_overdue  # isort: skip
from notifications.reminders import action_unanswered  # isort: skip
from notifications.reminders import partner_asked  # isort: skip
from notifications.reminders import join_waiting  # isort: skip
from notifications.reminders import challenge_open  # isort: skip
from notifications.reminders import meeting_agenda  # isort: skip
from notifications.reminders import workshop_report  # isort: skip
from notifications.reminders import workshop_next  # isort: skip
from notifications.reminders import mandate_ending  # isort: skip
from notifications.reminders import minutes_waiting  # isort: skip
from notifications.reminders import recommendation_overdue  # isort: skip
from notifications.reminders import decision_review  # isort: skip
from notifications.reminders import board_ending  # isort: skip
from notifications.reminders import chair_turn  # isort: skip
from notifications.reminders import seat_vacant  # isort: skip
from notifications.reminders import draft_left  # isort: skip
from notifications.reminders import not_verified  # isort: skip
from notifications.reminders import ask_open  # isort: skip
from notifications.reminders import endorsement_asked  # isort: skip
from notifications.reminders import endorsement_review  # isort: skip
from notifications.reminders import organisation_quiet  # isort: skip

__all__ = [
    "action_due",
    "action_overdue",
    "action_unanswered",
    "ask_open",
    "board_ending",
    "chair_turn",
    "challenge_open",
    "decision_review",
    "draft_left",
    "endorsement_asked",
    "endorsement_review",
    "join_waiting",
    "mandate_ending",
    "meeting_agenda",
    "meeting_unanswered",
    "minutes_waiting",
    "not_verified",
    "organisation_quiet",
    "paper_due",
    "partner_asked",
    "recommendation_overdue",
    "seat_vacant",
    "workshop_coming",
    "workshop_next",
    "workshop_report",
]
