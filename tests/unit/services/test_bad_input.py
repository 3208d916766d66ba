"""What people mistype: each is refused with a sentence and the field it is about, and nothing is stored."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict, DunlinError, InvalidInput, NotFound
from plugin.services.billing.delete_draft import delete_draft
from plugin.services.billing.draft_invoice import draft_invoice
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.follow_ups.holds import put_hold
from plugin.services.follow_ups.switches import opt_out_client
from plugin.services.payments.record_payment import reverse_payment, write_off
from plugin.services.settings.clients import ClientForm, ContactForm, save_client
from plugin.services.settings.company import save_company
from plugin.services.settings.mail import MailForm, save_mail
from plugin.services.settings.numbering import save_numbering
from plugin.services.settings.projects import ProjectForm, save_project
from plugin.services.settings.rates import RateForm, add_rate
from plugin.services.settings.texts import save_text
from plugin.store.base import Base
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.company import CompanyProfile, MailSettings, NumberSeries
from plugin.store.tables.policies import PolicyRow
from sandbox.stage.house import ACTOR, CLIENT, COMPANY
from tests.support.books import BOB, NOW, PROJECT, TODAY, Books, NoRenderer, open_books
from tests.support.databases import Urls


@dataclass
class Desk:
    """The books, with one draft and one issued invoice, and a second tenant in the same file."""

    books: Books
    draft: str
    issued: str
    foreign: Books
    foreign_draft: str


@pytest.fixture(scope="module")
def furnished(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Desk]:
    """A file with all of it, made once; each test works on a copy."""
    path = tmp_path_factory.mktemp("desk") / "dunlin.db"
    shutil.copy(migrated_file, path)
    with open_books(_urls(path)) as books, open_books(_urls(path)) as foreign:
        books.log(3)
        foreign.log(1)
        draft, other = books.draft(1), books.draft(2)
        books.issue(other)
        return path, Desk(books, draft, other, foreign, foreign.draft(1))


@pytest.fixture
def desk(furnished: tuple[Path, Desk], tmp_path: Path) -> Iterator[Desk]:
    original, made = furnished
    path = tmp_path / "dunlin.db"
    shutil.copy(original, path)
    books = Books(_urls(path), made.books.tenant, made.books.client_id)
    foreign = Books(_urls(path), made.foreign.tenant, made.foreign.client_id)
    yield Desk(books, made.draft, made.issued, foreign, made.foreign_draft)
    books.engine.dispose()
    foreign.engine.dispose()


def _urls(path: Path) -> Urls:
    url = f"sqlite:///{path}"
    return Urls(url, url, url)


def everything(books: Books) -> dict[str, list[str]]:
    """Every row of every table."""
    with books.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)))) for table in Base.metadata.sorted_tables
        }


def refusal(desk: Desk, work: Callable[[TenantSession], object], kind: type[DunlinError] = InvalidInput) -> DunlinError:
    """The error that ``work`` ends with; whatever it was, no row has changed."""
    before = everything(desk.books)
    with pytest.raises(kind) as refused, desk.books.writing() as session:
        work(session)
    assert everything(desk.books) == before
    assert len(refused.value.sentence) > 10
    assert refused.value.sentence.endswith((".", "?"))
    return refused.value


def client_with(session: TenantSession, **values: Any) -> ClientForm:
    row = session.scalars(select(Client)).one()
    return replace(CLIENT, name=row.name, row_version=row.row_version, **values)


def save_client_with(**values: Any) -> Callable[[TenantSession], object]:
    def work(session: TenantSession) -> object:
        row = session.scalars(select(Client)).one()
        return save_client(session, row.id, client_with(session, **values), now=NOW, actor=ACTOR)

    return work


@pytest.mark.parametrize(
    "price", ["0", "-1", "1e400", "NaN", "Infinity", "", "abc", "1.234567", "0.00", "1,5,0", "9" * 40]
)
def test_attack_A46_a_rate_that_makes_no_sense(desk: Desk, price: str) -> None:
    form = RateForm(
        level="person_in_project",
        price=price,
        currency="EUR",
        valid_from=date(2030, 1, 1),
        project_id=PROJECT,
        account_id=BOB,
    )
    assert refusal(desk, lambda session: add_rate(session, form, now=NOW, actor=ACTOR)).field == "price"


@pytest.mark.parametrize(
    "values",
    [
        {"level": "galaxy"},
        {"currency": "XXX"},
        {"currency": "EURO"},
        {"project_id": "99999"},
        {"account_id": ""},
        {"valid_to": date(2029, 12, 31)},
        {"valid_from": date(2026, 5, 1)},
    ],
    ids=lambda values: "-".join(f"{key}" for key in values),
)
def test_a_rate_for_nobody_or_twice_for_the_same_days(desk: Desk, values: dict[str, Any]) -> None:
    form = RateForm(
        level="person_in_project",
        price="120.00",
        currency="EUR",
        valid_from=date(2030, 1, 1),
        project_id=PROJECT,
        account_id=BOB,
    )
    refusal(desk, lambda session: add_rate(session, replace(form, **values), now=NOW, actor=ACTOR))


@pytest.mark.parametrize(
    "email",
    [
        "a@b.example\r\nBcc: all@evil.example",
        "a@b.example\nx",
        "a@b.example, c@d.example",
        "Ines <ines@b.example>",
        "ines",
        "",
        "@b.example",
        "ines@",
        "ines@b",
        '"ines brandt"@b.example',
        "änes@b.example",
        f"{'x' * 65}@b.example",
        "a@b.example\x00",
    ],
)
def test_attack_A55_an_address_that_is_not_exactly_one_address(desk: Desk, email: str) -> None:
    contacts = (ContactForm(role="billing", name="Ines", email=email),)
    assert refusal(desk, save_client_with(contacts=contacts)).field == "email"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"address": "  "}, "address"),
        ({"address": "x" * 3000}, "address"),
        ({"address": "Street\x07 1"}, "address"),
        ({"country": "ZZ"}, "country"),
        ({"country": ""}, "country"),
        ({"region": "XX"}, "region"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"language": "tlh"}, "language"),
        ({"currency": "ABC"}, "currency"),
        ({"vat_id": "DE123456780"}, "vat_id"),
        ({"vat_id": "123"}, "vat_id"),
        ({"tax_category": "Q"}, "tax_category"),
        ({"terms_days": -1}, "terms_days"),
        ({"terms_days": 366}, "terms_days"),
        ({"window_start": time(17), "window_end": time(9)}, "window_end"),
        ({"phone": "1\n2"}, "phone"),
        ({"contacts": (ContactForm(role="king", name="x", email="a@b.example"),)}, "contacts"),
        ({"contacts": (ContactForm(role="billing", name="x\r\ny", email="a@b.example"),)}, "contacts"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_client_that_cannot_be_billed(desk: Desk, values: dict[str, Any], field: str) -> None:
    assert refusal(desk, save_client_with(**values)).field == field


@pytest.mark.parametrize("percent", ["-1", "101", "abc", "1e400", "19.123"])
def test_a_tax_rate_that_is_none(desk: Desk, percent: str) -> None:
    refusal(desk, save_client_with(tax_percent=percent))


def test_a_client_by_the_name_of_another_or_with_old_eyes(desk: Desk) -> None:
    def same_name(session: TenantSession) -> object:
        row = session.scalars(select(Client)).one()
        return save_client(session, None, replace(CLIENT, name=row.name), now=NOW, actor=ACTOR)

    assert refusal(desk, same_name).field == "name"
    refusal(desk, save_client_with_version(99), Conflict)


def save_client_with_version(version: int) -> Callable[[TenantSession], object]:
    def work(session: TenantSession) -> object:
        row = session.scalars(select(Client)).one()
        form = replace(client_with(session), row_version=version)
        return save_client(session, row.id, form, now=NOW, actor=ACTOR)

    return work


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"address": ""}, "address"),
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"bic": "NOPE"}, "bic"),
        ({"colour": "red"}, "colour"),
        ({"colour": "#12345"}, "colour"),
        ({"email": "x\r\ny@z.example"}, "email"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"vat_id": "DE000000000"}, "vat_id"),
        ({"country": "Germany"}, "country"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_company_that_no_invoice_may_name(desk: Desk, values: dict[str, Any], field: str) -> None:
    def work(session: TenantSession) -> object:
        version = session.get_one(CompanyProfile, session.tenant_id).row_version
        return save_company(session, replace(COMPANY, row_version=version, **values), now=NOW, actor=ACTOR)

    assert refusal(desk, work).field == field


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"from_name": "x\r\nBcc: y"}, "from_name"),
        ({"from_address": ""}, "email"),
        ({"reply_to": "two@a.example two@b.example"}, "email"),
        ({"window_start": time(17), "window_end": time(9)}, "window_end"),
        ({"contact_interval_days": -1}, "contact_interval_days"),
        ({"contact_interval_days": 61}, "contact_interval_days"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_mail_settings_that_would_send_oddly(desk: Desk, values: dict[str, Any], field: str) -> None:
    def work(session: TenantSession) -> object:
        form = MailForm(
            from_name="Seestern",
            from_address="billing@seestern.example",
            reply_to="",
            window_start=time(9),
            window_end=time(17),
            contact_interval_days=1,
            row_version=session.get_one(MailSettings, session.tenant_id).row_version,
        )
        return save_mail(session, replace(form, **values), now=NOW, actor=ACTOR)

    assert refusal(desk, work).field == field


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "INV-{year}",
        "INV-{number}",
        "{number}{number}-{year}",
        "INV/{year}/{nr}",
        "{year}{number!r}",
        "Ü{year}-{number}",
    ],
)
def test_a_number_pattern_that_would_repeat_or_not_count(desk: Desk, pattern: str) -> None:
    def work(session: TenantSession) -> object:
        version = session.scalars(select(NumberSeries.row_version)).one()
        return save_numbering(
            session, key="invoice", pattern=pattern, first=None, row_version=version, now=NOW, actor=ACTOR
        )

    refusal(desk, work)


@pytest.mark.parametrize("first", [0, 1, -5, 100, 10**10])
def test_attack_A43_a_count_is_never_set_once_a_number_was_given(desk: Desk, first: int) -> None:
    def work(session: TenantSession) -> object:
        series = session.scalars(select(NumberSeries)).one()
        return save_numbering(
            session,
            key="invoice",
            pattern=series.pattern,
            first=first,
            row_version=series.row_version,
            now=NOW,
            actor=ACTOR,
        )

    assert refusal(desk, work).field == "first"


@pytest.mark.parametrize(
    ("subject", "body", "words"),
    [
        ("Hi", "Hello\n\n  {{ invoce.total }}", r"Line 3, column \d+.*invoce"),
        ("Hi {{ nobody }}", "Hello", r"Line 1, column \d+.*nobody"),
        ("Hi", "{% for x in (1..9) %}{{ x }}{% endfor %}", r"Line 1"),
        ("Hi", "{{ client | replace: 'a', 'b' }}", r"replace"),
        ("Hi", "{{ client.__class__ }}", r"client"),
        ("Hi", "{% if client %}never closed", r"Line 1|[Ee]xpected|end"),
        ("Hi\nBcc: all", "Hello", r"one line"),
        ("", "Hello", r"subject"),
        ("Hi", " ", r"text"),
        ("Hi", "NUL \x00 here", r"control characters"),
        ("Hi", "x" * 20_001, r"shorten"),
    ],
    ids=[
        "unknown",
        "in-subject",
        "loop",
        "filter",
        "attribute",
        "open",
        "line-break",
        "no-subject",
        "no-body",
        "nul",
        "long",
    ],
)
def test_req_F05_a_text_that_says_something_unknown(desk: Desk, subject: str, body: str, words: str) -> None:
    def work(session: TenantSession) -> object:
        return save_text(
            session, template="friendly", language="en", subject=subject, body=body, row_version=0, now=NOW, actor=ACTOR
        )

    refused = refusal(desk, work)
    assert refused.field in ("subject", "body")
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(refused.sentence)


def project_form(session: TenantSession, **values: Any) -> ProjectForm:
    row = session.scalars(select(Project)).one()
    form = ProjectForm(
        client_id=row.client_id or "",
        policy_id="",
        rounding_unit="worklog",
        rounding_mode="up",
        rounding_minutes=15,
        minimum_minutes=0,
        grouping="issue",
        comment_on="home",
        comment_visibility="open",
        reminders_on=True,
        row_version=row.row_version,
    )
    return replace(form, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"client_id": "nobody"},
        {"policy_id": "nothing"},
        {"rounding_unit": "year"},
        {"rounding_mode": "sideways"},
        {"rounding_minutes": -15},
        {"rounding_minutes": 100_000},
        {"minimum_minutes": -1},
        {"grouping": "mood"},
        {"comment_on": "everywhere"},
        {"comment_visibility": "secret"},
    ],
    ids=lambda values: "-".join(f"{key}:{value}" for key, value in values.items()),
)
def test_project_settings_that_nobody_offers(desk: Desk, values: dict[str, Any]) -> None:
    refusal(desk, lambda session: save_project(session, PROJECT, project_form(session, **values), now=NOW, actor=ACTOR))


def test_attack_A38_ids_of_another_tenant_are_as_unknown_as_made_up_ones(desk: Desk) -> None:
    with desk.foreign.reading() as session:
        policy = session.scalars(select(PolicyRow.id)).one()
    theirs = {"client_id": desk.foreign.client_id, "policy_id": policy}
    for field, value in theirs.items():
        refused = refusal(
            desk,
            lambda session, field=field, value=value: save_project(  # type: ignore[misc]
                session, PROJECT, project_form(session, **{field: value}), now=NOW, actor=ACTOR
            ),
        )
        assert refused.field == field
    made_up = refusal(desk, lambda session: delete_draft(session, "0" * 32, now=NOW, actor=ACTOR), NotFound)
    refused = refusal(desk, lambda session: delete_draft(session, desk.foreign_draft, now=NOW, actor=ACTOR), NotFound)
    assert refused.sentence == made_up.sentence
    refusal(desk, lambda session: issue(session, desk.foreign_draft), NotFound)
    refusal(desk, lambda session: hold(session, desk.foreign_draft), NotFound)


def issue(session: TenantSession, invoice_id: str, due: date | None = None) -> object:
    return issue_invoice(
        session,
        invoice_id,
        today=TODAY,
        now=NOW,
        actor=ACTOR,
        renderer=NoRenderer(),
        message_ids=lambda row_id: f"<{row_id}@x.example>",
        due=due,
        send=False,
    )


def hold(session: TenantSession, invoice_id: str) -> object:
    return put_hold(session, invoice_id, kind="paused", reason="Why not", today=TODAY, now=NOW, actor=ACTOR)


def test_a_due_date_before_the_issue_date(desk: Desk) -> None:
    refused = refusal(desk, lambda session: issue(session, desk.draft, due=date(2026, 8, 31)))
    assert refused.field == "due_on"


def test_a_period_that_ends_before_it_starts_and_one_without_time(desk: Desk) -> None:
    def draft(since: date, until: date) -> Callable[[TenantSession], object]:
        return lambda session: draft_invoice(
            session, project_id=PROJECT, since=since, until=until, today=TODAY, now=NOW, actor=ACTOR
        )

    assert refusal(desk, draft(date(2026, 2, 2), date(2026, 2, 1))).field == "until"
    assert refusal(desk, draft(date(2026, 7, 1), date(2026, 7, 2))).field == "until"


def test_what_is_issued_is_issued_once_and_what_is_a_draft_is_not_held(desk: Desk) -> None:
    refusal(desk, lambda session: issue(session, desk.issued), Conflict)
    refusal(desk, lambda session: hold(session, desk.draft), Conflict)
    refusal(desk, lambda session: delete_draft(session, desk.issued, now=NOW, actor=ACTOR), Conflict)


def test_a_reversal_of_nothing_a_write_off_without_reason_and_an_opt_out_of_nobody(desk: Desk) -> None:
    refused = refusal(
        desk, lambda session: reverse_payment(session, "none", today=TODAY, now=NOW, actor=ACTOR, reason="x")
    )
    assert refused.field == "payment"
    refused = refusal(
        desk, lambda session: write_off(session, desk.issued, today=TODAY, now=NOW, actor=ACTOR, reason=" ")
    )
    assert refused.field == "reason"
    refusal(
        desk,
        lambda session: opt_out_client(
            session, "nobody", on=False, reason="x", until=None, today=TODAY, now=NOW, actor=ACTOR
        ),
        NotFound,
    )
    refusal(
        desk,
        lambda session: close_task(session, "none", Outcome(outcome="answered"), today=TODAY, now=NOW, actor=ACTOR),
        NotFound,
    )


@pytest.mark.parametrize("text", ["x" * 2001, "bell \x07", "NUL \x00"])
def test_a_reason_that_could_not_be_printed(desk: Desk, text: str) -> None:
    refused = refusal(
        desk,
        lambda session: put_hold(session, desk.issued, kind="paused", reason=text, today=TODAY, now=NOW, actor=ACTOR),
    )
    assert refused.field == "reason"
