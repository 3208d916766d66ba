"""The first steps of a new site, each with whether it is done and where to do it."""

from flask import url_for

from plugin.services.billing.lookup import company_of
from plugin.store.queries.admin import set_up
from plugin.store.tables.company import MailSettings
from plugin.store.tables.tenants import Tenant
from plugin.ui import here
from plugin.ui.surface import Shown


def show_get_started() -> Shown:
    """The list; what is done stays on it, ticked."""
    with here.reading() as session:
        company = company_of(session)
        mail = session.get_one(MailSettings, session.tenant_id)
        tenant = session.get_one(Tenant, session.tenant_id)
        found = set_up(session)
    steps = [
        ("Your company", "Name, address and tax id stand on every invoice.", bool(company.name), "company"),
        ("Bank details", "Clients pay to this account.", bool(company.iban), "company"),
        ("Invoice numbers", "They have no gaps; choose their pattern before the first one.", True, "numbering"),
        ("Sender of mails", "The address that clients answer to.", bool(mail.from_address), "mail"),
        (
            "Signature of mails",
            "A key (DKIM) by which receivers know that mails are yours.",
            bool(mail.dkim_key),
            "delivery",
        ),
        ("A client", "In a project's settings, under Billing.", bool(found.billed_projects), ""),
        ("A rate", "In a project's settings, under Rates.", bool(found.rates), ""),
        ("History in Jira", "Who reads the comment on the issues.", bool(company.comment_role), "company"),
        ("Go live", "Until then no mail leaves.", tenant.mode == "live", "follow-ups"),
    ]
    values = {
        "steps": [
            {"title": title, "text": text, "done": done, "url": url_for("admin.tab", tab=tab) if tab else ""}
            for title, text, done, tab in steps
        ],
        "done": sum(1 for step in steps if step[2]),
    }
    return Shown(template="ui/get_started.html", block="started", values=values)
