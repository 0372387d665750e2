"""What can be done with boards from outside of them: by plain forms and the API, by their workshop, by the clock."""

from collaboration.boards.founding import found_again, found_board
from collaboration.boards.services.carrying import export_board, export_history, import_board
from collaboration.boards.services.keeping import empty_bin, forget_workshop
from collaboration.boards.services.performing import perform
from collaboration.boards.services.removing import erase_person, redact
from collaboration.boards.services.tickets import api_token_of, issue_ticket, use_ticket

__all__ = [
    "api_token_of",
    "empty_bin",
    "erase_person",
    "export_board",
    "export_history",
    "forget_workshop",
    "found_again",
    "found_board",
    "import_board",
    "issue_ticket",
    "perform",
    "redact",
    "use_ticket",
]
