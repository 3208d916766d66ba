"""A client's business days and the hours in which mail may leave, both in the client's own zone."""

from datetime import date, datetime

from plugin.domain.calendar import BusinessCalendar, SendWindow, civil_day
from plugin.services.calendars import business_calendar
from plugin.store.tables.clients import Client
from plugin.store.tables.company import MailSettings


def client_calendar(client: Client, today: date) -> BusinessCalendar:
    """Weekends and regional holidays of the client's country, from the year before ``today`` to two years after."""
    return business_calendar(client.country, client.region, year_from=today.year - 1, year_to=today.year + 2)


def client_window(client: Client, mail: MailSettings) -> SendWindow:
    """The client's own hours where it has any, else the site's."""
    return SendWindow(client.window_start or mail.window_start, client.window_end or mail.window_end, client.zone)


def client_today(client: Client, now: datetime) -> date:
    """The civil day at the client's place."""
    return civil_day(now, client.zone)
