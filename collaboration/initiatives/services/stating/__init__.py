"""Saying many things of an initiative at once, or of many initiatives: what the API and an imported sheet do.

:func:`plan` looks, with the same rules and sentences as the forms, at what would be said and what that changes;
:func:`carry_out` writes it. Both cost the same number of queries for one initiative and for five hundred.
"""

from collaboration.initiatives.services.stating.planning import plan
from collaboration.initiatives.services.stating.statements import (
    UNSTATED,
    PartnerStatement,
    Plan,
    Statement,
    Unstated,
)
from collaboration.initiatives.services.stating.writing import (
    carry_out,
    lock_many,
    publish_many,
    register,
    restate,
)

__all__ = [
    "UNSTATED",
    "PartnerStatement",
    "Plan",
    "Statement",
    "Unstated",
    "carry_out",
    "lock_many",
    "plan",
    "publish_many",
    "register",
    "restate",
]
