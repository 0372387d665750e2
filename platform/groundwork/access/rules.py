"""One place to ask whether an actor may do something, and why not.

Apps register predicates as sentences::

    @rule("initiative.publish")
    def may_publish(actor: Actor, initiative: Initiative) -> Decision:
        if not actor.acts_for(initiative.lead_id, "lead", "approver"):
            return Denied(_("Only a lead or approver of the lead organisation can publish this initiative."))
        return Allowed()

``can()`` asks, ``require()`` insists. A verb without a rule is a programming error and raises ``LookupError``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from groundwork.access.actors import Actor
from groundwork.access.errors import NotAllowed, NotFound


@dataclass(frozen=True)
class Decision:
    """The answer to "may this actor do this?". Truthy when allowed; otherwise ``reason`` is a sentence to show."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def Allowed() -> Decision:
    return Decision(True)


def Denied(reason: Any) -> Decision:
    return Decision(False, str(reason))


Predicate = Callable[[Actor, Any], Decision]
_F = TypeVar("_F", bound=Callable[..., Decision])
_rules: dict[str, Predicate] = {}


def rule(verb: str) -> Callable[[_F], _F]:
    """Register the decorated predicate as the rule for ``verb`` (``"initiative.edit"``)."""

    def register(predicate: _F) -> _F:
        if verb in _rules and _rules[verb] is not predicate:
            raise LookupError(f"There are two rules for {verb}.")
        _rules[verb] = predicate
        return predicate

    return register


def verbs() -> tuple[str, ...]:
    """Every verb that has a rule, sorted: what a permission matrix must cover."""
    return tuple(sorted(_rules))


def can(actor: Actor, verb: str, obj: Any = None) -> Decision:
    """Whether ``actor`` may do ``verb`` to ``obj``."""
    return _rules[verb](actor, obj)


def require(actor: Actor, verb: str, obj: Any = None) -> None:
    """Raise unless ``actor`` may do ``verb`` to ``obj``.

    Raises :class:`NotFound` when the actor may not even view the object (its existence is not told), otherwise
    :class:`NotAllowed` with the rule's sentence.
    """
    decision = can(actor, verb, obj)
    if decision:
        return
    view = verb.split(".")[0] + ".view"
    if obj is not None and verb != view and view in _rules and not can(actor, view, obj):
        raise NotFound("This does not exist, or you may not see it.")
    if verb == view:
        raise NotFound("This does not exist, or you may not see it.")
    raise NotAllowed(decision.reason)
