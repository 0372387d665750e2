from groundwork.events.registry import Event


class EntryWritten(Event, name="ledger.written"):
    word: str
