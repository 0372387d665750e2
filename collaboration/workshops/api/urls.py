"""The addresses of workshops in the API. ``report/``, where one is closed and read, is the board's."""

from django.urls import URLPattern, path

from collaboration.workshops.api import acts, people, views

_ONE = "workshops/<uuid:id>"

urlpatterns: list[URLPattern] = [
    path("workshop-templates/", views.TemplateList.as_view(), name="api-workshop-templates"),
    path("workshops/", views.WorkshopList.as_view(), name="api-workshops"),
    path(f"{_ONE}/", views.WorkshopDetail.as_view(), name="api-workshop"),
    path(f"{_ONE}/open/", acts.Open.as_view(), name="api-workshop-open"),
    path(f"{_ONE}/lock/", acts.Lock.as_view(), name="api-workshop-lock"),
    path(f"{_ONE}/unlock/", acts.Unlock.as_view(), name="api-workshop-unlock"),
    path(f"{_ONE}/reopen/", acts.Reopen.as_view(), name="api-workshop-reopen"),
    path(f"{_ONE}/archive/", acts.Archive.as_view(), name="api-workshop-archive"),
    path(f"{_ONE}/cancel/", acts.Cancel.as_view(), name="api-workshop-cancel"),
    path(f"{_ONE}/hold/", acts.Hold.as_view(), name="api-workshop-hold"),
    path(f"{_ONE}/release/", acts.Release.as_view(), name="api-workshop-release"),
    path(f"{_ONE}/renew-link/", acts.RenewLink.as_view(), name="api-workshop-renew-link"),
    path(f"{_ONE}/tell-next/", acts.TellNext.as_view(), name="api-workshop-tell-next"),
    path(f"{_ONE}/rehearse/", acts.Rehearse.as_view(), name="api-workshop-rehearse"),
    path(f"{_ONE}/copy/", acts.Copy.as_view(), name="api-workshop-copy"),
    path("join/", people.JoinByKey.as_view(), name="api-join"),
    path(f"{_ONE}/join/", people.Join.as_view(), name="api-workshop-join"),
    path(f"{_ONE}/me/", people.Me.as_view(), name="api-workshop-me"),
    path(f"{_ONE}/leave/", people.Leave.as_view(), name="api-workshop-leave"),
    path(f"{_ONE}/feedback/", people.GiveFeedback.as_view(), name="api-workshop-feedback"),
    path(f"{_ONE}/team/", people.Team.as_view(), name="api-workshop-team"),
    path(f"{_ONE}/participants/", people.Participants.as_view(), name="api-participants"),
    path(f"{_ONE}/participants/admit/", people.AdmitAll.as_view(), name="api-participants-admit"),
    path(f"{_ONE}/participants/<slug:key>/admit/", people.Admit.as_view(), name="api-participant-admit"),
    path(f"{_ONE}/participants/<slug:key>/remove/", people.Remove.as_view(), name="api-participant-remove"),
    path(f"{_ONE}/participants/<slug:key>/role/", people.ChangeRole.as_view(), name="api-participant-role"),
    path(f"{_ONE}/participants/<slug:key>/rename/", people.Rename.as_view(), name="api-participant-rename"),
    path(f"{_ONE}/invitations/", people.Invitations.as_view(), name="api-invitations"),
    path(f"{_ONE}/invitations/<int:number>/send/", people.SendAgain.as_view(), name="api-invitation-send"),
    path(f"{_ONE}/invitations/<int:number>/withdraw/", people.Withdraw.as_view(), name="api-invitation-withdraw"),
]
