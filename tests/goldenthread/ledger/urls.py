from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from groundwork.access.actors import SystemActor
from groundwork.events.services import record
from tests.goldenthread.ledger.events import EntryWritten
from tests.goldenthread.ledger.models import Effect, Entry


@csrf_exempt
def write(request: HttpRequest, word: str) -> HttpResponse:
    with transaction.atomic():
        Entry.objects.create(word=word)
        record(EntryWritten(word=word), actor=SystemActor())
    return HttpResponse("kept", status=201)


def read(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "entries": list(Entry.objects.order_by("id").values_list("word", flat=True)),
            "effects": list(Effect.objects.order_by("id").values_list("word", flat=True)),
        }
    )


def kill_part(_request: HttpRequest, part: str) -> HttpResponse:
    """End one thread of the running whole, as a defect in it would."""
    from celery.worker import state

    from goldenthread import embedded

    assert embedded.here is not None
    if part == "worker":
        state.should_stop = 0
    else:
        embedded.here.service.stop()
    return HttpResponse("ending")


urlpatterns = [
    path("ledger/", read),
    path("ledger/kill/<str:part>/", kill_part),
    path("ledger/<str:word>/", write),
]
