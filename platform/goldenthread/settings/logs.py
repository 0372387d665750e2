"""Logs: one line each, JSON in production, short in a demo; no secrets, no whole email addresses."""

import logging

from goldenthread.logs import configure, formatter
from goldenthread.settings import ENVIRONMENT

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": formatter, "json": ENVIRONMENT.is_production}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # These repeat what our own lines say.
        "uvicorn.access": {"level": "ERROR"},
        "uvicorn.error": {"level": "WARNING"},
        "django.server": {"level": "ERROR"},
        "django.request": {"level": "CRITICAL"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.consumer.connection": {"level": "WARNING"},
        "celery.apps.worker": {"level": "WARNING"},
        # "No hostname was supplied": there is none to supply for messages in memory.
        "kombu.connection": {"level": "ERROR"},
    },
}
configure()

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# Who did what is the audit log's to say; asking here would load the session and the person for every page.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG
