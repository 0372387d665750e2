"""People, how they ask to sign in, and the tokens of their programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from groundwork.clock import now


class PersonManager(BaseUserManager["Person"]):
    """Makes people. Addresses are kept lower-case, so that one inbox is one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(email, password, is_operator=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. What they may do comes from their mandates, never from this row alone."""

    email = models.EmailField(_("email address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_operator = models.BooleanField(_("runs the system"), default=False)
    is_demo = models.BooleanField(_("is a demo account"), default=False)
    session_epoch = models.PositiveIntegerField(
        default=0, help_text=_("Raised to end every session of this person at once.")
    )
    created_at = models.DateTimeField(default=now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_any_case")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name as others see it; never the address."""
        return self.name or str(_("A person without a name"))

    @property
    def is_staff(self) -> bool:
        """Django's admin asks for this; only operators enter it."""
        return self.is_operator

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        # Django ends sessions whose hash no longer matches: so does a new password, and so does a new epoch.
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        kept = f"{self.password}{self.session_epoch}"
        return salted_hmac(salt, kept, secret=secret, algorithm="sha256").hexdigest()


class SignInRequest(models.Model):
    """Somebody asked to sign in as the holder of an email address. Link and code work once, and for minutes.

    ``person`` is empty while nobody with that address has an account: the link then opens one. Neither link nor code
    is kept, only digests of them.
    """

    email = models.EmailField(max_length=254)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sign_in_requests")
    link_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)
    next_path = models.CharField(max_length=500, blank=True, help_text=_("Where the person wanted to go."))
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    account_opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["email", "used_at"], name="sign_in_request_of_address"),
            models.Index(fields=["created_at"], name="sign_in_request_age"),
        ]

    def __str__(self) -> str:
        return f"sign-in request {self.pk}"


class ApiToken(models.Model):
    """Lets a program act as one person under one of their mandates, until it expires or is taken back.

    The token itself is shown once and never kept: ``digest`` is the SHA-256 of it, which is enough, because it is made
    of 256 random bits and cannot be guessed. ``prefix`` lets its owner tell their tokens apart.
    """

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    mandate = models.ForeignKey("directory.Mandate", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text=_("What its owner uses it for."))
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["person", "-created_at"], name="api_tokens_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="api_token_expires_after_it_is_made"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def may_write(self) -> bool:
        return self.scope == self.Scope.WRITE


class Tries(models.Model):
    """The recent tries that count towards one limit: a log of moments behind one lock.

    In the database, not in the cache: a cache may be emptied at any instant, and with it every limit.
    """

    key = models.CharField(max_length=64, unique=True, help_text=_("Digest of the limit and whom it counts."))
    moments = models.JSONField(default=list, help_text=_("Seconds since 1970."))
    touched_at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{len(self.moments)} tries"
