"""The addresses of signing in, of one's account, and of who acts for whom.

django-allauth's views stand at addresses of ours, one by one: what is not listed here does not exist.
"""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.usersessions import views as sessions
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from frontend.pages import account, people, signing_in, tokens

_to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=False)

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", signing_in.sign_in, name="account_login"),
    path("sign-in/code/", signing_in.sign_in_code, name="sign_in_code"),
    path("sign-in/link/<str:token>/", signing_in.sign_in_link, name="sign_in_link"),
    path("sign-in/name/", signing_in.sign_in_name, name="sign_in_name"),
    path("sign-in/password/", signing_in.sign_in_with_password, name="sign_in_with_password"),
    path("sign-in/password/forgotten/", allauth.password_reset, name="account_reset_password"),
    path("sign-in/password/forgotten/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sign-in/password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/password/new/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sign-in/closed/", allauth.account_inactive, name="account_inactive"),
    # allauth asks for these names. Accounts are opened by the link of a mail, and addresses confirmed by it.
    path("sign-in/new/", _to_sign_in, name="account_signup"),
    path("sign-in/confirm/", _to_sign_in, name="account_email_verification_sent"),
    path("sign-out/", allauth.logout, name="account_logout"),
    path("acting/", signing_in.acting, name="acting"),
    path("account/", account.account, name="account"),
    path("account/arrive/", signing_in.arrive, name="arrive"),
    path("account/kept/", signing_in.kept, name="kept"),
    path("account/stay/", signing_in.stay, name="stay"),
    path("account/details/", account.details, name="account_details"),
    path("account/tokens/", tokens.account_tokens, name="account-tokens"),
    path("account/tokens/<int:pk>/take-back/", tokens.revoke_token, name="account-token-revoke"),
    path("account/mandates/<int:pk>/leave/", account.leave, name="leave"),
    path("account/email/", allauth.email, name="account_email"),
    re_path(r"^account/email/(?P<key>[-:\w]+)/$", allauth.confirm_email, name="account_confirm_email"),
    path("account/password/", allauth.password_change, name="account_change_password"),
    path("account/password/first/", allauth.password_set, name="account_set_password"),
    path("account/again/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("account/second-step/totp/activate/", signing_in.set_up_authenticator_app, name="mfa_activate_totp"),
    path("account/second-step/webauthn/add/", signing_in.add_passkey, name="mfa_add_webauthn"),
    path("account/second-step/", include("allauth.mfa.urls")),
    path("organisations/<slug:slug>/people/", people.organisation_people, name="organisation-people"),
    path("organisations/<slug:slug>/people/<int:pk>/end/", people.end_mandate, name="end_mandate"),
    path("organisations/<slug:slug>/invitations/<int:pk>/revoke/", people.revoke_invitation, name="revoke_invitation"),
    path("organisations/<slug:slug>/join/", people.ask_to_join, name="organisation-join"),
    path("join-requests/", people.join_requests, name="join_requests"),
    path("join-requests/<int:pk>/", people.join_request, name="join_request"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
]
