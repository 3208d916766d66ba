"""The closed list of filters: what each fits, and which words it takes. Texts are checked against it when saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from babel.lists import format_list

from plugin.formatting import (
    LOCALES,
    format_amount,
    format_date,
    format_days,
    format_short_date,
    format_weekday,
    plural_form,
)
from plugin.services.texts.names import NameKind
from plugin.services.texts.spoken import SpokenDate, SpokenInvoices, SpokenMoney, SpokenNumber

PRINTED = frozenset({NameKind.TEXT, NameKind.MONEY, NameKind.DATE, NameKind.DAYS, NameKind.NUMBER})


@dataclass(frozen=True, slots=True)
class TextFilter:
    """One filter. ``words``: what may stand behind its colon; ``takes_text``: any quoted text may, and has to.

    ``forms``: the names before its quoted texts, of which the last has to be there.
    """

    apply: Callable[..., object]
    fits: frozenset[NameKind]
    meaning: str
    words: tuple[str, ...] = ()
    takes_text: bool = field(default=False)
    forms: tuple[str, ...] = ()


def _money(value: object, form: str = "") -> object:
    if not isinstance(value, SpokenMoney):
        return value
    amount, currency = value.money, value.money.currency
    number = format_amount(amount.minor, exponent=currency.exponent, language=value.language)
    return {"number": number, "code": f"{currency.code} {number}"}.get(form, str(value))


def _date(value: object, form: str = "") -> object:
    if not isinstance(value, SpokenDate):
        return value
    form_of = {"short": format_short_date, "weekday": format_weekday}
    return (
        value.day.isoformat() if form == "iso" else form_of.get(form, format_date)(value.day, language=value.language)
    )


def _days(value: object, form: str = "") -> object:
    if not isinstance(value, SpokenNumber):
        return value
    return format_days(int(value), form=form, language=value.language)


def _plural(value: object, *, other: str, **forms: str) -> object:
    if not isinstance(value, SpokenNumber):
        return other
    return forms.get(plural_form(int(value), language=value.language), other)


def _list(value: object) -> object:
    if not isinstance(value, SpokenInvoices):
        return value
    numbers = [str(row["number"]) for row in value]
    return format_list(numbers, locale=LOCALES.get(value.language, value.language))


def _default(value: object, other: str) -> object:
    return other if value is None or value in ("", False) else value


def _letters(change: Callable[[str], str]) -> Callable[[object], str]:
    return lambda value: "" if value is None else change(str(value))


FILTERS: Mapping[str, TextFilter] = {
    "money": TextFilter(_money, frozenset({NameKind.MONEY}), "another form of an amount", words=("number", "code")),
    "date": TextFilter(
        _date, frozenset({NameKind.DATE}), "another form of a day", words=("long", "short", "weekday", "iso")
    ),
    "days": TextFilter(_days, frozenset({NameKind.DAYS}), "with the word for days", words=("ago",)),
    "plural": TextFilter(
        _plural,
        frozenset({NameKind.DAYS, NameKind.NUMBER}),
        "the word that goes with the number, as in plural: one: 'invoice', other: 'invoices'",
        forms=("one", "few", "many", "other"),
    ),
    "list": TextFilter(_list, frozenset({NameKind.INVOICES}), "the numbers as a sentence names them"),
    "size": TextFilter(len, frozenset({NameKind.INVOICES}), "how many there are"),
    "default": TextFilter(_default, PRINTED, "a word where there is none", takes_text=True),
    "capitalize": TextFilter(_letters(str.capitalize), PRINTED, "with a capital first letter"),
    "downcase": TextFilter(_letters(str.lower), PRINTED, "in small letters"),
    "upcase": TextFilter(_letters(str.upper), PRINTED, "in capitals"),
    "strip": TextFilter(_letters(str.strip), PRINTED, "without spaces around"),
}
"""A filter of another kind than its value is refused; ``money`` of nothing is nothing."""
