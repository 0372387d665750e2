"""Forms as GOV.UK renders them. Any Django form is rendered so; these classes add what Django has no word for.

``from frontend import forms`` gives Django's own names beside ours, so that a page imports one module.
"""

from django.forms import (
    BooleanField,
    CharField,
    ChoiceField,
    DecimalField,
    EmailField,
    FileField,
    IntegerField,
    ModelChoiceField,
    ModelMultipleChoiceField,
    MultipleChoiceField,
    Select,
    TypedChoiceField,
    URLField,
    ValidationError,
)

from frontend.forms.fields import DateField, LongTextField
from frontend.forms.form import Form, NothingForm
from frontend.forms.widgets import (
    Checkboxes,
    DateInput,
    HiddenInput,
    PasswordInput,
    Radios,
    SearchInput,
    Textarea,
    TextInput,
)

__all__ = [
    "BooleanField",
    "CharField",
    "Checkboxes",
    "ChoiceField",
    "DateField",
    "DateInput",
    "DecimalField",
    "EmailField",
    "FileField",
    "Form",
    "HiddenInput",
    "IntegerField",
    "LongTextField",
    "ModelChoiceField",
    "ModelMultipleChoiceField",
    "MultipleChoiceField",
    "NothingForm",
    "PasswordInput",
    "Radios",
    "SearchInput",
    "Select",
    "TextInput",
    "Textarea",
    "TypedChoiceField",
    "URLField",
    "ValidationError",
]
