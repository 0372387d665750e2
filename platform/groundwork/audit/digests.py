"""What a seal covers, as bytes: nothing here reads a database or a clock.

Every digest is SHA-256 over canonical JSON (sorted keys, no spaces, ASCII), so that no two different entries can be
written down the same way. What changed is covered field by field, each with a salt of its own: when the words of one
field go, its digest stays behind, and the salt it was made with does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundwork.audit.models import AuditEntry, AuditSeal

FIRST = "0" * 64
"""What the first seal names as the one before it."""
GONE: list[None] = [None, None]
"""What stands in an entry where words were."""
FORGET = "audit.forget"
"""The act that says words of an object went out of the log; :data:`FORGOTTEN` names of which fields."""
FORGOTTEN = "forgotten"
MARK = 8
"""How much of a digest is kept to say which part differs: hexadecimal digits."""


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode("ascii")).hexdigest()


def instant(at: datetime) -> str:
    """An instant as every database gives it back: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def salt_of_field(salt: str, field: str) -> str:
    """The salt of one field. It does not lead back to the salt of the entry, nor to that of another field."""
    return digest("field", salt, canonical(field))


def digest_of_field(salt: str, field: str, values: Any) -> str:
    """The digest of what one field was and became; ``salt`` is the field's own."""
    return digest("change", salt, canonical([field, values]))


def digests_of_changes(entry: AuditEntry) -> dict[str, str]:
    """The digest of each field that changed; where the words went, the one that was left behind."""
    kept: Mapping[str, str] = entry.forgotten.get("digests", {})
    salts: Mapping[str, str] = entry.forgotten.get("salts", {})
    return {
        field: kept[field]
        if field in kept and values == GONE
        else digest_of_field(salts[field] if field in salts else salt_of_field(entry.salt, field), field, values)
        for field, values in entry.changes.items()
    }


def mark_of_salt(entry: AuditEntry) -> str:
    """The digest of the entry's salt; it stays when the salt goes, and is nothing one could find the salt by."""
    return str(entry.forgotten["salt"]) if entry.forgotten else digest("salt", entry.salt)


def is_well_formed(entry: AuditEntry) -> bool:
    """Whether what stands for words that went has the shape that :func:`without_words` gives it, and nothing else."""
    kept = entry.forgotten
    if not kept:
        return True
    gone = kept["digests"].keys()
    return (
        entry.salt == ""
        and kept.keys() == {"salt", "digests", "acts", "salts"}
        and gone == kept["acts"].keys()
        and gone | kept["salts"].keys() == entry.changes.keys()
        and not gone & kept["salts"].keys()
        and all(entry.changes[field] == GONE for field in gone)
    )


def without_words(entry: AuditEntry, fields: Iterable[str], act_id: str) -> None:
    """Take the words of these fields out of an entry (not saved here); ``act_id`` is the act that says so.

    The entry's salt goes as well: what stays is the digest of each such field, which is nothing one could try words
    against, and the salts of the other fields, from which the entry's own cannot be reckoned.
    """
    digests = digests_of_changes(entry)
    kept = entry.forgotten
    named = [field for field in fields if field in entry.changes and field not in kept.get("digests", {})]
    stay = [field for field in entry.changes if field not in named and field not in kept.get("digests", {})]
    salts = kept.get("salts", {})
    entry.forgotten = {
        "salt": mark_of_salt(entry),
        "digests": kept.get("digests", {}) | {field: digests[field] for field in named},
        "acts": kept.get("acts", {}) | dict.fromkeys(named, act_id),
        "salts": {field: salts[field] if field in salts else salt_of_field(entry.salt, field) for field in stay},
    }
    entry.changes = entry.changes | {field: list(GONE) for field in named}
    entry.salt = ""


def parts_of(entry: AuditEntry) -> dict[str, Any]:
    """What an entry says apart from who and what changed, by the name under which a difference is told."""
    return {
        "at": instant(entry.at),
        "action": entry.action,
        "object type": entry.object_type,
        "object": entry.object_id,
        "organisation": entry.organisation_id,
        "acted as": entry.acted_as,
        "via": entry.via,
        "correlation": entry.correlation_id,
    }


def content_of(entry: AuditEntry, *, person_key: int | None, mandate_key: int | None) -> tuple[str, str]:
    """The digest of everything an entry says, and the marks of its parts (:attr:`AuditSeal.parts`)."""
    parts, changes = parts_of(entry), digests_of_changes(entry)
    content = digest("entry", canonical([str(entry.pk), parts, person_key, mandate_key, changes, mark_of_salt(entry)]))
    marks = {name: digest("part", canonical(value))[:MARK] for name, value in parts.items()}
    return content, canonical({"parts": marks, "changes": {field: full[:MARK] for field, full in changes.items()}})


def hash_of(seal: AuditSeal) -> str:
    """The hash of a seal: over all it holds, and over the hash before it."""
    return digest(
        "seal",
        canonical(
            [
                seal.number,
                str(seal.entry_id),
                seal.person_key,
                seal.mandate_key,
                seal.content,
                seal.parts,
                instant(seal.sealed_at),
                seal.previous,
            ]
        ),
    )
