"""Builds the document of an invoice from its rows, and refuses what may not be issued, all findings at once."""

from collections.abc import Sequence
from datetime import date

from plugin.domain.billing.tax import TaxCategory, TaxRate
from plugin.domain.billing.totals import Totals as BilledTotals
from plugin.domain.billing.totals import compute_totals
from plugin.domain.documents.checks import check
from plugin.domain.documents.findings import Finding, Severity
from plugin.domain.documents.model import (
    Address,
    Brand,
    Buyer,
    DocumentKind,
    InvoiceDocument,
    Language,
    Line,
    Logo,
    Period,
    Seller,
    TaxLine,
    Terms,
    Totals,
    Unit,
)
from plugin.domain.errors import InvalidInput
from plugin.services.billing.exemptions import exemption_text
from plugin.services.currencies import currency_of
from plugin.services.renderer import Renderer
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice, InvoiceLine


class NotReady(InvalidInput):
    """A draft that may not be issued yet; ``findings`` names each field and what to do about it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        listed = " ".join(finding.sentence for finding in findings)
        super().__init__(f"This draft cannot be issued yet. {listed}", field=findings[0].field)
        self.findings = tuple(findings)


def build_document(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    *,
    company: CompanyProfile,
    client: Client,
    contact: Contact | None,
    project: Project,
    issue_date: date,
    due: date,
    number: str | None,
    jira_url: str,
) -> InvoiceDocument:
    """The document as it would be issued on ``issue_date`` (the seller's day); ``number`` None is a placeholder."""
    totals = billed_totals(lines)
    return InvoiceDocument(
        kind=DocumentKind.INVOICE,
        number=number,
        issue_date=issue_date,
        due_date=due,
        language=language_of(invoice.language),
        currency=invoice.currency,
        exponent=currency_of(invoice.currency).exponent,
        seller=seller_of(company),
        buyer=buyer_of(client, contact),
        lines=tuple(_line(line) for line in lines),
        tax_lines=tuple(_tax_lines(totals, language_of(invoice.language), client.tax_reason)),
        totals=_totals(totals),
        period=_period(invoice),
        terms=Terms(days=(due - issue_date).days),
        payment_reference=number or "",
        project_name=project.name,
        notes=(invoice.note,) if invoice.note else (),
        brand=brand_of(company),
        jira_base_url=jira_url,
    )


def _totals(billed: BilledTotals) -> Totals:
    return Totals(
        net_minor=billed.net,
        tax_minor=billed.tax,
        gross_minor=billed.gross,
        prepaid_minor=billed.prepaid,
        due_minor=billed.due,
    )


def _period(invoice: Invoice) -> Period | None:
    if invoice.period_start is None or invoice.period_end is None:
        return None
    return Period(start=invoice.period_start, end=invoice.period_end)


def billed_totals(lines: Sequence[InvoiceLine]) -> BilledTotals:
    """EN 16931 totals of stored lines, in minor units."""
    return compute_totals(
        (line.amount_minor, TaxRate(TaxCategory(line.tax_category), line.tax_rate_bp)) for line in lines
    )


def require_ready(document: InvoiceDocument, renderer: Renderer) -> None:
    """Raises NotReady with everything that content, law and fonts forbid; a warning is for the draft's page."""
    findings = [
        finding for finding in (*check(document), *renderer.check(document)) if finding.severity is Severity.BLOCKS
    ]
    if findings:
        raise NotReady(findings)


def language_of(code: str) -> Language:
    """The language of the paper for a client's; English for one that it does not speak."""
    short = code.split("-", maxsplit=1)[0].lower()
    return Language(short) if short in set(Language) else Language.EN


def _address(text: str, country: str) -> Address:
    return Address(lines=tuple(line.strip() for line in text.splitlines() if line.strip()), country=country)


def seller_of(company: CompanyProfile, *, vat_id: str | None = None) -> Seller:
    """The company as the paper names it; ``vat_id`` in place of its own, for a document that may not carry one."""
    return Seller(
        name=company.name,
        address=_address(company.address, company.country),
        vat_id=company.vat_id if vat_id is None else vat_id,
        tax_number=company.tax_number,
        email=company.email,
        phone=company.phone,
        iban=company.iban,
        bic=company.bic,
        bank_name=company.bank_name,
        account_holder=company.name,
        footer=company.footer,
    )


def buyer_of(client: Client, contact: Contact | None, *, vat_id: str | None = None) -> Buyer:
    """The client as the paper names it."""
    return Buyer(
        name=client.name,
        address=_address(client.address, client.country),
        contact_name=contact.name if contact else "",
        vat_id=client.vat_id if vat_id is None else vat_id,
        reference=client.reference,
    )


def _line(line: InvoiceLine) -> Line:
    return Line(
        position=line.position,
        description=line.description,
        detail=line.detail,
        issue_keys=tuple(line.issue_keys),
        quantity_hundredths=line.quantity_hundredths,
        unit=Unit(line.unit),
        unit_price_minor=line.unit_price_minor,
        amount_minor=line.amount_minor,
        tax_category=TaxCategory(line.tax_category),
        tax_basis_points=line.tax_rate_bp,
    )


def _tax_lines(totals: BilledTotals, language: Language, own_reason: str) -> list[TaxLine]:
    return [
        TaxLine(
            category=part.rate.category,
            basis_points=part.rate.basis_points,
            base_minor=part.base,
            tax_minor=part.tax,
            exemption_reason=_exemption_reason(part.rate.category, language, own_reason),
        )
        for part in totals.breakdown
    ]


def _exemption_reason(category: TaxCategory, language: Language, own_reason: str) -> str:
    """Said where no tax is charged (BT-120): the client's own wording, else the standard one."""
    standard = exemption_text(category, language=language)
    return (own_reason or standard) if standard else ""


def brand_of(company: CompanyProfile) -> Brand:
    """Colour and logo."""
    if company.logo is None or company.logo_media_type is None:
        return Brand(colour=company.colour)
    return Brand(colour=company.colour, logo=Logo(media_type=company.logo_media_type, content=company.logo))
