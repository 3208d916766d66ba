"""The seller: what stands on every invoice, how mail leaves, how numbers run."""

from datetime import date, datetime, time

from sqlalchemy import String, Text, Time
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, KeptRow, TenantOwned


class CompanyProfile(KeptRow, TenantOwned, Base):
    """One row a tenant. ``zone`` is the seller's: it decides issue dates and the civil day of a worklog.

    ``comment_role`` names the project role, or the group (``comment_audience``), that reads the history; empty: nobody.
    """

    __tablename__ = "company_profile"

    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(Text, default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    vat_id: Mapped[str] = mapped_column(String(32), default="")
    tax_number: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    iban: Mapped[str] = mapped_column(String(34), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    bank_name: Mapped[str] = mapped_column(default="")
    footer: Mapped[str] = mapped_column(Text, default="")
    colour: Mapped[str] = mapped_column(String(7), default="#0055CC")
    logo: Mapped[bytes | None]
    logo_media_type: Mapped[str | None] = mapped_column(String(32))
    zone: Mapped[str] = mapped_column(String(64), default="Europe/Berlin")
    region: Mapped[str] = mapped_column(String(16), default="")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    language: Mapped[str] = mapped_column(String(8), default="en")
    comment_role: Mapped[str] = mapped_column(default="")
    comment_audience: Mapped[str] = mapped_column(String(8), default="role")
    row_version: Mapped[int] = mapped_column(default=1)


class MailSettings(KeptRow, TenantOwned, Base):
    """Who the mail is from, when it may leave in the client's zone, and where answers come in.

    ``undo_minutes``: how long a reminder waits in the outbox before it leaves. ``payments_limit_hours``: reminders are
    held when ``payments_as_of`` is older (None: never asked). ``digest_at``: the hour, in the seller's zone, of the
    forewarning. ``smtp_url``, ``imap_url``, ``dkim_key`` and ``inbound_secret`` are encrypted; an empty SMTP address
    means the service's own.
    """

    __tablename__ = "mail_settings"

    from_name: Mapped[str] = mapped_column(default="")
    from_address: Mapped[str] = mapped_column(default="")
    reply_to: Mapped[str] = mapped_column(default="")
    window_start: Mapped[time] = mapped_column(Time, default=time(9))
    window_end: Mapped[time] = mapped_column(Time, default=time(17))
    contact_interval_days: Mapped[int] = mapped_column(default=3)
    hourly_limit: Mapped[int] = mapped_column(default=500)
    paused_reason: Mapped[str] = mapped_column(default="")
    undo_minutes: Mapped[int] = mapped_column(default=10)
    manual_quiet_days: Mapped[int] = mapped_column(default=2)
    payments_limit_hours: Mapped[int | None]
    payments_as_of: Mapped[datetime | None]
    digest_at: Mapped[time] = mapped_column(Time, default=time(16))
    policies_need_review: Mapped[bool] = mapped_column(default=False)
    smtp_url: Mapped[str] = mapped_column(Text, default="")
    dkim_domain: Mapped[str] = mapped_column(default="")
    dkim_selector: Mapped[str] = mapped_column(String(64), default="")
    dkim_key: Mapped[str] = mapped_column(Text, default="")
    imap_url: Mapped[str] = mapped_column(Text, default="")
    imap_folder: Mapped[str] = mapped_column(default="INBOX")
    inbound_secret: Mapped[str] = mapped_column(Text, default="")
    inbound_kept_days: Mapped[int] = mapped_column(default=365)
    row_version: Mapped[int] = mapped_column(default=1)


class NumberSeries(TenantOwned, Base):
    """A counter that is raised only inside the issuing transaction, so a rollback leaves no gap (L20-L22)."""

    __tablename__ = "number_series"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    pattern: Mapped[str] = mapped_column(String(64), default="INV-{year}-{number:04d}")
    year: Mapped[int] = mapped_column(default=0)
    last: Mapped[int] = mapped_column(default=0)
    last_issued_on: Mapped[date | None]
    row_version: Mapped[int] = mapped_column(default=1)
