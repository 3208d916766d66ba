"""The frozen snapshot: lossless, canonical, refused when damaged (I6)."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.documents.model import InvoiceDocument, Logo, Unit
from plugin.domain.documents.snapshot import from_snapshot, snapshot_sha256, to_snapshot
from plugin.domain.errors import Permanent
from tests.samples.documents import invoice, line

documents = st.builds(InvoiceDocument)


@given(documents)
def test_invariant_I6_any_document_survives_the_snapshot(document: InvoiceDocument) -> None:
    snapshot = to_snapshot(document)
    assert from_snapshot(snapshot) == document
    assert to_snapshot(from_snapshot(snapshot)) == snapshot
    assert snapshot.isascii()


@given(documents, documents)
def test_different_documents_have_different_snapshots(one: InvoiceDocument, other: InvoiceDocument) -> None:
    assert (to_snapshot(one) == to_snapshot(other)) == (one == other)


def test_the_snapshot_keeps_the_logo_byte_for_byte() -> None:
    base = invoice()
    document = replace(base, brand=replace(base.brand, logo=Logo(media_type="image/png", content=bytes(range(256)))))
    restored = from_snapshot(to_snapshot(document))
    assert restored.brand.logo is not None
    assert restored.brand.logo.content == bytes(range(256))


def test_the_digest_is_that_of_the_text() -> None:
    snapshot = to_snapshot(invoice())
    assert snapshot_sha256(snapshot) == hashlib.sha256(snapshot.encode()).hexdigest()


def test_the_form_is_readable_without_this_program() -> None:
    plain = json.loads(to_snapshot(invoice([line(1, "Überprüfung", 150, 9999)])))
    assert plain["schema"] == 1
    assert plain["document"]["issue_date"] == "2026-11-02"
    assert plain["document"]["lines"][0]["description"] == "Überprüfung"
    assert plain["document"]["lines"][0]["unit"] == "HUR"
    assert plain["document"]["kind"] == "invoice"


def test_a_field_that_came_later_takes_its_default() -> None:
    plain = json.loads(to_snapshot(invoice()))
    del plain["document"]["project_name"]
    assert from_snapshot(json.dumps(plain)) == replace(invoice(), project_name="")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issue_date", "2026-02-30"),
        ("issue_date", None),
        ("exponent", "2"),
        ("exponent", True),
        ("kind", "leaflet"),
        ("lines", {}),
        ("lines", [1]),
        ("seller", None),
        ("brand", {"colour": "#123456", "logo": {"media_type": "image/png", "content": "?"}}),
        ("surprise", 1),
    ],
)
def test_a_damaged_field_is_named(field: str, value: object) -> None:
    plain = json.loads(to_snapshot(invoice()))
    plain["document"][field] = value
    with pytest.raises(Permanent, match="snapshot cannot be read"):
        from_snapshot(json.dumps(plain))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"schema":2,"document":{}}', '{"schema":1,"document":{}}'])
def test_what_is_no_snapshot_is_refused(text: str) -> None:
    with pytest.raises(Permanent, match="Restore the row from a backup"):
        from_snapshot(text)


def test_equal_values_give_equal_text_whatever_the_order() -> None:
    one, two = invoice(), invoice()
    assert to_snapshot(one) == to_snapshot(two)
    assert to_snapshot(one) != to_snapshot(replace(two, due_date=date(2026, 11, 17)))
    assert Unit("HUR") is one.lines[0].unit
