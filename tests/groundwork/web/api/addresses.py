"""Addresses on the ground of the API alone: a list that pages, something to make, something to change, and a fault.

They write organisations, because those have no rules of their own that could hide what is asked here.
"""

from __future__ import annotations

from django.urls import include, path, re_path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.directory.models import Organisation, Sector
from groundwork.web.api.pages import CursorPages
from groundwork.web.api.serializers import StrictSerializer
from groundwork.web.api.unknown import nothing_here
from groundwork.web.api.views import ApiView, idempotent


class PartSerializer(StrictSerializer):
    role = serializers.CharField()


class ThingSerializer(StrictSerializer):
    name = serializers.CharField(max_length=50)
    colour = serializers.CharField(required=False)
    parts = PartSerializer(many=True, required=False)
    number = serializers.IntegerField(read_only=True)


class Things(ApiView):
    def get(self, request: Request) -> Response:
        pages = CursorPages(request, "things")
        rows = Organisation.objects.order_by("sector__title", "-name", "pk").select_related("sector")
        if words := request.query_params.get("q"):
            rows = rows.filter(name__icontains=words)
        return pages.answer(rows, lambda row: row.slug)

    @idempotent
    def post(self, request: Request) -> Response:
        body = ThingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        name = body.validated_data["name"]
        made = Organisation.objects.create(
            slug=f"thing-{Organisation.objects.count()}", name=name, sector=Sector.objects.get()
        )
        if name == "taken":
            raise Conflict("There is one already.")
        if name == "answered with a refusal":
            return Response({"detail": "no"}, status=409)
        headers = {"Location": f"/api/v1/things/{made.pk}/", "ETag": self.etag(1)}
        return Response({"name": name, "pk": made.pk}, status=201, headers=headers)


class OtherThings(ApiView):
    def get(self, request: Request) -> Response:
        return CursorPages(request, "others").answer(Organisation.objects.order_by("name", "pk"), str)


class Thing(ApiView):
    def get(self, request: Request, pk: int) -> Response:
        actor = self.actor
        return Response(
            {"person": str(actor.person or ""), "for": str(actor.organisation or ""), "via": actor.via},
            headers={"ETag": self.etag(7)},
        )

    def patch(self, request: Request, pk: int) -> Response:
        return Response({"version": self.require_match(request, 7), "sent": request.data})


class Broken(ApiView):
    def get(self, request: Request, how: str) -> Response:
        errors: dict[str, Exception] = {
            "not-found": NotFound("There is no such thing."),
            "not-allowed": NotAllowed("Only its owner may."),
            "conflict": Conflict("It is closed."),
            "invalid": Invalid({"title": ["Enter a title"], "": ["Say more."]}),
            "bug": RuntimeError("nobody foresaw this"),
        }
        raise errors[how]

    @idempotent
    def post(self, request: Request, how: str) -> Response:
        Organisation.objects.create(slug="half-done", name="Half done", sector=Sector.objects.get())
        raise RuntimeError("nobody foresaw this")


urlpatterns = [
    path("api/v1/things/", Things.as_view()),
    path("api/v1/others/", OtherThings.as_view()),
    path("api/v1/things/<int:pk>/", Thing.as_view()),
    path("api/v1/broken/<slug:how>/", Broken.as_view()),
    re_path(r"^api(?:/|$)", nothing_here),
    path("", include("frontend.urls")),
]

handler400 = "frontend.pages.errors.bad_request"
handler403 = "frontend.pages.errors.permission_denied"
handler404 = "frontend.pages.errors.not_found"
handler500 = "frontend.pages.errors.server_error"
