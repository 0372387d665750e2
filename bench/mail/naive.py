"""What a plain Django project does: for each recipient ask, render, open a connection, send."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.template import Context, Template

_HTML = Template(
    "<!DOCTYPE html><html lang='en'><body><h1>What changed</h1><p>Hello {{ person.name }}</p><ul>"
    "{% for item in changed %}<li style='margin:0 0 16px;font-family:Helvetica,Arial,sans-serif'>"
    "<a href='https://example.org/initiatives/{{ item.reference }}/'>{{ item.title }}</a>"
    "<br>{{ item.owner.name }} – {% for area in item.areas.all %}{{ area.name }} {% endfor %}"
    "<br>{{ item.summary|truncatechars:200 }}</li>{% endfor %}</ul><h2>Yours</h2><ul>"
    "{% for item in actions %}<li style='margin:0 0 16px'>{{ item.what }}, due {{ item.due_on }}</li>{% endfor %}</ul>"
    "</body></html>"
)
_TEXT = Template(
    "What changed\n\n{% for item in changed %}{{ item.title }}\n{{ item.owner.name }}\n"
    "{{ item.summary|truncatechars:200 }}\nhttps://example.org/initiatives/{{ item.reference }}/\n\n{% endfor %}"
    "{% for item in actions %}{{ item.what }}, due {{ item.due_on }}\n{% endfor %}"
)


def send_each(subscribers: Sequence[Any], since: datetime, port: int) -> tuple[float, float]:
    """Send a digest of seven changes and three actions to each. Seconds, and seconds of this process's processor."""
    from collaboration.actions.models import Action
    from collaboration.initiatives.models import Initiative

    began, used = time.monotonic(), time.process_time()
    for subscriber in subscribers:
        person = type(subscriber).objects.get(pk=subscriber.pk).person
        changed: list[Any] = []
        for follow in subscriber.follows.all():
            kind, _, value = follow.anchor.partition(":")
            found = Initiative.objects.filter(
                facets__kind=kind, facets__value=value, visibility="public", updates__at__gt=since
            )
            changed += list(found.distinct()[:7])
        actions = list(Action.objects.filter(owner=person, status="accepted").order_by("due_on")[:3])
        context = Context({"person": person, "changed": changed[:7], "actions": actions})
        mail = EmailMultiAlternatives(
            "What changed",
            _TEXT.render(context),
            "service@example.org",
            [person.email],
            connection=EmailBackend(host="127.0.0.1", port=port),
        )
        mail.attach_alternative(_HTML.render(context), "text/html")
        mail.send()
    return time.monotonic() - began, time.process_time() - used
