"""The frozen snapshot of an issued document: canonical JSON, so that its SHA-256 is the document's identity (I6)."""

import base64
import hashlib
import json
import types
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.errors import Permanent

SCHEMA = 1

T = TypeVar("T")
_HINTS: dict[type[object], dict[str, object]] = {}


def to_snapshot(document: InvoiceDocument) -> str:
    """Canonical JSON in ASCII: sorted keys, no spaces, ISO dates, bytes in base64. Equal documents give equal text."""
    plain = {"schema": SCHEMA, "document": _plain(document)}
    return json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def snapshot_sha256(snapshot: str) -> str:
    """Hexadecimal SHA-256 of a snapshot's text."""
    return hashlib.sha256(snapshot.encode("ascii")).hexdigest()


def from_snapshot(snapshot: str) -> InvoiceDocument:
    """The document that ``to_snapshot`` froze. Fields that a later version added take their defaults.

    Raises ``Permanent`` when the text is not such a snapshot.
    """
    try:
        plain = json.loads(snapshot)
        if plain["schema"] != SCHEMA:
            raise ValueError(f"schema {plain['schema']} instead of {SCHEMA}")
        return _dataclass(InvoiceDocument, plain["document"])
    except (ValueError, KeyError, TypeError) as error:
        raise Permanent(f"The stored snapshot cannot be read ({error}). Restore the row from a backup.") from error


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def _typed(kind: object, value: object) -> object:
    """``value`` as the annotation ``kind`` wants it; refuses what does not fit."""
    if get_origin(kind) in (Union, types.UnionType):
        return None if value is None else _typed(next(arg for arg in get_args(kind) if arg is not type(None)), value)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_typed(get_args(kind)[0], item) for item in value)
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
        return _dataclass(kind, value)
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    if kind is bytes and isinstance(value, str):
        return base64.b64decode(value, validate=True)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(value, str):
        return kind(value)
    if isinstance(kind, type) and type(value) is kind:
        return value
    raise TypeError(f"{value!r:.40} does not fit {kind}")


def _dataclass(kind: type[T], value: dict[str, object]) -> T:
    hints = _hints(kind)
    unknown = value.keys() - hints.keys()
    if unknown:
        raise ValueError(f"unknown field {min(unknown)}")
    given = {name: _typed(hints[name], value[name]) for name in hints if name in value}
    return kind(**given)


def _hints(kind: type[object]) -> dict[str, object]:
    """The annotations of a model class, resolved once: that is slow, and an invoice has hundreds of lines."""
    if kind not in _HINTS:
        _HINTS[kind] = dict(get_type_hints(kind))
    return _HINTS[kind]
