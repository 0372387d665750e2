"""What somebody was sending when their session had ended (promise U7: no typed character is lost)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from groundwork.clock import now

KEY = "kept_form"
LARGEST = 200_000
"""Characters. More than any form of ours takes."""
HOURS = 12
_NEVER = ("password", "csrfmiddlewaretoken", "code", "credential")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A form that was sent too late: where to, and its fields in order, repeated names included."""

    path: str
    fields: list[tuple[str, str]]


def keep_post(request: HttpRequest, *, person_id: int) -> bool:
    """Keep the posted fields in the session for that person. False when there is nothing worth keeping, or too much.

    Files are not kept, and nothing that looks like a secret is.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in _NEVER)
        for value in values
    ]
    if not any(value for _name, value in fields) or sum(len(n) + len(v) for n, v in fields) > LARGEST:
        return False
    path = request.get_full_path()
    request.session[KEY] = {"path": path, "fields": fields, "person": person_id, "at": int(now().timestamp())}
    return True


def kept_form(request: HttpRequest) -> Kept | None:
    """The kept form of the person who is signed in now. Somebody else's, or an old one, is thrown away."""
    data = request.session.get(KEY)
    if not data or not request.user.is_authenticated:
        return None
    if data["person"] != request.user.pk or now().timestamp() - data["at"] > HOURS * 3600:
        drop_kept(request)
        return None
    return Kept(path=data["path"], fields=[(name, value) for name, value in data["fields"]])


def drop_kept(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
