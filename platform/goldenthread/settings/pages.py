"""How a request becomes a page: middleware, templates, language and time."""

from goldenthread.settings import ENVIRONMENT, ROOT

MIDDLEWARE = [
    # First: a probe needs no host name, no https and no session.
    "goldenthread.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "goldenthread.assets.StaticFilesMiddleware",
    "groundwork.web.middleware.CorrelationMiddleware",
    # Before all that reads cookies, and outside of all that answers with pages.
    "groundwork.web.api.middleware.ApiMiddleware",
    "groundwork.web.middleware.OnlyUtf8",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "groundwork.web.middleware.ActorMiddleware",
    "groundwork.accounts.middleware.SessionLimits",
    "groundwork.accounts.middleware.RequireSecondFactor",
    "frontend.pages.errors.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # First, so that the sign-in pages of django-allauth are ours.
        "DIRS": [ROOT / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.page",
            ],
        },
    }
]

# In the session, not in one more cookie: those we set carry, in production, the __Host- prefix (promise S12).
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

FORM_RENDERER = "frontend.forms.renderer.GovukRenderer"
CSRF_FAILURE_VIEW = "frontend.pages.errors.csrf_failure"

LANGUAGE_CODE = "en-gb"
# The only one there is: a browser that asks for another is not told that it got it.
LANGUAGES = [("en-gb", "English")]
USE_I18N = True
USE_TZ = True
# The place's own clock: dates on pages, mornings and quiet hours are the place's, not the server's.
TIME_ZONE = ENVIRONMENT.time_zone
FORMAT_MODULE_PATH = None

# What the status page asks, by name: pages may not know the house they stand in.
HEALTH_PROBES = "goldenthread.health.look"
