"""What a request asks for in its query: every parameter is known, stands once, and can be read as what it should be.

A misspelt filter that was passed over would answer with everything, and nobody would notice.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from django.http import QueryDict
from django.utils.translation import gettext as _

from groundwork.web.api.problems import Malformed

_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Misunderstood(Malformed):
    """The query of an address cannot be understood; ``errors`` maps parameters to sentences (400)."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(sentence for sentences in errors.values() for sentence in sentences), errors=errors)


def asked(query: QueryDict, known: Collection[str]) -> dict[str, str]:
    """The parameters of a query by name, without spaces around them.

    Raises :class:`Misunderstood`, naming every parameter that does not exist, stands twice, is empty or holds what is
    no text. An empty filter would answer with everything as well.
    """
    errors: dict[str, list[str]] = {}
    found: dict[str, str] = {}
    for name, values in query.lists():
        shown = _quotable(name)
        if name not in known:
            listed = ", ".join(sorted(known)) or _("none")
            errors[shown] = [
                _("There is no parameter “%(name)s” here. There are: %(known)s.") % {"name": shown, "known": listed}
            ]
        elif len(values) > 1:
            errors[shown] = [_("“%(name)s” is given more than once. Give it once.") % {"name": shown}]
        elif _NO_TEXT.search(values[0]):
            errors[shown] = [_("“%(name)s” holds characters that are no text.") % {"name": shown}]
        elif not (text := values[0].strip()):
            errors[shown] = [_("“%(name)s” is empty. Leave it out, or say what you want.") % {"name": shown}]
        else:
            found[name] = text
    if errors:
        raise Misunderstood(errors)
    return found


def _quotable(name: str) -> str:
    shown = _NO_TEXT.sub("\ufffd", name)
    return shown if len(shown) <= 40 else shown[:39] + "…"
