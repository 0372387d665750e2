"""Where data lives: database, cache, sessions, channel layer, static files."""

from typing import Any

import dj_database_url

from goldenthread.settings import ENVIRONMENT

ENVIRONMENT.data_dir.mkdir(parents=True, exist_ok=True)

DATABASES = {"default": dj_database_url.parse(ENVIRONMENT.database_url, conn_max_age=0)}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # FULL, not NORMAL: an acknowledged write survives a power cut (promise P1).
    # IMMEDIATE: a transaction that will write says so at once, instead of failing at its first write (F22).
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;",
    }
else:
    # Persistent connections leak under ASGI (F7): a bounded pool per process instead.
    _database["OPTIONS"] = dict(_database.get("OPTIONS", {}))
    if ENVIRONMENT.mode != "test":
        _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}

if ENVIRONMENT.redis_url:
    _redis: dict[str, Any] = {
        "LOCATION": ENVIRONMENT.cache_url,
        "KEY_PREFIX": "gt",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
    # The same cache twice: "strict" for those who must know whether Redis answers.
    CACHES: dict[str, dict[str, Any]] = {
        "default": {"BACKEND": "goldenthread.cache.ForgivingRedisCache", **_redis},
        "strict": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **_redis},
    }
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Whoever listens joins anew every five seconds; a process that ended is not to be told things for a day.
            "CONFIG": {"hosts": [ENVIRONMENT.redis_url], "group_expiry": 60},
        }
    }
else:
    _memory = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
    CACHES = {"default": _memory, "strict": _memory}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

SESSION_ENGINE = "groundwork.accounts.sessions"

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static_root
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENVIRONMENT.data_dir / "media"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENVIRONMENT.mode == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Hashed names may be kept for ever (WhiteNoise sees to that); the few without a hash are asked for again each hour.
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = ENVIRONMENT.mode == "test"
if ENVIRONMENT.mode == "test":
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
