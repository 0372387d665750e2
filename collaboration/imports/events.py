"""What happens to an import: steps for the worker, and what other rooms may want to hear of."""

from __future__ import annotations

from groundwork.events.registry import Event


class ImportConfirmed(Event, name="import.confirmed"):
    """Somebody said that the lines are to be imported, and the worker is to do it: its first step is due."""

    import_id: str
    step: str
    round: int
    position: int


class ImportStepDue(Event, name="import.step_due"):
    """The lines after ``position`` wait to be checked, imported, published or undone (``step``), in pass ``round``."""

    import_id: str
    step: str
    round: int
    position: int


class ImportChecked(Event, name="import.checked"):
    """Every line has a verdict: somebody may look at them and confirm."""

    import_id: str


class ImportFinished(Event, name="import.finished"):
    """Every line that was to be imported is in the register."""

    import_id: str
    new: int
    changed: int


class ImportFailed(Event, name="import.failed"):
    """It could not be carried out; what was done of it has been taken back."""

    import_id: str


class ImportUndone(Event, name="import.undone"):
    """It was taken back, but for ``kept`` records that somebody had worked on since."""

    import_id: str
    kept: int
