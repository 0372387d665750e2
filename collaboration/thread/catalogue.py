"""What is counted has to be counted again when the place was loaded."""

from __future__ import annotations

from collaboration.thread import services
from groundwork.catalogue.ledger import Ledger
from groundwork.catalogue.registry import after_load


@after_load("thread.coverage")
def count_again(ledger: Ledger) -> None:
    """Everything: a load can move a strand to another ambition as well as bring initiatives."""
    services.recount()
