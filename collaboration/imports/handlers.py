"""The worker's part: one step of an import for each event that asks for one."""

from __future__ import annotations

from collaboration.imports import services
from collaboration.imports.services.stepping import Step, take_step
from groundwork.events.registry import Envelope, handles

WORKS = {
    Step.CHECK.value: services.check_some,
    Step.APPLY.value: services.apply_some,
    Step.PUBLISH.value: services.publish_some,
    Step.UNDO.value: services.undo_some,
}


@handles("import.confirmed", "import.step_due", name="imports.step")
def step(envelope: Envelope) -> None:
    """Work on the next lines and ask for the step after. Taken twice, it is taken once."""
    take_step(envelope, WORKS)
