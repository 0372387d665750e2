"""Which apps make up the product, in the order of the house (see docs/architecture.md)."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "channels",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "groundwork.access",
    "groundwork.events",
    "groundwork.schedule",
    "groundwork.audit",
    "groundwork.catalogue",
    "groundwork.accounts",
    "groundwork.directory",
    "groundwork.succession",
    "groundwork.web",
    "vision.frameworks",
    "collaboration.initiatives",
    "collaboration.imports",
    "collaboration.actions",
    "collaboration.governance",
    "collaboration.workshops",
    "collaboration.boards",
    "collaboration.thread",
    "notifications",
    "frontend",
    "goldenthread",
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"
ROOT_URLCONF = "goldenthread.urls"
ASGI_APPLICATION = "goldenthread.asgi.application"
