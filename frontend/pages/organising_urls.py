"""Addresses of the pages on which workshops are found, planned and run."""

from django.urls import URLPattern, path, register_converter

from frontend.pages.organising import answering, listing, own_calendar, people, planning, printing, running, showing


class WorkshopConverter:
    """A workshop's code in any case: eight letters and digits, which no word of these addresses is."""

    regex = r"[0-9A-Za-z]{8}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(WorkshopConverter, "workshop")

_HERE = "workshops/<workshop:code>/"
_ACTS = (
    ("open", running.open_it, "workshop-open"),
    ("lock", running.lock, "workshop-lock"),
    ("unlock", running.unlock, "workshop-unlock"),
    ("close", running.report, "workshop-close"),
    ("reopen", running.reopen, "workshop-reopen"),
    ("archive", running.archive, "workshop-archive"),
    ("cancel", running.cancel, "workshop-cancel"),
    ("rehearse", running.rehearse, "workshop-rehearse"),
    ("copy", running.copy, "workshop-copy"),
    ("renew-link", running.renew_link, "workshop-renew-link"),
    ("hold", running.hold, "workshop-hold"),
    ("release", running.release, "workshop-release"),
    ("next", running.tell_next, "workshop-next"),
    ("import", running.import_board, "workshop-import"),
    ("people/admit", people.admit, "workshop-admit"),
    ("team", people.team, "workshop-team"),
    ("invitations", people.invitations, "workshop-invitations"),
    ("history", answering.history, "workshop-history"),
    ("poster", printing.poster, "workshop-poster"),
    ("paper", printing.paper, "workshop-paper"),
)

urlpatterns: list[URLPattern] = [
    path("workshops/", listing.workshops, name="workshops"),
    path("workshops.ics", listing.workshops_ics, name="workshops-ics"),
    path("account/calendar/", own_calendar.own_calendar, name="own-calendar"),
    path("calendar/<slug:token>/workshops.ics", own_calendar.own_calendar_ics, name="own-calendar-ics"),
    path("workshops/new/", planning.choose, name="workshop-new"),
    path("workshops/new/<slug:template>/", planning.name, name="workshop-new-from"),
    path(_HERE, showing.workshop, name="workshop"),
    path(f"{_HERE}calendar.ics", listing.workshop_ics, name="workshop-ics"),
    path(f"{_HERE}plan/", planning.tasks, name="workshop-plan"),
    path(f"{_HERE}plan/check/", planning.check, name="workshop-check"),
    path(f"{_HERE}plan/<slug:key>/", planning.section, name="workshop-section"),
    path(f"{_HERE}people/<int:number>/remove/", people.remove, name="workshop-remove"),
    path(f"{_HERE}people/<int:number>/erase/", answering.erase, name="workshop-erase"),
    path(f"{_HERE}people/<int:number>/role/", people.role, name="workshop-role"),
    path(f"{_HERE}invitations/<int:number>/withdraw/", people.withdraw, name="workshop-invitation"),
    path(f"{_HERE}invitations/<int:number>/send/", people.send_again, name="workshop-invitation-send"),
    *(path(f"{_HERE}{address}/", view, name=name) for address, view, name in _ACTS),
]
