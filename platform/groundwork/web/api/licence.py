"""The licence of the public data, told with every answer (``Link: <…>; rel="license"``, RFC 8288)."""

from __future__ import annotations

import time

from groundwork.directory.queries import the_place

OPEN_GOVERNMENT_LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
KEPT_FOR = 60.0
"""Seconds for which a process remembers the answer: a place's licence changes when its catalogue is loaded."""

_known: tuple[float, str] | None = None


def licence_link() -> str:
    """The value of the ``Link`` header; "" while the place states no licence.

    Asks the database once a minute at most. That no licence is stated is not remembered: it is wrong sooner.
    """
    global _known
    at = time.monotonic()
    if _known is not None and 0 <= at - _known[0] < KEPT_FOR:
        return _known[1]
    place = the_place()
    if place is None or not place.data_licence:
        return ""
    _known = (at, f'<{_address(place.data_licence)}>; rel="license"')
    return _known[1]


def forget() -> None:
    """Ask again next time; for whoever changes the place in this process."""
    global _known
    _known = None


def _address(licence: str) -> str:
    """Where the words of a licence stand: the Open Government Licence's own page, else ours."""
    return OPEN_GOVERNMENT_LICENCE if "open government licence" in licence.lower() else "/data-licence/"
