"""Addresses of the pages on which partners register initiatives and keep them."""

from django.urls import URLPattern, path, register_converter

from frontend.pages import my_home, nominating
from frontend.pages.keeping import deciding, partnering, questioning, recalling, telling
from frontend.pages.registering import views as registering


class ReferenceConverter:
    """An initiative's reference, ESX-0042, in any case."""

    regex = r"[A-Za-z]{1,6}-[0-9]{1,9}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")

_ACTS = (
    ("verify", telling.verify),
    ("update", telling.update),
    ("learning", telling.learning),
    ("ask-offer", telling.ask_or_offer),
    ("challenge", questioning.challenge),
    ("problem", questioning.problem),
    ("withdraw", deciding.withdraw),
    ("restore", deciding.restore),
    ("merge", deciding.merge),
    ("exemplar", deciding.exemplar),
    ("join", partnering.join),
    ("history", recalling.history),
)

urlpatterns: list[URLPattern] = [
    path("home/", my_home.my_home, name="my-home"),
    path("nominate/", nominating.nominate, name="nominate"),
    path("nominate/thank-you/", nominating.nominated, name="nominated"),
    path("manage/nominations/", nominating.nominations, name="nominations"),
    path("manage/nominations/<int:number>/", nominating.nomination, name="nomination"),
    path("initiatives/new/", registering.start, name="initiative-new"),
    path("initiatives/<reference:reference>/edit/", registering.tasks, name="initiative-edit"),
    path("initiatives/<reference:reference>/edit/check/", registering.check, name="initiative-check"),
    path("initiatives/<reference:reference>/edit/done/", registering.done, name="initiative-done"),
    path("initiatives/<reference:reference>/edit/<slug:key>/", registering.section, name="initiative-section"),
    *(path(f"initiatives/<reference:reference>/{act}/", view, name=f"initiative-{act}") for act, view in _ACTS),
    path(
        "initiatives/<reference:reference>/partners/<int:number>/answer/",
        partnering.answer_as_partner,
        name="partner-answer",
    ),
    path("initiatives/<reference:reference>/join/<int:number>/", partnering.answer_join, name="join-answer"),
    path("initiatives/<reference:reference>/challenge/<int:number>/", questioning.respond, name="challenge-respond"),
    path("initiatives/<reference:reference>/problem/<int:number>/", questioning.close_problem, name="problem-close"),
    path(
        "initiatives/<reference:reference>/ask-offer/<int:number>/", telling.close_ask_or_offer, name="ask-offer-close"
    ),
]
