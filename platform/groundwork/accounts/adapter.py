"""What django-allauth asks us: its limits, its mail, its sessions and its secrets are ours."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.access.actors import PersonActor
from groundwork.accounts import registry
from groundwork.accounts.models import Person
from groundwork.accounts.rules import SEEN_AT, SIGNED_IN_AT
from groundwork.accounts.services import limits, people, signing_in
from groundwork.clock import now
from groundwork.ids import uuid7

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in and out, with the limits kept in the database and the mail sent from a row."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("The email address or the password is not right"),
        "incorrect_password": gettext_lazy("This is not your password"),
        "enter_current_password": gettext_lazy("Enter your present password"),
        "incorrect_code": gettext_lazy("This code is not right, or was used before"),
        "too_many_login_attempts": gettext_lazy(
            "That was tried too often. Wait 5 minutes, or sign in with a link by email."
        ),
        "rate_limited": gettext_lazy("That was tried too often. Wait a few minutes, then try again."),
        "email_taken": gettext_lazy("This address cannot be used. Choose another."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        # Accounts are opened by a link in a mail, so that every address is known to be somebody's.
        return False

    def is_safe_url(self, url: str | None) -> bool:
        # Only paths of our own. allauth also takes any listed host, and takes apart what cannot be when all are.
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    # The limits -----------------------------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        account = str(credentials.get("email") or credentials.get("username") or "")
        try:
            self._tries = limits.take_all(
                (limits.WRONG_FROM_ADDRESS, limits.network_of(self.get_client_ip(request))),
                (limits.WRONG_PASSWORDS, account),
            )
        except limits.TooMany as error:
            raise self.validation_error("too_many_login_attempts") from error

    def _rollback_login_failed_rl_usage(self) -> None:
        limits.give_back(*getattr(self, "_tries", []))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        log.info("sign_in_failed", how="password")

    # Sessions -------------------------------------------------------------------------------------------------------

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Begin a session, with a new id, that is timed from now."""
        super().login(request, user)
        request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(now().timestamp())
        if isinstance(user, Person):
            from allauth.account.internal.flows.login import get_authentication_records

            records = get_authentication_records(request, user)
            signing_in.note_sign_in(person=user, how=", ".join(str(r.get("method")) for r in records) or "link")

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Go by way of the page that settles for whom the person acts, wherever they wanted to go."""
        wanted = kwargs.get("redirect_url")
        if wanted and not str(wanted).startswith(settings.LOGIN_REDIRECT_URL):
            kwargs["redirect_url"] = f"{settings.LOGIN_REDIRECT_URL}?{urlencode({'next': wanted})}"
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        """End this session and every other one of the person (promise S10)."""
        user = request.user
        super().logout(request)
        if isinstance(user, Person):
            signing_in.note_sign_out(person=user)
            people.end_sessions(actor=PersonActor(who=user), person=user)

    # Passwords and addresses ----------------------------------------------------------------------------------------

    @transaction.atomic
    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Every session but the one that asks ends with this, and so do open connections."""
        super().set_password(user, password)
        registry.tell_access_ended([user.pk])

    def clean_email(self, email: str) -> str:
        return email.lower()

    # Mail -----------------------------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Turn one of allauth's messages into one of ours and hand it over."""
        name = template_prefix.rsplit("/", 1)[-1]
        user = context.get("user") or getattr(self.request, "user", None)
        person = user if isinstance(user, Person) else Person.objects.filter(email=email.lower()).first()
        kind, ours = self._message(name, context)
        mail = registry.AccountMail(
            kind=kind, recipient=email.lower(), person=person, dedupe_key=f"{name}:{uuid7()}", context=ours
        )
        registry.post(mail)

    def _message(self, name: str, context: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if name == "password_reset_key":
            return "account.password_reset", {
                "link": context["password_reset_url"],
                "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
            }
        if name == "unknown_account":
            return "account.no_account", {"link": settings.BASE_URL + reverse("account_login")}
        if name in ("email_confirmation", "email_confirmation_signup"):
            return "account.confirm_address", {
                "link": context["activate_url"],
                "days": settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS,
            }
        heading, sentence = NOTICES.get(name, (_("Your account was changed"), _("A security setting was changed.")))
        return "account.notice", {
            "heading": str(heading),
            "sentences": [
                str(sentence),
                _("If this was you, there is nothing to do. If it was not, sign in with a link by email, sign out "
                  "everywhere, and tell the people who run this service."),
            ],
            "link": settings.BASE_URL + reverse("account"),
        }  # fmt: skip

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.BASE_URL) + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return str(settings.BASE_URL) + reverse("account_confirm_email", args=[emailconfirmation.key])


NOTICES = {
    "password_changed": (gettext_lazy("Your password was changed"), gettext_lazy("Your password was changed.")),
    "password_set": (gettext_lazy("Your account has a password"), gettext_lazy("A password was set.")),
    "password_reset": (
        gettext_lazy("Your password was changed"),
        gettext_lazy("Your password was changed with a link sent to this address."),
    ),
    "email_changed": (
        gettext_lazy("Your email address was changed"),
        gettext_lazy("The email address of your account was changed."),
    ),
    "email_confirm": (gettext_lazy("Your email address was confirmed"), gettext_lazy("The address was confirmed.")),
    "email_deleted": (
        gettext_lazy("An email address was removed"),
        gettext_lazy("An email address was removed from your account."),
    ),
    "totp_activated": (
        gettext_lazy("An authenticator app was added"),
        gettext_lazy("An authenticator app is now asked for when you sign in."),
    ),
    "totp_deactivated": (
        gettext_lazy("Your authenticator app was removed"),
        gettext_lazy("The authenticator app is no longer asked for when you sign in."),
    ),
    "recovery_codes_generated": (
        gettext_lazy("New recovery codes were made"),
        gettext_lazy("New recovery codes were made; the old ones no longer work."),
    ),
    "webauthn_added": (gettext_lazy("A passkey was added"), gettext_lazy("A passkey was added to your account.")),
    "webauthn_removed": (
        gettext_lazy("A passkey was removed"),
        gettext_lazy("A passkey was removed from your account."),
    ),
}
"""allauth's notices about an account: the heading of our mail, and what happened."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator apps, passkeys and recovery codes; their secrets are encrypted at rest."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or was used before"),
        "unverified_email": gettext_lazy("Confirm your email address first"),
    }

    def encrypt(self, text: str) -> str:
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _ciphers().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an SVG element that can stand in a page."""
        return str(super().build_totp_svg(url)).partition("?>")[2].strip()

    def take_try(self, user: Any) -> list[limits.Try]:
        """Count one guess at a second factor of ``user``. Raises :class:`ValidationError` when there were too many."""
        try:
            return limits.take_all((limits.WRONG_SECOND_FACTORS, str(user.pk)))
        except limits.TooMany as error:
            raise ValidationError(error.message) from error


def _ciphers() -> MultiFernet:
    """The first key writes; the keys of former secrets can still read."""
    secrets = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(sha256(f"second factor\0{s}".encode()).digest())) for s in secrets]
    )
