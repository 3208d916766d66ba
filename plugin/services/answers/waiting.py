"""What clients said and nobody has dealt with yet: it holds the next automatic step of their invoices (F44)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from plugin.services.follow_ups.rare import CLIENTS, INVOICES, RareRows
from plugin.store.tables.answers import ClientAnswer, InboundMail

WAIT_FOR_A_PERSON: Mapping[str, str] = {
    "already_paid": "the client says that it has paid; look for the payment, then deal with the answer",
    "plan": "the client asks for instalments; deal with the answer",
    "promise_again": "the client promises another day; agree to it or not, then deal with the answer",
}
"""Answers without an effect of their own; a first promise rests the ladder, a query and a wrong contact are holds."""
ANSWERS = (
    select(ClientAnswer.invoice_id, ClientAnswer.given_at, ClientAnswer.kind)
    .where(
        ClientAnswer.invoice_id.in_(INVOICES),
        ClientAnswer.kind.in_(WAIT_FOR_A_PERSON),
        ClientAnswer.handled_at.is_(None),
    )
    .order_by(ClientAnswer.given_at, ClientAnswer.id)
)
REPLIES = select(InboundMail.client_id, InboundMail.invoice_ids, InboundMail.received_at).where(
    InboundMail.client_id.in_(CLIENTS),
    InboundMail.kind == "reply",
    InboundMail.handled_at.is_(None),
)


class Waiting(NamedTuple):
    """``since``: when the oldest of what waits came in. ``says``: what forms said that rests the whole ladder.

    A mail holds the steps that ask for replies: nobody knows yet what it says.
    """

    since: datetime
    says: tuple[str, ...] = ()


def replies_waiting(rare: RareRows, client_of: Mapping[str, str]) -> dict[str, Waiting]:
    """What waits, by invoice id; two queries for however many invoices.

    ``client_of``: the client's id by that of the invoice. A mail that belongs to a client but to none of its invoices
    counts for all of them.
    """
    found: dict[str, Waiting] = {}
    for invoice_id, at, kind in rare.of(ANSWERS, {"invoices": list(client_of)}):
        known = found.get(invoice_id, Waiting(at))
        found[invoice_id] = Waiting(known.since, tuple(dict.fromkeys((*known.says, WAIT_FOR_A_PERSON[kind]))))
    of_client: dict[str, list[str]] = defaultdict(list)
    for invoice_id, client_id in client_of.items():
        of_client[client_id].append(invoice_id)
    for wrote, about, at in rare.of(REPLIES, {"clients": sorted(set(client_of.values()))}):
        for invoice_id in about or of_client[wrote or ""]:
            if client_of.get(invoice_id) == wrote:
                known = found.get(invoice_id, Waiting(at))
                found[invoice_id] = known._replace(since=min(at, known.since))
    return found
