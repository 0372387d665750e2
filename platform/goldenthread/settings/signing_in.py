"""How people sign in, how long they stay signed in, and what counts as a password (promises S6 to S12)."""

from goldenthread.settings import ENVIRONMENT

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/sign-in/"
# Chooses what comes first after signing in: what was being written, for whom one acts, or the home page.
LOGIN_REDIRECT_URL = "/account/arrive/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "groundwork.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
# Our accounts are opened by a link in a mail, so their address is confirmed before they exist.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 2
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.is_production else "http"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
PASSWORD_RESET_TIMEOUT = 30 * 60
ACCOUNT_FORMS = {
    "login": "frontend.forms.signing_in.PasswordSignInForm",
    "change_password": "frontend.forms.signing_in.PasswordChangeForm",
    "set_password": "frontend.forms.signing_in.PasswordSetForm",
    "reset_password": "frontend.forms.signing_in.PasswordResetForm",
    "reset_password_from_key": "frontend.forms.signing_in.PasswordFromLinkForm",
    "reauthenticate": "frontend.forms.signing_in.ReauthenticateForm",
    "add_email": "frontend.forms.signing_in.AddressForm",
}
# Guesses at passwords and codes are counted in the database (groundwork.accounts.services.limits). What is left here
# slows down mere asking; a whole council may be one network address.
ACCOUNT_RATE_LIMITS = {
    # Not by allauth either: where its counter is contended it refuses people who did nothing wrong.
    "login": None,
    "login_failed": None,
    "signup": "30/5m/ip",
    "reset_password": "100/5m/ip,5/10m/key",
    "reset_password_from_key": "100/5m/ip",
    "change_password": "10/5m/user",
    "manage_email": "10/5m/user",
    "reauthenticate": "20/5m/user",
    "confirm_email": "3/10m/key",
}

MFA_ADAPTER = "groundwork.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Golden Thread"
MFA_RECOVERY_CODE_COUNT = 10
MFA_RATE_LIMITS = {"webauthn_login": "100/5m/ip"}
MFA_FORMS = {
    "authenticate": "frontend.forms.signing_in.SecondStepForm",
    "reauthenticate": "frontend.forms.signing_in.SecondStepAgainForm",
    "activate_totp": "frontend.forms.signing_in.AuthenticatorAppForm",
    "add_webauthn": "frontend.forms.signing_in.PasskeyForm",
    "edit_webauthn": "frontend.forms.signing_in.PasskeyNameForm",
    "login_webauthn": "frontend.forms.signing_in.PasskeySignInForm",
    "authenticate_webauthn": "frontend.forms.signing_in.PasskeyStepForm",
    "reauthenticate_webauthn": "frontend.forms.signing_in.PasskeyAgainForm",
}
REQUIRE_MFA = ENVIRONMENT.require_mfa

# Who can be signed in as with one button; nobody outside a demo. goldenthread.demo.accounts says who they are.
DEMO_ACCOUNTS = (
    (
        "convenor@example.org",
        "district@example.org",
        "nhs@example.org",
        "voluntary@example.org",
        "scrutiny@example.org",
        "operator@example.org",
    )
    if ENVIRONMENT.is_demo
    else ()
)

# The caller's address is worked out in goldenthread.proxies; this must agree with it (F31).
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxy_count

# The longest any session lives; groundwork.accounts.middleware ends most of them sooner.
SESSION_COOKIE_AGE = 14 * 24 * 3600

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "groundwork.accounts.rules.MaximumLength", "OPTIONS": {"max_length": 256}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "groundwork.accounts.rules.NotAboutThisService"},
]
