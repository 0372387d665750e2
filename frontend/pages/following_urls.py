"""The addresses of following: in one's account, and by an email address alone."""

from django.urls import URLPattern, path

from frontend.pages.following import public, settings

urlpatterns: list[URLPattern] = [
    path("account/notifications/", settings.notifications, name="account-notifications"),
    path("account/notifications/preview/", settings.preview, name="account-digest-preview"),
    path("account/notifications/preview/page/", settings.preview_page, name="account-digest-preview-page"),
    path("account/notifications/first/", settings.first, name="account-digest-first"),
    path("account/notifications/follows/", settings.add, name="follow-add"),
    path("account/notifications/follows/<uuid:pk>/stop/", settings.stop, name="follow-stop"),
    path("follow/", public.follow, name="follow"),
    path("follow/sent/", public.sent, name="follow-sent"),
    path("follow/link/", public.link, name="follow-link"),
    path("follow/confirm/<str:token>/", public.confirm, name="follow-confirm"),
    path("follow/manage/<str:token>/", public.manage, name="follow-manage"),
    path("organisations/<slug:slug>/address/", public.organisation_address, name="organisation-address"),
]
