"""Whether SPF permits the server that sends, evaluated over a zone in memory, and the sentence that tells it."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugin.services.mail_domain.lookup import MOST_SILENCES, Lookup, Records, patient
from plugin.services.mail_domain.permitted import SendingServer, permitted
from plugin.services.mail_domain.records import RecordCheck, check_spf

DOMAIN, HOST = "fernwood.example", "mail.fernwood.example"
ADDRESS, SECOND = "93.184.216.34", "2606:2800:220:1::1"
Zone = dict[tuple[str, str], Records]


def zone(
    spf: str | None, *, a: tuple[str, ...] = (ADDRESS,), aaaa: tuple[str, ...] = (), more: Zone | None = None
) -> Zone:
    """The records around one SPF record."""
    found: Zone = {(HOST, "A"): a, (HOST, "AAAA"): aaaa, (DOMAIN, "TXT"): () if spf is None else (spf,)}
    return found | (more or {})


def over(records: Zone) -> Lookup:
    return lambda name, kind: records.get((name, kind), ())


def judged(records: Zone, host: str = HOST) -> RecordCheck:
    ask = patient(over(records))
    return check_spf(DOMAIN, ask(DOMAIN, "TXT"), permitted(DOMAIN, host, lookup=ask))


ELSEWHERE: Zone = {("_spf.provider.example", "TXT"): ("v=spf1 ip4:203.0.113.0/24 -all",)}


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:93.184.216.34 -all",
        "v=spf1 ip4:93.184.0.0/16 ~all",
        "v=spf1 a:mail.fernwood.example -all",
        "v=spf1 mx -all",
        "v=spf1 include:_spf.provider.example ip4:93.184.216.34 -all",
        "v=spf1 exists:%{i}._spf.fernwood.example -all",
        "v=spf1 redirect=_spf.own.example",
    ],
)
def test_req_L50_a_permitted_server_is_said_to_be(record: str) -> None:
    more: Zone = {
        (DOMAIN, "MX"): (HOST,),
        (f"{ADDRESS}._spf.{DOMAIN}", "A"): ("127.0.0.2",),
        ("_spf.own.example", "TXT"): (f"v=spf1 ip4:{ADDRESS} -all",),
    }
    check = judged(zone(record, more=ELSEWHERE | more))
    assert check.standing.value == "ok"
    assert check.sentence == f"The SPF record permits {HOST} ({ADDRESS}), which sends your mails."
    assert check.wanted == ""


def test_a_loop_that_runs_in_the_callers_thread_is_not_in_the_way() -> None:
    async def caller() -> RecordCheck:
        return judged(zone(f"v=spf1 ip4:{ADDRESS} -all"))

    # A thread of its own here too: a browser of an earlier test may have left its loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(lambda: asyncio.run(caller())).result().standing.value == "ok"


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ("v=spf1 ip4:203.0.113.7 -all", f"v=spf1 ip4:203.0.113.7 a:{HOST} -all"),
        ("v=spf1 mx ~ALL", f"v=spf1 mx a:{HOST} ~ALL"),
        ("v=spf1 ip4:203.0.113.7", f"v=spf1 ip4:203.0.113.7 a:{HOST}"),
        (f"v=spf1 -ip4:{ADDRESS} ?all", f"v=spf1 -ip4:{ADDRESS} a:{HOST} ?all"),
    ],
)
def test_complaint_C36_a_server_that_spf_does_not_permit_is_an_error_with_the_record_to_publish(
    record: str, wanted: str
) -> None:
    check = judged(zone(record))
    assert check.standing.value == "error"
    assert f"does not permit {HOST} ({ADDRESS})" in check.sentence
    assert check.wanted == wanted


def test_a_provider_that_sends_from_other_servers_is_a_warning() -> None:
    check = judged(zone("v=spf1 include:_spf.provider.example -all", more=ELSEWHERE))
    assert check.standing.value == "warning"
    assert "hands mails on" in check.sentence
    assert check.wanted == f"v=spf1 include:_spf.provider.example a:{HOST} -all"


def test_an_address_that_the_record_forgets_is_named() -> None:
    check = judged(zone(f"v=spf1 ip4:{ADDRESS} -all", aaaa=(SECOND,)))
    assert (check.standing.value, check.wanted) == ("warning", f"v=spf1 ip4:{ADDRESS} a:{HOST} -all")
    assert f"not at its address {SECOND}" in check.sentence


def test_without_a_record_the_one_to_publish_is_shown() -> None:
    assert judged(zone(None)).wanted == f"v=spf1 a:{HOST} ~all"
    assert judged(zone(None), ADDRESS).wanted == f"v=spf1 ip4:{ADDRESS} ~all"
    assert judged(zone(None), f"[{SECOND}]").wanted == f"v=spf1 ip6:{SECOND} ~all"


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:300.1.1.1 -all",
        "v=spf1 include:nowhere.example -all",
        "v=spf1 " + " ".join(f"a:host{number}.fernwood.example" for number in range(11)) + " -all",
        "v=spf1 include:fernwood.example -all",
    ],
)
def test_a_record_that_nobody_can_evaluate_is_an_error_with_its_reason(record: str) -> None:
    hosts: Zone = {(f"host{number}.{DOMAIN}", "A"): ("203.0.113.9",) for number in range(11)}
    check = judged(zone(record, more=hosts))
    assert check.standing.value == "error"
    assert check.sentence.startswith("Receivers cannot evaluate the SPF record: ")
    assert len(check.sentence) > len("Receivers cannot evaluate the SPF record: .")


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (("10.0.0.5",), "private network"),
        (("127.0.0.1", ADDRESS), "private network"),
        ((), "has no address in DNS"),
    ],
)
def test_where_nobody_can_know_it_is_said_why(server: tuple[str, ...], words: str) -> None:
    check = judged(zone("v=spf1 ip4:203.0.113.7 -all", a=server))
    assert (check.standing.value, check.wanted) == ("unknown", "")
    assert words in check.sentence


def test_silence_of_dns_is_no_verdict() -> None:
    silent = zone("v=spf1 include:_spf.provider.example -all", more={("_spf.provider.example", "TXT"): None})
    assert judged(silent).standing.value == "unknown"
    nowhere = zone("v=spf1 -all", more={(HOST, "A"): None, (HOST, "AAAA"): None})
    assert "DNS did not say where" in judged(nowhere).sentence


def test_a_silent_dns_is_asked_twice_and_no_more_and_nothing_is_asked_twice() -> None:
    asked: Counter[tuple[str, str]] = Counter()

    def silent(name: str, kind: str) -> Records:
        asked[name, kind] += 1
        return None

    ask = patient(silent)
    for number in range(6):
        assert ask(f"host{number % 3}.example", "TXT") is None
    assert asked.total() == MOST_SILENCES
    known = patient(over(zone("v=spf1 -all")))
    assert known(DOMAIN.upper() + ".", "TXT") == known(DOMAIN, "TXT") == ("v=spf1 -all",)


def test_a_hostile_zone_costs_a_bounded_number_of_questions() -> None:
    asked: Counter[tuple[str, str]] = Counter()
    many = tuple(f"mx{number}.evil.example" for number in range(10))

    def evil(name: str, kind: str) -> Records:
        asked[name, kind] += 1
        if kind == "MX":
            return tuple(f"{name}.{exchange}" for exchange in many)
        return (
            ("v=spf1 " + " ".join(f"mx:m{number}.evil.example" for number in range(10)) + " -all",)
            if kind == "TXT"
            else ("203.0.113.1",)
        )

    result = permitted("evil.example", ADDRESS, lookup=evil)
    assert isinstance(result, SendingServer)
    assert asked.total() <= 100
