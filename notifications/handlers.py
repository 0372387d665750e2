"""What mail is written when something happens: each module of kinds holds its own handlers."""

from notifications.kinds import (  # noqa: F401 - importing registers them
    accounts,
    actions,
    chasing,
    decisions,
    digests,
    following,
    initiatives,
    joining,
    meetings,
    minutes,
    nominations,
    partners,
    people,
    publishing,
    questions,
    seats,
    successions,
    together,
    workshops,
)
