"""What counts as a password (S6): twenty cases and more."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from groundwork.accounts.models import Person
from tests.groundwork.directory.town import Town

PERSON = Person(email="joan.whitlock@northwickcouncil.example", name="Joan Whitlock")

FINE = [
    "three odd words",
    "correct horse battery staple",
    "aaaaaaaaaaab",
    "    spaces    ",
    "öäüßéèêçñøåæ",
    "パスワードではない言葉です",
    "1029384756-x",
    "UPPERCASEONLY",
    "lowercaseonlyhere",
    "🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃🙂🙃",
    "w" * 128 + "y" * 128,
    "larkspur grows by the canal at night",
    "x9$" * 22,
]
REFUSED = [
    ("", "12 characters"),
    ("elevenchars", "12 characters"),
    ("x" * 257, "256 characters"),
    ("1234567890123", "common"),
    ("qwertyuiop123", "common"),
    ("goldenthread", "made from"),
    ("Golden Thread 2026!", "made from"),
    ("MyGoldenThread1", "made from"),
    ("LarkspurVale2026", "made from"),
    ("ValeCountyCouncil", "made from"),
    ("joanwhitlock1", "made from"),
    ("Whitlock!Whitlock", "made from"),
    ("joan.whitlock@northwickcouncil.example", "similar"),
    ("northwickcouncil99", "made from"),
    ("passwordpassword1", "made from"),
]


@pytest.mark.parametrize("password", FINE)
@pytest.mark.django_db
def test_fine(password):
    Town()
    validate_password(password, PERSON)


@pytest.mark.parametrize(("password", "reason"), REFUSED)
@pytest.mark.django_db
def test_refused_with_a_reason(password, reason):
    Town()
    with pytest.raises(ValidationError) as refused:
        validate_password(password, PERSON)
    assert reason in " ".join(refused.value.messages)
