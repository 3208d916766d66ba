"""The words of the digest, in text and HTML. It goes to our own people, so it is in the language of the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.domain.reminders.step_names import mail_name
from plugin.services.follow_ups.board import BoardRow
from plugin.services.follow_ups.task_words import TITLES

PAGE = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{subject}</title></head>'
    '<body style="margin:0;padding:16px;font:14px/1.5 sans-serif;color:#1e1f21;background:#ffffff">'
    '<h1 style="font-size:18px">{subject}</h1><table role="presentation" cellpadding="6">{rows}</table>'
    "<p>Each button opens a page that asks once more; nothing is held by opening it.</p></body></html>"
)
ROW = Markup(
    '<tr style="vertical-align:top"><td>{day}</td><td><strong>{number}</strong><br>{client}</td>'
    '<td>{step}</td><td style="text-align:right">{amount}</td>'
    '<td><a href="{address}" style="color:#0c66e4">Hold it</a></td></tr>'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestRow:
    """A row of the board with the address of its hold button."""

    row: BoardRow
    hold_address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """The finished mail."""

    subject: str
    text: str
    html: str


def write_digest(project: str, rows: Sequence[DigestRow], *, until: date) -> Digest:
    """For example "7 follow-ups of tomorrow: Acme relaunch"; over a weekend it names the last day instead."""
    count = "1 follow-up" if len(rows) == 1 else f"{len(rows)} follow-ups"
    one_day = {each.row.day for each in rows} == {until}
    when = f"on {day_in_words(until)}" if one_day else f"up to {day_in_words(until)}"
    subject = f"{count} {when}: {project}"
    text = "\n\n".join(
        [subject, *(_in_text(each) for each in rows), "Opening a link holds nothing; its page asks first."]
    )
    html = PAGE.format(subject=subject, rows=Markup("").join(_in_html(each) for each in rows))
    return Digest(subject=subject, text=text + "\n", html=str(html))


def _in_text(each: DigestRow) -> str:
    row = each.row
    amount = f", {amount_in_words(row.amount)}" if row.amount else ""
    return f"{day_in_words(row.day)}: {_title(row)}, {row.number}, {row.client}{amount}\nHold it: {each.hold_address}"


def _in_html(each: DigestRow) -> Markup:
    row = each.row
    return ROW.format(
        day=day_in_words(row.day),
        number=escape(row.number),
        client=escape(row.client),
        step=_title(row),
        amount=amount_in_words(row.amount) if row.amount else "",
        address=each.hold_address,
    )


def _title(row: BoardRow) -> str:
    return TITLES.get(row.channel) or mail_name(row.ref.key, row.tone)
