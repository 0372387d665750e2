from groundwork.events.registry import Envelope, handles
from tests.goldenthread.ledger.models import Effect


@handles("ledger.written", name="ledger.effect")
def leave_effect(envelope: Envelope) -> None:
    Effect.objects.create(word=envelope.payload["word"])
