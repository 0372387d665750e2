"""A page for one act: a form with a button, done once it is posted and fits, else shown again with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from frontend.forms import Form, NothingForm
from groundwork.access.errors import Conflict, Invalid, NotAllowed

GET_OR_POST: Final = ("GET", "HEAD", "POST")
REFUSALS: Final = (Conflict, Invalid, NotAllowed)
"""What a service may say to what was typed. It is told beside it, and what was typed stays."""


def act(
    request: HttpRequest,
    *,
    form: Form,
    do: Callable[[], Any],
    heading: str,
    button: str,
    done: str | Callable[[], str],
    back: tuple[str, str],
    to: str | Callable[[Any], Any] = "",
    fields: Mapping[str, str] | None = None,
    of: Any = None,
    template: str = "frontend/act.html",
    **context: Any,
) -> HttpResponse:
    """Show ``form`` with what the act will do and, once it is posted and fits, ``do()`` it and say ``done``.

    ``back`` is the address and the name of where the reader comes from. ``to`` is where they go afterwards, if not
    back: an address, or a function that finds it from what ``do()`` gave. ``fields`` says which of the form's fields
    shows what the service says of its own. ``of`` is what has a version that is posted along. The template tells what
    else ``context`` may hold.
    """
    status = 200
    version = version_of(request, of) if of is not None else 0
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = do()
            except REFUSALS as error:
                if of is not None and isinstance(error, Conflict):
                    version = newer_version(of)
                    if "version" in form.fields:
                        go_on_from(version, request, form)
                form.refuse(error, fields)
                status = error.status
            else:
                messages.success(request, done() if callable(done) else done)
                return redirect(to(made) if callable(to) else to or back[0])
    if of is not None and "version" not in form.fields:
        context["version"] = version
    context |= {"form": form, "heading": heading, "button": button, "back": back[0], "back_text": back[1]}
    return render(request, template, context, status=status)


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: what was posted, or None on a first look."""
    return request.POST if request.method == "POST" else None


def nothing(request: HttpRequest) -> Form:
    """The form of an act that needs no words."""
    return NothingForm(posted(request))


def whole_number(text: Any) -> int | None:
    """A whole number as posted, or None for anything else."""
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def version_of(request: HttpRequest, thing: Any) -> int:
    """The version of ``thing`` that the page was made of, or 0, which nothing has, where it was taken away."""
    if request.method != "POST":
        return int(thing.version)
    return whole_number(request.POST.get("version")) or 0


def newer_version(thing: Any) -> int:
    """The version to go on from: who was told that somebody else changed ``thing`` decides by saving once more."""
    thing.refresh_from_db(fields=["version"])
    return int(thing.version)


def go_on_from(version: int, request: HttpRequest, form: Form) -> None:
    """Have ``form``, whose field ``version`` was posted, shown with another one and with all that was typed."""
    typed = request.POST.copy()
    typed["version"] = str(version)
    form.data = typed
