"""The addresses of actions in the API."""

from django.urls import URLPattern, path

from collaboration.actions.api import views

urlpatterns: list[URLPattern] = [
    path("actions/", views.ActionList.as_view(), name="api-actions"),
    path("actions/<str:ref>/", views.ActionDetail.as_view(), name="api-action"),
    path("actions/<str:ref>/accept/", views.Accept.as_view(), name="api-action-accept"),
    path("actions/<str:ref>/decline/", views.Decline.as_view(), name="api-action-decline"),
    path("actions/<str:ref>/claim/", views.Claim.as_view(), name="api-action-claim"),
    path("actions/<str:ref>/ask/", views.Ask.as_view(), name="api-action-ask"),
    path("actions/<str:ref>/update/", views.AddUpdate.as_view(), name="api-action-update"),
    path("actions/<str:ref>/block/", views.Block.as_view(), name="api-action-block"),
    path("actions/<str:ref>/unblock/", views.Unblock.as_view(), name="api-action-unblock"),
    path("actions/<str:ref>/done/", views.Done.as_view(), name="api-action-done"),
    path("actions/<str:ref>/drop/", views.Drop.as_view(), name="api-action-drop"),
    path("actions/<str:ref>/reopen/", views.Reopen.as_view(), name="api-action-reopen"),
]
