"""What mail is written when something happens: each module of kinds holds its own handlers."""

from notifications.kinds import (  # noqa: F401 - importing registers them
    accounts,
    initiatives,
    joining,
    nominations,
    partners,
    people,
    publishing,
    questions,
    together,
)
