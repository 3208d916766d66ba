"""What the words of one mail must hold to before they are kept: like a policy's text, and true on the day they go."""

import re
from collections.abc import Iterator

from plugin.domain.errors import InvalidInput
from plugin.formatting import format_amount, format_short_date, format_weekday
from plugin.services.own_words.clauses import our_clause, says_it
from plugin.services.own_words.draft import Draft
from plugin.services.settings.texts import checked_wording
from plugin.services.texts.fillings import INVOICES, fillings
from plugin.services.texts.liquid import fill
from plugin.services.texts.mail import WrittenMail, write
from plugin.services.texts.scan import refused
from plugin.services.texts.source import TextSource
from plugin.services.texts.spoken import SpokenDate, SpokenMoney
from plugin.services.texts.words import words_for

MAY_CHANGE = frozenset({"deadline", "promised_date", "instalment_date"})
"""Days that are others where the mail leaves later; an invoice's due date never changes."""
_LOOP = re.compile(r"\{%-?\s*for\s+\w+\s+in\s+invoices\b")


def check_words(draft: Draft, subject: str, body: str) -> TextSource:
    """The words as they are kept. Raises InvalidInput with line and column, where a place can be named.

    Refused are unknown names, a missing table of invoices, a missing clause for who has paid already, a deadline that
    the step gives and the words keep quiet about, and amounts and days that were typed where a name stands for them.
    """
    line, text, _ = checked_wording(subject, body, "")
    _refuse_typed_figures(draft, line, field="subject")
    _refuse_typed_figures(draft, text, field="body")
    language = words_for(draft.language).language
    filled = fill(text, fillings(draft.values, language))
    lists = INVOICES in fill(draft.standing.body, fillings(draft.values, language))
    if lists and INVOICES not in filled and not _LOOP.search(text):
        raise InvalidInput(
            "Keep {{ invoices }} alone in a paragraph: what joins the mail until it goes stands there.", field="body"
        )
    clause = our_clause(draft.template, language, draft.values)
    if clause and not says_it(filled, language):
        raise InvalidInput(f"Say what holds for a client who has paid already, such as: “{clause}”", field="body")
    deadline = fillings(draft.values, language)["deadline"]
    if draft.promises_deadline and deadline and not any(form in filled for form in _forms(deadline)):
        raise InvalidInput(
            "This step gives the client a day to pay by: write {{ deadline }} where it belongs.", field="body"
        )
    return TextSource(line, text)


def try_words(draft: Draft, subject: str, body: str) -> WrittenMail:
    """The mail that the words would make, with the data of now. Raises InvalidInput as ``check_words`` does."""
    return write(check_words(draft, subject, body), draft.language, draft.values)


def _refuse_typed_figures(draft: Draft, text: str, *, field: str) -> None:
    for name, form in _figures(draft):
        found = re.search(rf"(?<![\d.,]){re.escape(form)}(?!\d)", text)
        if found is not None:
            sentence = f"“{form}” may be another one when the mail goes; write {{{{ {name} }}}} instead."
            raise refused(text, found.start(), sentence, field=field)


def _figures(draft: Draft) -> Iterator[tuple[str, str]]:
    """Each amount and day that may change, with the name that stands for it, in every form that a filter gives."""
    language = words_for(draft.language).language
    for name, value in fillings(draft.values, language).items():
        if isinstance(value, SpokenMoney) or (isinstance(value, SpokenDate) and name in MAY_CHANGE):
            yield from ((name, form) for form in _forms(value))
    for invoice in draft.values.invoices:
        yield from (("invoices", form) for form in _forms(SpokenMoney(invoice.amount_due, language)))


def _forms(value: object) -> tuple[str, ...]:
    if isinstance(value, SpokenMoney):
        money = value.money
        number = format_amount(money.minor, exponent=money.currency.exponent, language=value.language)
        return (str(value), number, f"{money.to_decimal():f}")
    if isinstance(value, SpokenDate):
        day, language = value.day, value.language
        return (
            str(value),
            format_short_date(day, language=language),
            format_weekday(day, language=language),
            day.isoformat(),
        )
    return (str(value),)
