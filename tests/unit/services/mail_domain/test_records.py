"""SPF, DKIM and DMARC of a sender's domain: each finding is a sentence, and what does not align is an error (C36)."""

import pytest

from plugin.services.mail_domain.check import aligns, check_domain
from plugin.services.mail_domain.keys import SigningDomain
from plugin.services.mail_domain.lookup import Records
from plugin.services.mail_domain.permitted import SendingServer
from plugin.services.mail_domain.records import RecordCheck, Standing, check_dkim, check_dmarc, check_spf

PROVIDER = "_spf.provider.example"
KEY = "MIIBIjANBg"
SIGNING = SigningDomain(domain="fernwood.example", selector="dunlin1", public_key=KEY)
GOOD = {
    "fernwood.example": ["google-site-verification=x", "v=spf1 include:_spf.provider.example -all"],
    PROVIDER: ["v=spf1 ip4:93.184.216.0/24 -all"],
    "dunlin1._domainkey.fernwood.example": [f"v=DKIM1; k=rsa; p={KEY}"],
    "_dmarc.fernwood.example": ["v=DMARC1; p=reject; adkim=r"],
}


SERVER = SendingServer(host="mail.fernwood.example", results={"198.51.100.7": "pass"})


def checked(zone: dict[str, list[str]], *, signing: SigningDomain = SIGNING) -> list[RecordCheck]:
    def lookup(name: str, kind: str) -> Records:
        return zone.get(name if kind == "TXT" else f"{kind} {name}", [])

    return check_domain("billing@fernwood.example", signing, server="93.184.216.34", lookup=lookup)


def test_complaint_C36_all_three_records_align() -> None:
    checks = checked(GOOD)
    assert [(check.title, check.standing.value) for check in checks] == [("SPF", "ok"), ("DKIM", "ok"), ("DMARC", "ok")]
    assert aligns(checks)


@pytest.mark.parametrize("missing", sorted(set(GOOD) - {PROVIDER}))
def test_complaint_C36_the_check_fails_when_one_record_is_missing(missing: str) -> None:
    checks = checked({name: texts for name, texts in GOOD.items() if name != missing})
    assert [check.standing.value for check in checks].count("error") == 1
    assert not aligns(checks)


@pytest.mark.parametrize(
    ("texts", "standing", "words"),
    [
        (["v=spf1 a -all", "v=spf1 mx -all"], "error", "2 SPF records"),
        (["v=spf1 +all"], "error", "permits everybody"),
        (["v=spf1 a"], "warning", "what becomes of others"),
        (["v=spf1 redirect=_spf.provider.example"], "ok", "permits mail.fernwood.example"),
        (["v=spf10 a -all"], "error", "no SPF record"),
        (None, "unknown", "did not answer"),
    ],
)
def test_req_L50_spf(texts: Records, standing: str, words: str) -> None:
    check = check_spf("fernwood.example", texts, SERVER)
    assert check.standing.value == standing
    assert words in check.sentence


@pytest.mark.parametrize(
    ("public_key", "domain", "texts", "standing", "words"),
    [
        (KEY, "fernwood.example", ["v=DKIM1; p=OTHER"], "error", "Another key"),
        (KEY, "fernwood.example", ["v=DKIM1; p=MIIB IjANBg"], "ok", "published"),
        (KEY, "fernwood.example", [], "error", "Nothing is published"),
        (KEY, "other.example", [f"p={KEY}"], "error", "does not align"),
        (KEY, "fernwood.example", None, "unknown", "did not answer"),
        ("", "", [], "error", "not signed"),
    ],
)
def test_req_L50_dkim(public_key: str, domain: str, texts: Records, standing: str, words: str) -> None:
    check = check_dkim(domain, "dunlin1", public_key, "fernwood.example", texts)
    assert check.standing.value == standing
    assert words in check.sentence


@pytest.mark.parametrize(
    ("texts", "above", "standing", "words"),
    [
        ([], [], "error", "no DMARC record"),
        ([], ["v=DMARC1; p=reject"], "ok", "stands"),
        (["v=DMARC1; p=none"], [], "warning", "only watches"),
        (["v=DMARC1; p=reject; adkim=s"], [], "error", "exactly mail.fernwood.example"),
        (["v=DMARC1"], [], "error", "names no policy"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], [], "error", "several"),
        (["v=DMARC10; p=none"], [], "error", "no DMARC record"),
        (None, [], "unknown", "did not answer"),
    ],
)
def test_req_L50_dmarc(texts: Records, above: Records, standing: str, words: str) -> None:
    check = check_dmarc("mail.fernwood.example", "fernwood.example", texts, above)
    assert check.standing.value == standing
    assert words in check.sentence
    assert (check.wanted != "") == (standing == Standing.ERROR and "no DMARC" in check.sentence)
