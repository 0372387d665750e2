"""The one family of errors a service may raise.

Each carries a sentence for the person who asked. The API, the pages and the socket map them once each.
"""


class DomainError(Exception):
    """Something a person asked for cannot be done; ``message`` says why and, where it helps, what to do next."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = str(message)


class NotAllowed(DomainError):
    """The actor may see the object but not do this to it."""

    status = 403


class NotFound(DomainError):
    """There is no such object, or the actor may not know that there is."""

    status = 404


class Conflict(DomainError):
    """The object changed meanwhile, or is in a state in which this cannot be done."""

    status = 409


class Invalid(DomainError):
    """The input cannot be accepted. ``errors`` maps field names to lists of sentences; ``""`` is the whole form."""

    status = 422

    def __init__(self, errors: "dict[str, list[str]] | str") -> None:
        self.errors: dict[str, list[str]] = {"": [str(errors)]} if isinstance(errors, str) else errors
        super().__init__(" ".join(sentence for sentences in self.errors.values() for sentence in sentences))
