"""The people of Heron & Vale, an invented software studio in Leipzig, and who works for which client how much."""

from dataclasses import dataclass

SITE_NAME = "Heron & Vale"
SECOND_SITE_NAME = "Blue Cedar"
CLIENT_KEY = "5f0c2c1e-6a57-4f8e-9f0b-1d7a0c4e2b11"
SECOND_CLIENT_KEY = "b3a9d7f4-0d5c-4e3b-8a26-7c90e1f5d822"

BILLING_ADMINS = "billing-admins"
BILLERS = "billers"
DEVELOPERS = "developers"
DESIGNERS = "designers"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the company. ``share`` is their part of all logged time, ``projects`` their clients."""

    name: str
    account_id: str
    title: str
    groups: tuple[str, ...]
    projects: tuple[str, ...]
    share: int
    locale: str = "en_GB"
    time_zone: str = "Europe/Berlin"


ALICE = Member("Alice Berger", "712020:alice", "Managing director", (BILLING_ADMINS,), ("BRW", "MRL", "CLV"), 6)
BOB = Member("Bob Lindqvist", "712020:bob", "Developer", (DEVELOPERS,), ("MRL", "CLV"), 20)
PRIYA = Member("Priya Raman", "712020:priya", "Project manager", (BILLERS,), ("BRW", "MRL", "CLV"), 12)

MEMBERS = (
    ALICE,
    BOB,
    PRIYA,
    Member("Jonas Weber", "712020:jonas", "Senior developer", (DEVELOPERS,), ("BRW", "CLV"), 22, locale="de_DE"),
    Member("Marta Nowak", "712020:marta", "Designer", (DESIGNERS,), ("MRL", "BRW"), 14),
    Member("Deniz Kaya", "712020:deniz", "Developer", (DEVELOPERS,), ("BRW", "MRL"), 14, locale="de_DE"),
    Member("Sofia Rossi", "712020:sofia", "Quality and support", (DEVELOPERS,), ("CLV", "BRW"), 8),
    Member("Tom Okonkwo", "712020:tom", "Consultant", (), ("CLV", "MRL"), 4, time_zone="Europe/London"),
)
CHARLIE = Member("Charlie Moreau", "712020:charlie", "Owner of another company", (BILLING_ADMINS,), ("BCD",), 1)
