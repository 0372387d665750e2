"""Doing what was asked once, however often it is asked: the header ``Idempotency-Key``.

Whoever sends something and hears nothing cannot know whether it arrived. With a key they send it again, and get the
first answer again. Only what was done is kept: a refusal left nothing behind, so its key stays free and the corrected
request may use it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.web import services
from groundwork.web.api.problems import KeyReused, Malformed

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
KEPT_HEADERS = ("Location", "ETag")

Method = Callable[..., HttpResponseBase]


def idempotent(method: Method) -> Method:
    """Let a view's ``post`` be repeated with an ``Idempotency-Key``; without one it runs as it is.

    The key's row and the effect are one transaction: a second request with the same key waits until the first is
    decided, then gets its answer. The same key with another body or for another address is refused (422).
    """

    @wraps(method)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None:
            return method(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            sentence = _("An Idempotency-Key is 1 to 255 plain characters; a UUID is best.")
            raise Malformed(sentence, "idempotency_key")
        asked = _fingerprint(request)
        with transaction.atomic():
            row, is_new = services.claim_key(token=view.token, key=key)
            if not is_new:
                if row.fingerprint != asked:
                    raise KeyReused(
                        _("This Idempotency-Key was used for another request. Use a new key for something new.")
                    )
                return _again(row)
            response = method(view, request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            body = JSONRenderer().render(response.data).decode() if isinstance(response, Response) else ""
            services.keep_answer(
                row,
                fingerprint=asked,
                status=response.status_code,
                headers={name: response[name] for name in KEPT_HEADERS if name in response},
                body=body,
            )
        return response

    return once


def _fingerprint(request: Request) -> str:
    """A digest of what was asked: the method, the address and the body, however its keys are ordered and spaced."""
    body = json.dumps(request.data, sort_keys=True) if request.data else ""
    return sha256("\n".join([request.method or "", request.get_full_path(), body]).encode()).hexdigest()


def _again(row: Any) -> HttpResponse:
    answer = HttpResponse(row.body, status=row.status, content_type="application/json", headers=row.headers)
    answer["Idempotent-Replayed"] = "true"
    return answer
