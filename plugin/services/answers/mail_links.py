"""The links under a mail: to the page that shows its invoices, and to each of the forms there."""

from collections.abc import Iterable
from datetime import datetime

from plugin.keys import KeyRing
from plugin.services.answers.links import LIVES, ClientLink, LinkKind, binding_of, link_token
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.texts.values import Link, LinkLabel
from plugin.store.tables.follow_ups import Message

PAGE = "/c/"
FORM = "a"
"""The parameter that names the form to open; without one the page is shown with all of them folded."""
ASKED = (LinkLabel.VIEW, LinkLabel.ALREADY_PAID, LinkLabel.PROMISE, LinkLabel.QUERY, LinkLabel.WRONG_CONTACT)
OFFERED = {
    MessageKind.INVOICE: (LinkLabel.VIEW, LinkLabel.QUERY, LinkLabel.WRONG_CONTACT),
    MessageKind.RECEIPT: (LinkLabel.VIEW,),
    MessageKind.FOLLOW_UP: ASKED,
    MessageKind.STATEMENT: ASKED,
    MessageKind.DEBIT_NOTE: (LinkLabel.VIEW, LinkLabel.QUERY, LinkLabel.WRONG_CONTACT),
}
PLAN_TONES = ("firm", "final")
"""Instalments are offered where the mail is about more than a slip; the page itself offers them always."""


class MailLinks:
    """Makes links with one deployment's keys and address."""

    def __init__(self, keys: KeyRing, base_url: str) -> None:
        self._keys = keys
        self._base_url = base_url

    def for_message(self, message: Message, invoice_ids: Iterable[str]) -> tuple[Link, ...]:
        """The links of a mail to its client; the same mail gets the same ones, whenever it is written."""
        binding = binding_of(self._keys, message.tenant_id, message.recipient, invoice_ids)[0]
        link = ClientLink(
            kind=LinkKind.MAIL,
            tenant_id=message.tenant_id,
            subject_id=message.id,
            until=message.created_at + LIVES,
            binding=binding,
        )
        return self._links(link, MessageKind(message.kind), message.tone)

    def for_preview(self, tenant_id: str, invoice_id: str, *, tone: str, now: datetime) -> tuple[Link, ...]:
        """The links of a follow-up that staff looks at before it goes: they show the page, and count for nothing."""
        binding = binding_of(self._keys, tenant_id, "", [invoice_id])[0]
        link = ClientLink(
            kind=LinkKind.COPY, tenant_id=tenant_id, subject_id=invoice_id, until=now + LIVES, binding=binding
        )
        return self._links(link, MessageKind.FOLLOW_UP, tone)

    def _links(self, link: ClientLink, kind: MessageKind, tone: str) -> tuple[Link, ...]:
        address = f"{self._base_url}{PAGE}{link_token(self._keys, link)}"
        with_plan = kind is MessageKind.FOLLOW_UP and tone in PLAN_TONES
        labels = (*OFFERED[kind], *((LinkLabel.PLAN,) if with_plan else ()))
        return tuple(
            Link(label, address if label is LinkLabel.VIEW else f"{address}?{FORM}={label.value}") for label in labels
        )
