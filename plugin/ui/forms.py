"""Forms: typed reading of what was sent, and what a template needs to show a form again with its errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import TypeVar

import msgspec
from flask import request

from plugin.domain.errors import InvalidInput
from plugin.store.base import new_id

VERSION = "row_version"

Form = TypeVar("Form", bound=msgspec.Struct)

_HINTS = {
    "datetime.date": "Enter a day, such as 2026-12-31.",
    "datetime.time": "Enter a time of day, such as 09:00.",
    "int": "Enter a whole number.",
    "bool": "Choose yes or no.",
}


def read_form(kind: type[Form]) -> Form:
    """The form that was sent, as ``kind``. Members that it does not name are ignored (A42).

    An empty field takes the member's default; one without a default is asked for. Raises InvalidInput naming the field.
    """
    given: dict[str, str | bool] = {}
    for member in msgspec.structs.fields(kind):
        text = request.form.get(member.name, "")
        if member.type is bool:
            given[member.name] = text not in ("", "off", "false", "0")
        elif member.type is str:
            given[member.name] = text
        elif text.strip():
            given[member.name] = _whole_time(text.strip()) if "datetime.time" in str(member.type) else text.strip()
        elif member.required:
            raise InvalidInput("Fill this in.", field=member.name)
    return _converted(kind, given)


def _converted(kind: type[Form], given: Mapping[str, object]) -> Form:
    # One member at a time, so that the error can name its field for certain.
    values: dict[str, object] = {}
    for member in msgspec.structs.fields(kind):
        if member.name not in given:
            continue
        try:
            values[member.name] = msgspec.convert(given[member.name], member.type, strict=False)
        except msgspec.ValidationError:
            raise InvalidInput(_hint(member.type), field=member.name) from None
    return kind(**values)


def _whole_time(text: str) -> str:
    """Browsers leave the seconds out of a time of day; the reader of forms wants them."""
    return f"{text}:00" if len(text) == 5 else text


def _hint(kind: object) -> str:
    words = str(kind)
    return next((hint for name, hint in _HINTS.items() if name in words), "This cannot be read; type it again.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """A form that was refused: its name, what was typed, and the sentence for each field ("" for the whole form).

    ``stale``: somebody stored other values meanwhile, so the person is shown both.
    """

    form: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    stale: bool = False


@dataclass(frozen=True, slots=True)
class FormView:
    """One form as the template sees it. ``open``: it was just refused, so it must be visible.

    ``stale``: somebody stored something meanwhile; ``theirs`` holds it for the fields in which it differs.
    """

    name: str
    values: Mapping[str, object]
    errors: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    stale: bool = False
    theirs: Mapping[str, str] = field(default_factory=dict)
    key: str = field(default_factory=new_id)

    def id(self, field_name: str) -> str:
        """The field's id in the page; two forms may have fields of one name."""
        return f"{self.name}-{field_name}"

    @property
    def remarks(self) -> list[str]:
        """Errors that belong to no field shown."""
        return [sentence for name, sentence in self.errors.items() if name not in self.values]


class Forms:
    """The forms of one page: each starts with its defaults, or with what was typed when it was refused."""

    def __init__(self, failed: Failed | None = None) -> None:
        self._failed = failed

    def __call__(self, name: str, defaults: Mapping[str, object]) -> FormView:
        failed = self._failed
        if failed is None or failed.form != name:
            return FormView(name, defaults)
        typed = {name: failed.typed.get(name, "") for name in defaults} if failed.typed else dict(defaults)
        if not failed.stale:
            return FormView(name, typed, failed.errors, open=True)
        stored = {name: _as_typed(value) for name, value in defaults.items() if name != VERSION}
        theirs = {name: text for name, text in stored.items() if text != _lines(str(typed[name]))}
        # With the version of what is stored now, saving again replaces it knowingly.
        return FormView(
            name, {**typed, VERSION: defaults[VERSION]}, failed.errors, open=True, stale=True, theirs=theirs
        )


def _as_typed(value: object) -> str:
    """A stored value as a browser would send it back."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return value.isoformat("minutes") if isinstance(value, time) else _lines(str(value))


def _lines(text: str) -> str:
    """Browsers send line ends of their own."""
    return text.replace("\r\n", "\n").strip()
