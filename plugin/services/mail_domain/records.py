"""What the DNS of a sender's domain should say, and what it says, in sentences. Nothing is looked up here."""

import re
from dataclasses import dataclass
from enum import StrEnum

from plugin.services.mail_domain.lookup import Records
from plugin.services.mail_domain.permitted import SendingServer

MOST_TEXT = 255


class Standing(StrEnum):
    """How a record stands. ERROR means that mail does not align, so receivers may refuse it."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordCheck:
    """One record: its name in DNS, what to publish there (empty: nothing of ours), and how it stands."""

    title: str
    name: str
    wanted: str
    standing: Standing
    sentence: str


OTHERS = re.compile(r"[+?~-]?(include:|redirect=)")
ENDS = re.compile(r"[+?~-]?all$|redirect=", re.IGNORECASE)
NO_ANSWER = "DNS did not answer; try again in a minute."


def domain_of(address: str) -> str:
    """The part after the @, in small letters."""
    return address.rpartition("@")[2].lower()


def is_within(domain: str, other: str) -> bool:
    """Whether one is the other or lies below it: what DMARC's relaxed alignment asks, without a list of suffixes."""
    return domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")


def check_spf(domain: str, found: Records, server: SendingServer) -> RecordCheck:
    """The envelope's sender is the From, so SPF aligns by itself; the record must stand once and permit our server."""

    def say(standing: Standing, sentence: str, wanted: str = "") -> RecordCheck:
        return RecordCheck(title="SPF", name=domain, wanted=wanted, standing=standing, sentence=sentence)

    if found is None:
        return say(Standing.UNKNOWN, NO_ANSWER)
    records = [text for text in found if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        wanted = "" if server.obstacle else f"v=spf1 {server.term} ~all"
        own = "publish this, or the one" if wanted else "publish the one"
        return say(Standing.ERROR, f"{domain} has no SPF record; {own} that your mail provider names.", wanted)
    if len(records) > 1:
        return say(
            Standing.ERROR, f"{domain} has {len(records)} SPF records; receivers ignore all. Join them into one."
        )
    terms = records[0].lower().split()[1:]
    if "+all" in terms or "all" in terms:
        return say(
            Standing.ERROR, "The SPF record permits everybody (+all), which is as good as none; end it with -all."
        )
    standing, sentence = _permission(server, has_others=any(OTHERS.match(term) for term in terms))
    if standing in (Standing.ERROR, Standing.WARNING) and not server.reason:
        return say(standing, sentence, _with_term(records[0], server.term))
    if not {"-all", "~all"} & set(terms) and not any(term.startswith("redirect=") for term in terms):
        return say(Standing.WARNING, "The SPF record does not say what becomes of others; end it with -all or ~all.")
    return say(standing, sentence)


def _permission(server: SendingServer, *, has_others: bool) -> tuple[Standing, str]:
    """How SPF takes the server. ``has_others``: the record names a provider's servers, which may be those that send."""
    host, results = server.host, set(server.results.values())
    if server.obstacle:
        return Standing.UNKNOWN, server.obstacle
    if "temperror" in results:
        return Standing.UNKNOWN, NO_ANSWER
    if "permerror" in results:
        return Standing.ERROR, f"Receivers cannot evaluate the SPF record: {server.reason}."
    refused = ", ".join(address for address, result in server.results.items() if result != "pass")
    if not refused:
        return Standing.OK, f"The SPF record permits {host} ({', '.join(server.results)}), which sends your mails."
    if "pass" in results:
        return Standing.WARNING, f"The SPF record permits {host}, but not at its address {refused}."
    if has_others:
        return Standing.WARNING, (
            f"The SPF record does not permit {host} ({refused}) itself. That is in order where it hands mails on to "
            "the servers that the record names, as large providers do; if it sends them itself, add it."
        )
    return Standing.ERROR, f"The SPF record does not permit {host} ({refused}), so receivers may refuse your mails."


def _with_term(record: str, term: str) -> str:
    """The record with one more term, before those that end it."""
    terms = record.split()
    ends = (place for place, each in enumerate(terms) if ENDS.match(each))
    place = next(ends, len(terms))
    return " ".join([*terms[:place], term, *terms[place:]])


def check_dkim(domain: str, selector: str, public_key: str, sender: str, found: Records) -> RecordCheck:
    """The published key must be ours, and its domain that of the From."""
    wanted = dkim_record(public_key) if public_key else ""
    name = f"{selector}._domainkey.{domain}" if public_key else ""

    def say(standing: Standing, sentence: str) -> RecordCheck:
        return RecordCheck(title="DKIM", name=name, wanted=wanted, standing=standing, sentence=sentence)

    if not public_key:
        return say(Standing.ERROR, "Mails are not signed: make a key, publish its record, then check again.")
    if not is_within(domain, sender):
        words = f"Mails are signed for {domain}, but come from {sender}: the signature does not align. Make a new key."
        return say(Standing.ERROR, words)
    if found is None:
        return say(Standing.UNKNOWN, NO_ANSWER)
    if not found:
        return say(Standing.ERROR, f"Nothing is published at {name} yet; it can take an hour until DNS knows.")
    if not any(_tags(text).get("p") == public_key for text in found):
        return say(Standing.ERROR, f"Another key is published at {name}; replace it by the record shown here.")
    return say(Standing.OK, f"Mails are signed for {domain}, and the public key is published.")


def check_dmarc(sender: str, dkim_domain: str, found: Records, of_parent: Records = ()) -> RecordCheck:
    """The policy of the From's domain, or of the one above it, must be met by the signature."""
    name = f"_dmarc.{sender}"
    advice = "v=DMARC1; p=none"

    def say(standing: Standing, sentence: str, wanted: str = "") -> RecordCheck:
        return RecordCheck(title="DMARC", name=name, wanted=wanted, standing=standing, sentence=sentence)

    if found is None or of_parent is None:
        return say(Standing.UNKNOWN, NO_ANSWER)
    records = [text for text in found if _is_dmarc(text)] or [text for text in of_parent if _is_dmarc(text)]
    if not records:
        return say(Standing.ERROR, f"{sender} has no DMARC record; publish one, p=none to begin with.", advice)
    if len(records) > 1:
        return say(Standing.ERROR, "There are several DMARC records, so receivers ignore all; keep one.")
    tags = _tags(records[0])
    if tags.get("p", "") not in ("none", "quarantine", "reject"):
        return say(Standing.ERROR, "The DMARC record names no policy; it needs p=none, p=quarantine or p=reject.")
    if dkim_domain and tags.get("adkim") == "s" and dkim_domain != sender:
        return say(
            Standing.ERROR, f"DMARC asks for a signature of exactly {sender}; mails are signed for {dkim_domain}."
        )
    if tags["p"] == "none":
        return say(Standing.WARNING, "DMARC only watches (p=none). Once the reports are clean, choose p=quarantine.")
    return say(Standing.OK, "DMARC stands, and the signature meets it.")


def dkim_record(public_key: str) -> str:
    """The TXT record of a public key (base64 of its DER form)."""
    return f"v=DKIM1; k=rsa; p={public_key}"


def _is_dmarc(text: str) -> bool:
    return re.match(r"v\s*=\s*DMARC1\s*(;|$)", text) is not None


def _tags(text: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record; white space in a key does not count."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): re.sub(r"\s+", "", value) for name, _, value in pairs if name.strip()}
