"""Writing successions. By noun: planning what is to be, and applying it when its day comes."""

from groundwork.succession.services.applying import take_effect
from groundwork.succession.services.checking import problems_of
from groundwork.succession.services.planning import (
    NewArea,
    NewOrganisation,
    add_predecessor,
    add_successor,
    cancel,
    change,
    pick,
    plan,
    remove_predecessor,
    remove_successor,
)

__all__ = [
    "NewArea",
    "NewOrganisation",
    "add_predecessor",
    "add_successor",
    "cancel",
    "change",
    "pick",
    "plan",
    "problems_of",
    "remove_predecessor",
    "remove_successor",
    "take_effect",
]
