"""Work outside requests: Celery, and mail."""

from typing import Any

from celery.schedules import crontab
from kombu import Queue

from goldenthread.settings import ENVIRONMENT

CELERY_BROKER_URL = ENVIRONMENT.broker_url
CELERY_BROKER_TRANSPORT = None if ENVIRONMENT.is_embedded else "goldenthread.broker:Transport"
# How long a broken broker may hold up somebody's request: the sweep finds what could not be announced.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"polling_interval": 0.02}
    if ENVIRONMENT.is_embedded
    else {"socket_connect_timeout": 2, "socket_timeout": 15, "health_check_interval": 10, "visibility_timeout": 300}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = (Queue("default", routing_key="default"), Queue("mail", routing_key="mail"))
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
# A pool's new process is killed when it has not reported in time, and while Redis is away the worker hears nobody. With
# the usual 4 seconds a worker was seen to kill one that was well, and then to spin on its closed pipe, taking nothing.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60.0
CELERY_WORKER_SEND_TASK_EVENTS = False

# All that beat ever does (docs/decisions: schedules are data). A calendar minute, not "60 seconds after the start":
# a beat that is restarted again and again still meets the next minute.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "minute": {"task": "goldenthread.tick", "schedule": crontab()},
    "sweep": {"task": "events.sweep", "schedule": 30.0},
}

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
BASE_URL = ENVIRONMENT.base_url
SMTP_URL = ENVIRONMENT.smtp_url
NOTIFY_API_KEY = ENVIRONMENT.notify_api_key
NOTIFY_TEMPLATE_ID = ENVIRONMENT.notify_template_id
NOTIFY_API_URL = ENVIRONMENT.notify_api_url
NOTIFY_REPORTS_TOKEN = ENVIRONMENT.notify_reports_token
MAIL_TEXT_KEPT_DAYS = ENVIRONMENT.mail_text_kept_days
MAIL_KEPT_DAYS = ENVIRONMENT.mail_kept_days
