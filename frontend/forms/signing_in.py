"""The forms of django-allauth in our words: labels people read, hints where they help, no placeholders."""

from __future__ import annotations

import struct
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as second_step_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.forms.form import _name_the_field
from groundwork.accounts.adapter import SecondFactorAdapter
from groundwork.accounts.services import limits

LONGEST_PASSWORD = 256


class OurWords:
    """Gives fields of a form their label, hint and ``autocomplete``, and errors that name the field."""

    use_required_attribute = False
    words: dict[str, tuple[Any, Any, str]] = {}
    """Field: label, hint, ``autocomplete``."""
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            label, hint, autocomplete = self.words.get(name, (field.label, "", ""))
            field.label, field.help_text = label, hint
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.pop("autofocus", None)
            if name == "code":
                field.widget.attrs["class"] = "govuk-input--width-10"
            if autocomplete:
                field.widget.attrs["autocomplete"] = autocomplete
            _name_the_field(field, str(label or name))


def _too_long(password: str) -> str:
    # Before it is hashed: hashing a megabyte is work for us and none for the one who sent it.
    if len(password) > LONGEST_PASSWORD:
        raise ValidationError(_("Use %(limit)s characters or fewer") % {"limit": LONGEST_PASSWORD})
    return password


PASSWORD_HINT = gettext_lazy(
    "At least 12 characters. Three words that do not belong together are easy to remember and hard to guess."
)
_EMAIL = gettext_lazy("Email address")
_NEW = (gettext_lazy("New password"), PASSWORD_HINT, "new-password")
_AGAIN = (gettext_lazy("New password again"), "", "new-password")


class PasswordSignInForm(OurWords, account_forms.LoginForm):  # type: ignore[misc]
    words = {
        "login": (_EMAIL, "", "username"),
        "password": (gettext_lazy("Password"), "", "current-password"),
    }

    def clean_password(self) -> str:
        return _too_long(self.cleaned_data["password"])


class PasswordChangeForm(OurWords, account_forms.ChangePasswordForm):  # type: ignore[misc]
    words = {
        "oldpassword": (gettext_lazy("Present password"), "", "current-password"),
        "password1": _NEW,
        "password2": _AGAIN,
    }

    def clean_oldpassword(self) -> Any:
        _too_long(self.cleaned_data.get("oldpassword", ""))
        return super().clean_oldpassword()


class PasswordSetForm(OurWords, account_forms.SetPasswordForm):  # type: ignore[misc]
    words = {"password1": _NEW, "password2": _AGAIN}


class PasswordFromLinkForm(OurWords, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    words = {"password1": _NEW, "password2": _AGAIN}


class PasswordResetForm(OurWords, account_forms.ResetPasswordForm):  # type: ignore[misc]
    words = {"email": (_EMAIL, "", "email")}


class ReauthenticateForm(OurWords, account_forms.ReauthenticateForm):  # type: ignore[misc]
    words = {"password": (gettext_lazy("Your password"), "", "current-password")}

    def clean_password(self) -> Any:
        _too_long(self.cleaned_data.get("password", ""))
        return super().clean_password()


class AddressForm(OurWords, account_forms.AddEmailForm):  # type: ignore[misc]
    words = {"email": (gettext_lazy("New email address"), gettext_lazy("We will send a link to it."), "email")}


_CODE = (
    gettext_lazy("Code"),
    gettext_lazy("The 6 digits your authenticator app shows, or one of your recovery codes"),
    "one-time-code",
)


class CountsGuesses:
    """Takes a try before the code is looked at, and gives it back when the code was right."""

    user: Any

    def clean_code(self) -> Any:
        tries = SecondFactorAdapter().take_try(self.user)
        code = super().clean_code()  # type: ignore[misc]
        limits.give_back(*tries)
        return code


class SecondStepForm(CountsGuesses, OurWords, second_step_forms.AuthenticateForm):  # type: ignore[misc]
    words = {"code": _CODE}


class SecondStepAgainForm(CountsGuesses, OurWords, second_step_forms.ReauthenticateForm):  # type: ignore[misc]
    words = {"code": _CODE}


class AuthenticatorAppForm(OurWords, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    words = {"code": (gettext_lazy("Code"), gettext_lazy("The 6 digits your authenticator app shows"), "one-time-code")}


_WRONG = (AttributeError, IndexError, KeyError, LookupError, RecursionError, TypeError, ValueError, struct.error)


class CredentialField(forms.JSONField):
    """What a browser's passkey answered. Anything else is refused with a sentence before a library looks at it."""

    widget = forms.HiddenInput
    default_error_messages = {
        "invalid": gettext_lazy("The passkey could not be used. Try again."),
        "required": gettext_lazy("The passkey could not be used. Try again."),
    }

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > 20_000:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            credential = super().to_python(value)
        except RecursionError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if credential is not None and not isinstance(credential, dict):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return credential


class ReadsCredential:
    """Turns whatever a library trips over in a made-up credential into one sentence."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _WRONG as error:
            raise ValidationError(CredentialField.default_error_messages["invalid"]) from error


class PasskeySignInForm(ReadsCredential, passkey_forms.LoginWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class PasskeyStepForm(ReadsCredential, passkey_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class PasskeyAgainForm(ReadsCredential, passkey_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class PasskeyForm(OurWords, passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()
    words = {
        "name": (gettext_lazy("Name of this passkey"), gettext_lazy("For example: office laptop"), ""),
        "passwordless": (
            gettext_lazy("Sign in with this passkey alone"),
            gettext_lazy("The device will ask for its own PIN, fingerprint or face."),
            "",
        ),
    }

    def clean(self) -> Any:
        try:
            return super().clean()
        except _WRONG as error:
            raise ValidationError(CredentialField.default_error_messages["invalid"]) from error


class PasskeyNameForm(OurWords, passkey_forms.EditWebAuthnForm):  # type: ignore[misc]
    words = {"name": (gettext_lazy("Name of this passkey"), gettext_lazy("For example: office laptop"), "")}
