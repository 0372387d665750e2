"""Signing in: by a link or code in a mail, with a password, with a passkey. Looking at a page never signs in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from collaboration.workshops import queries as workshops
from frontend import forms
from groundwork.access.actors import Public
from groundwork.access.errors import DomainError, Invalid
from groundwork.accounts.rules import SEEN_AT
from groundwork.accounts.services import signing_in
from groundwork.accounts.services.kept import drop_kept, kept_form
from groundwork.accounts.services.limits import TooMany, network_of
from groundwork.clock import now
from groundwork.directory.queries import current_mandates, demo_people
from groundwork.web.middleware import MANDATE_KEY

ASKED = "sign_in_asked"
"""Session key: the request whose code this browser may enter."""
OPENING = "sign_in_opening"
"""Session key: the used request that opens an account once a name is given."""
TO = "sign_in_address"


class AddressForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("We will send a link to it. You need no password."),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter your email address")},
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("8 letters, like BCDF-GHJK"),
        max_length=30,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "spellcheck": "false",
                "autocapitalize": "characters",
                "class": "govuk-input--width-10",
            }
        ),
        error_messages={"required": gettext_lazy("Enter the code from the email")},
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        help_text=gettext_lazy("Others see it beside what you write."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter your full name")},
    )


def caller(request: HttpRequest) -> str:
    """The network that asks, as the trusted proxies tell it: what limits count by."""
    return network_of(str(get_adapter(request).get_client_ip(request)))


def safe_next(request: HttpRequest, path: str | None) -> str:
    """``path`` if it is one of this service's own, else ""."""
    if path and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path[:500]
    return ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    next_path = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated:
        return redirect(next_path or resolve_url("arrive"))
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _ask(request, form.cleaned_data["email"], next_path)
            except (Invalid, TooMany) as error:
                form.refuse(error)
                status = error.status
    people = demo_people() if request.method != "POST" else []
    context = {
        "form": form,
        "next": next_path,
        "demo_people": people,
        "demo_workshops": workshops.listing(Public(), "open")[:1] if people else [],
    }
    return render(request, "frontend/signing_in/sign_in.html", context, status=status)


def _ask(request: HttpRequest, email: str, next_path: str) -> HttpResponse:
    asked = signing_in.ask_to_sign_in(email=email, caller=caller(request), next_path=next_path)
    request.session[ASKED] = asked.pk
    request.session[TO] = asked.email
    return redirect("sign_in_code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Check your email: enter the code, or ask for another."""
    email = request.session.get(TO)
    if request.user.is_authenticated or not email:
        return redirect("arrive" if request.user.is_authenticated else "account_login")
    if request.method == "POST" and request.POST.get("action") == "again":
        try:
            asked = signing_in.ask_to_sign_in(email=email, caller=caller(request))
        except TooMany as error:
            messages.error(request, error.message)
        else:
            request.session[ASKED] = asked.pk
            messages.success(request, _("We have sent another email. The newest one counts."))
        return redirect("sign_in_code")
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                used = signing_in.use_code(
                    asked_id=request.session.get(ASKED, 0), code=form.cleaned_data["code"], caller=caller(request)
                )
            except (Invalid, TooMany) as error:
                form.refuse(error)
                status = error.status
            else:
                return _go_on(request, used)
    context = {"form": form, "email": email, "minutes": int(signing_in.VALID_FOR.total_seconds() // 60)}
    return render(request, "frontend/signing_in/code.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of the mail leads: one button. Works in any browser; looking changes nothing."""
    try:
        if request.method == "POST":
            return _go_on(request, signing_in.use_link(token=token))
        asked = signing_in.look_at_link(token=token)
    except Invalid as error:
        return render(request, "frontend/signing_in/used_up.html", {"sentence": error.message}, status=error.status)
    return render(request, "frontend/signing_in/link.html", {"email": asked.email, "is_new": asked.person_id is None})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_name(request: HttpRequest) -> HttpResponse:
    """Opens the account of an address that a used link or code has shown to be theirs."""
    asked_id = request.session.get(OPENING)
    if not asked_id or request.user.is_authenticated:
        return redirect("account_login")
    form = NameForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person = signing_in.open_account(asked_id=asked_id, name=form.cleaned_data["name"])
            except DomainError as error:
                form.refuse(error)
                status = error.status
            else:
                next_path = request.session.pop("sign_in_next", "")
                for key in (OPENING, ASKED, TO):
                    request.session.pop(key, None)
                return enter(request, person, how="code", next_path=next_path)
    context = {"form": form, "email": request.session.get(TO, "")}
    return render(request, "frontend/signing_in/name.html", context, status=status)


def _go_on(request: HttpRequest, used: Any) -> HttpResponse:
    """After a link or code: into the account, or on to opening one."""
    next_path = safe_next(request, used.next_path)
    if used.person is None:
        if request.user.is_authenticated:
            logout(request)
        request.session[OPENING] = used.pk
        request.session[TO] = used.email
        request.session["sign_in_next"] = next_path
        # A browser that held a session of nobody gets a new id too, before it is worth something.
        request.session.cycle_key()
        return redirect("sign_in_name")
    for key in (ASKED, TO):
        request.session.pop(key, None)
    return enter(request, used.person, how="code", next_path=next_path)


def enter(request: HttpRequest, person: Any, *, how: str, next_path: str = "") -> HttpResponse:
    """Sign ``person`` in, by way of their second step where they have one."""
    if request.user.is_authenticated:
        if request.user.pk == person.pk:
            return redirect(next_path or resolve_url("arrive"))
        logout(request)
    record_authentication(request, person, method=how, email=person.email)
    response: HttpResponse = perform_login(request, person, redirect_url=next_path or None, email=person.email)
    return response


class PasswordView(LoginView):  # type: ignore[misc]
    """Sign in with a password."""

    template_name = "frontend/signing_in/password.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


sign_in_with_password = PasswordView.as_view()


class StillYou:
    """Who has just shown a new second step need not show it again to see their recovery codes."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        record_authentication(self.request, self.request.user, method="mfa", reauthenticated=True)
        return response


class AuthenticatorAppView(StillYou, ActivateTOTPView):  # type: ignore[misc]
    """Set up an authenticator app."""


class PasskeyView(StillYou, AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey."""


set_up_authenticator_app = AuthenticatorAppView.as_view()
add_passkey = PasskeyView.as_view()


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def arrive(request: HttpRequest) -> HttpResponse:
    """The first page after signing in: what was being written, for whom one acts, or what one wanted."""
    next_path = safe_next(request, request.GET.get("next"))
    if kept_form(request) is not None:
        return redirect("kept")
    if MANDATE_KEY not in request.session:
        mandates = list(current_mandates(request.actor.person)[:2])  # type: ignore[attr-defined]
        if len(mandates) == 1:
            request.session[MANDATE_KEY] = mandates[0].pk
        elif mandates:
            return HttpResponseRedirect(f"{reverse('acting')}?{urlencode({'next': next_path})}")
    return redirect(next_path or "/home/")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """What was written when the session had ended: send it now, or leave it."""
    found = kept_form(request)
    if found is None:
        return redirect("arrive")
    if request.method != "POST":
        return render(request, "frontend/signing_in/kept.html", {"kept": found})
    drop_kept(request)
    if request.POST.get("kept_action") == "leave":
        messages.info(request, _("What you had written was not sent."))
        return redirect("arrive")
    # 307: the browser sends the same form again, now signed in, to the page it was meant for.
    return HttpResponseRedirect(found.path, preserve_request=True)


@never_cache
@login_required
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Asked for by the page when somebody says that they are still there."""
    request.session[SEEN_AT] = int(now().timestamp())
    return HttpResponse(status=204)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def acting(request: HttpRequest) -> HttpResponse:
    """For which organisation one acts."""
    mandates = list(current_mandates(request.actor.person))  # type: ignore[attr-defined]
    next_path = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    present = request.actor.mandate  # type: ignore[attr-defined]
    form = ActingForm(
        request.POST if request.method == "POST" else None,
        mandates=mandates,
        initial={"mandate": present.pk if present else None},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = next(m for m in mandates if m.pk == form.cleaned_data["mandate"])
            request.session[MANDATE_KEY] = chosen.pk
            messages.success(
                request, _("You now act for %(organisation)s.") % {"organisation": chosen.organisation.name}
            )
            return redirect(next_path or "/home/")
    context = {"form": form, "mandates": mandates, "next": next_path}
    return render(request, "frontend/signing_in/acting.html", context, status=status)


class ActingForm(forms.Form):
    mandate = forms.TypedChoiceField(
        label=gettext_lazy("Who do you act for?"),
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose who you act for"),
            "invalid_choice": gettext_lazy("Choose one of the organisations listed"),
        },
    )

    def __init__(self, *args: Any, mandates: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mandate"]
        hints = {m.pk: m.get_role_display().capitalize() for m in mandates}
        field.widget = forms.Radios(hints=hints)
        field.choices = [(m.pk, m.organisation.name) for m in mandates]  # type: ignore[attr-defined]
