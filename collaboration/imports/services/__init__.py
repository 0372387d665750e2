"""From a file to records and back: upload, match columns, check, confirm, undo. By one name each.

What is small (:data:`AT_ONCE` lines) is done in the call; what is larger, by the worker, in steps of :data:`STEP`
lines: each step is one transaction with its own event for the next one, so that each line is done once, whatever is
killed. A command does all of a file in one transaction.
"""

from collaboration.imports.services.checking import check_some, choose_columns
from collaboration.imports.services.confirming import apply_some, cancel, confirm, publish_some
from collaboration.imports.services.forgetting import forget_lines
from collaboration.imports.services.in_one_go import check_file, import_file
from collaboration.imports.services.stepping import AT_ONCE, STEP
from collaboration.imports.services.undoing import UNDO_FOR, undo, undo_some
from collaboration.imports.services.uploading import upload

__all__ = [
    "AT_ONCE",
    "STEP",
    "UNDO_FOR",
    "apply_some",
    "cancel",
    "check_file",
    "check_some",
    "choose_columns",
    "confirm",
    "forget_lines",
    "import_file",
    "publish_some",
    "undo",
    "undo_some",
    "upload",
]
