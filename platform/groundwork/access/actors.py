"""Who acts, and for whom.

Every act names an actor. A person acts *for* an organisation under a dated mandate; the public acts for nobody; the
system is an actor of its own and never a flag that skips a check.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from groundwork.accounts.models import Person
    from groundwork.directory.models import Mandate, Organisation

Role = Literal["member", "lead", "approver", "scrutiny", "officer"]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The base of all actors: somebody from the public, with no name and no organisation."""

    via: str = "web"
    """How the act arrived: ``web``, ``api``, ``mail``, ``command`` or ``system``. Kept with the act."""

    @property
    def person(self) -> Person | None:
        return None

    @property
    def organisation(self) -> Organisation | None:
        return None

    @property
    def mandate(self) -> Mandate | None:
        return None

    @property
    def organisation_id(self) -> int | None:
        return self.organisation.pk if self.organisation else None

    @property
    def role(self) -> Role | None:
        return None

    @property
    def is_signed_in(self) -> bool:
        return self.person is not None

    @property
    def is_partner(self) -> bool:
        """Acts for an organisation of the place, in whatever role."""
        return self.mandate is not None

    @property
    def is_officer(self) -> bool:
        """Works for the convening organisation, for the partnership as a whole."""
        return self.role == "officer"

    @property
    def is_operator(self) -> bool:
        """Runs the system. Sees its health, not the drafts of partners."""
        return False

    @property
    def is_system(self) -> bool:
        return False

    def acts_for(self, organisation_id: int | None, *roles: Role) -> bool:
        """Whether this actor's mandate is for that organisation, in one of ``roles`` (any role when none is given)."""
        return (
            organisation_id is not None
            and self.organisation_id == organisation_id
            and (not roles or self.role in roles)
        )


@dataclass(frozen=True, kw_only=True)
class Public(Actor):
    """Anybody, without an account."""


@dataclass(frozen=True, kw_only=True)
class PersonActor(Actor):
    """A signed-in person, acting under one mandate or, while they hold none, for nobody."""

    who: Person
    under: Mandate | None = field(default=None)

    @property
    def person(self) -> Person:
        return self.who

    @property
    def mandate(self) -> Mandate | None:
        return self.under

    @property
    def organisation(self) -> Organisation | None:
        return self.under.organisation if self.under else None

    @property
    def organisation_id(self) -> int | None:
        return self.under.organisation_id if self.under else None

    @property
    def role(self) -> Role | None:
        return self.under.role if self.under else None  # type: ignore[return-value]

    @property
    def is_operator(self) -> bool:
        return self.who.is_operator


@dataclass(frozen=True, kw_only=True)
class GuestActor(Actor):
    """Somebody without an account who has joined one workshop. They act for themselves, there and nowhere else."""

    workshop_id: int
    participation_id: int


@dataclass(frozen=True, kw_only=True)
class SystemActor(Actor):
    """The platform itself: a schedule, a relay, an operator's command. ``name`` says which."""

    name: str = "golden thread"
    via: str = "system"

    @property
    def is_system(self) -> bool:
        return True
