"""The mail of the sign-in pages. They hand it over through a registry, because they know nothing of this app."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from groundwork.accounts.registry import AccountMail
from groundwork.clock import now
from notifications.kinds.registry import Class, Kind
from notifications.models import OutgoingMessage

_ASKED_FOR_BY_ADDRESS = _("somebody, probably you, gave this address on the sign-in page")

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="account.sign_in",
            mail_class=Class.SERVICE,
            template="account_sign_in",
            reason=_ASKED_FOR_BY_ADDRESS,
            holds_secret=True,
        ),
        Kind(
            name="account.open",
            mail_class=Class.SERVICE,
            template="account_open",
            reason=_ASKED_FOR_BY_ADDRESS,
            holds_secret=True,
        ),
        Kind(
            name="account.closed",
            mail_class=Class.SERVICE,
            template="account_closed",
            reason=_ASKED_FOR_BY_ADDRESS,
        ),
        Kind(
            name="account.password_reset",
            mail_class=Class.SERVICE,
            template="account_password_reset",
            reason=_("somebody, probably you, asked for a new password"),
            holds_secret=True,
        ),
        Kind(
            name="account.no_account",
            mail_class=Class.SERVICE,
            template="account_no_account",
            reason=_("somebody, probably you, asked for a new password"),
        ),
        Kind(
            name="account.confirm_address",
            mail_class=Class.SERVICE,
            template="account_confirm_address",
            reason=_("somebody gave this address as the new address of an account"),
            holds_secret=True,
        ),
        Kind(
            name="account.notice",
            mail_class=Class.SERVICE,
            template="account_notice",
            reason=_("something about the security of your account changed"),
        ),
    )
}


def send_account_mail(mail: AccountMail) -> OutgoingMessage:
    """Write one message of the sign-in pages. A link that has run out by then is not sent any more."""
    context = mail.context
    lifetime = timedelta(minutes=context.get("minutes", 0), days=context.get("days", 0))
    conditions = {"useful_until": {"until": (now() + lifetime).isoformat()}} if lifetime else {}
    return KINDS[mail.kind].write_to(
        mail.recipient, person=mail.person, about=mail.dedupe_key, context=context, conditions=conditions
    )
