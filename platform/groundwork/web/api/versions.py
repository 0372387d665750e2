"""Which version of a record was read: ETag, and If-Match where something is changed.

Without it two people who read the same record overwrite each other's words. A change must say what it was made of.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from rest_framework.request import Request

from groundwork.access.errors import DomainError
from groundwork.web.api.problems import Malformed, PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'\s*((?:W/)?"[^"\x00-\x20\x7f]*"|[0-9]{1,18})\s*(?:,|$)')


def etag(version: int) -> str:
    """The ETag of a version of a record: ``"7"``, quotes included."""
    return f'"{version}"'


def require_match(request: Request, version: int) -> int | None:
    """The version that the caller read, which is ``version``; None for ``If-Match: *``, which takes any.

    Raises :class:`PreconditionRequired` without the header, :class:`PreconditionFailed` when the record was changed
    meanwhile, :class:`Malformed` when the header cannot be read. Hand what it returns to the service, which asks again
    behind its lock.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired(
            _("Read the record first, and send its ETag as If-Match: so nobody's change is overwritten unseen.")
        )
    if given == "*":
        return None
    if etag(version) not in _tags(given):
        raise PreconditionFailed(
            _("Somebody changed this after you read it: it is at version %(version)s. Read it again, then change it.")
            % {"version": version}
        )
    return version


def overtaken(refusal: DomainError, read: int | None, present: int | None) -> Exception:
    """What to raise for a service's ``refusal`` of a change made of version ``read`` (None: of any).

    Where somebody was quicker between the look at the version and the service's lock, ``present`` is another one, and
    it is the same refusal as if they had been before; otherwise the refusal is about something else and stays.
    """
    return PreconditionFailed(refusal.message) if read is not None and present != read else refusal


def _tags(given: str) -> set[str]:
    """The tags of an If-Match; a bare number is taken for the tag whose quotes a shell has eaten."""
    found, position = set(), 0
    while position < len(given):
        match = _TAG.match(given, position)
        if match is None:
            raise Malformed(_('The header If-Match must be the ETag you read, with its quotes: If-Match: "7".'))
        found.add(match[1] if '"' in match[1] else f'"{match[1]}"')
        position = match.end()
    return found
