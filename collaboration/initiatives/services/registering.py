"""Registering, from the first title to publishing: the services behind the task list, by one name each."""

from collaboration.initiatives.services.aligning import save_alignment
from collaboration.initiatives.services.completing import Section, completeness
from collaboration.initiatives.services.drafting import (
    save_about,
    save_contact,
    save_participation,
    save_places,
    start_draft,
)
from collaboration.initiatives.services.funding import FundingInput, save_funding
from collaboration.initiatives.services.naming import PartnerInput, save_partners
from collaboration.initiatives.services.publishing import ask_review, publish

__all__ = [
    "FundingInput",
    "PartnerInput",
    "Section",
    "ask_review",
    "completeness",
    "publish",
    "save_about",
    "save_alignment",
    "save_contact",
    "save_funding",
    "save_participation",
    "save_partners",
    "save_places",
    "start_draft",
]
