"""The tokens of one's programs: what there is, making one, taking one back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from frontend import forms
from groundwork.access.errors import DomainError
from groundwork.access.rules import can, require
from groundwork.accounts import queries
from groundwork.accounts.services import tokens
from groundwork.clock import now
from groundwork.directory.queries import current_mandates

EXPIRES_SOON = timedelta(days=14)

_DAYS = (7, 30, 90, 180, 366)


def _lifetimes() -> list[tuple[str, str]]:
    return [
        (str(days), ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days < 366 else _("1 year"))
        for days in _DAYS
    ]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What will you use it for?"),
        help_text=gettext_lazy("So that you know it again. For example: our Excel report."),
        max_length=tokens.NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter what you will use it for")},
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What may it do?"),
        choices=[("read", gettext_lazy("Read")), ("write", gettext_lazy("Read and write"))],
        widget=forms.Radios(
            hints={
                "read": gettext_lazy("Enough for Excel, Power BI and reports. It sees what you see, drafts too."),
                "write": gettext_lazy("It can also register, change, publish and confirm in your name."),
            }
        ),
        initial="read",
        error_messages={"required": gettext_lazy("Choose what it may do")},
    )
    days = forms.ChoiceField(
        label=gettext_lazy("How long will it work?"),
        choices=_lifetimes,
        widget=forms.Radios(small=True),
        initial=str(tokens.DEFAULT_DAYS),
        error_messages={"required": gettext_lazy("Choose how long it will work")},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret", "context")
def account_tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens, and a form to make one. What is made is shown in the answer itself, this once.

    It is not sent on to another page: the token would have to be kept somewhere until it is shown there.
    """
    actor = request.actor  # type: ignore[attr-defined]
    may_create = can(actor, "token.create")
    form = TokenForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        require(actor, "token.create")
        status = 422
        if form.is_valid():
            try:
                token, secret = tokens.create(
                    actor=actor,
                    name=form.cleaned_data["name"],
                    scope=form.cleaned_data["scope"],
                    days=int(form.cleaned_data["days"]),
                )
            except DomainError as error:
                form.refuse(error)
                status = error.status
            else:
                context = {"token": token, "secret": secret, "example": _example(request, secret)}
                return render(request, "frontend/tokens/made.html", context)
    context = {
        "tokens": [_shown(token) for token in queries.tokens_of(actor.person)],
        "may_create": may_create,
        "form": form if may_create else None,
        "acts_for_several": len(current_mandates(actor.person)) > 1,
    }
    return render(request, "frontend/tokens/tokens.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Say once more which token will work no more, then take it back."""
    actor = request.actor  # type: ignore[attr-defined]
    token = queries.find_token(actor, pk)
    require(actor, "token.revoke", token)
    if token.revoked_at is not None:
        messages.info(request, _("“%(name)s” was taken back already.") % {"name": token.name})
        return redirect("account-tokens")
    if request.method == "POST":
        tokens.revoke(actor=actor, token=token)
        messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
        return redirect("account-tokens")
    return render(request, "frontend/tokens/revoke.html", {"token": token})


@sensitive_variables("secret")
def _example(request: HttpRequest, secret: str) -> str:
    """A line for the command line that asks for the initiatives with the new token."""
    return f'curl -H "Authorization: Bearer {secret}" {request.build_absolute_uri("/api/v1/initiatives/")}'


def _shown(token: Any) -> dict[str, Any]:
    """A token and how it stands: works, soon expires, expired, taken back, or its mandate has ended."""
    at = now()
    if token.revoked_at is not None:
        state, tone = _("Taken back"), "grey"
    elif token.expires_at <= at:
        state, tone = _("Expired"), "grey"
    elif not token.mandate_stands:
        state, tone = _("Mandate ended"), "grey"
    elif token.expires_at <= at + EXPIRES_SOON:
        state, tone = _("Expires soon"), "yellow"
    else:
        state, tone = _("Works"), "green"
    return {
        "token": token,
        "state": state,
        "tone": tone,
        "works": tone != "grey",
        "may_revoke": token.revoked_at is None and token.expires_at > at,
    }
