"""The dialogue against servers that say odd things: what is known, what is in doubt, what is never sent."""

from collections.abc import Callable

import pytest

from plugin.channels.email.smtp import SmtpChannel, SmtpTimeouts
from plugin.clock import monotonic
from plugin.domain.errors import InvalidInput
from plugin.environment import SmtpSecurity, SmtpServer
from plugin.services.effects.mail_channel import (
    Envelope,
    MailDeferred,
    MailInDoubt,
    MailLoginRefused,
    MailRefused,
    Reply,
)
from tests.channels.email.scripted_server import HANG_UP, ScriptedServer

BODY = b"Subject: Invoice\r\n\r\n.hidden dot\r\n..two\r\nend\r\n"
ENVELOPE = Envelope(sender="a@fernwood.example", recipient="b@acme.example", body=BODY)
HELLO = ("220 mail ready", "250-mail\n250 SIZE 1000000")
OFFERED = (*HELLO, "250 sender", "250 recipient")
QUICK = SmtpTimeouts(connect=2, command=2, dialogue=2, body=2, after_dot=2)


def channel(server: ScriptedServer, *, clock: Callable[[], float] = monotonic, login: str | None = None) -> SmtpChannel:
    where = SmtpServer(host="127.0.0.1", port=server.port, security=SmtpSecurity.PLAIN, username=login, password=login)
    return SmtpChannel(where, QUICK, monotonic=clock, local_name="dunlin.example")


def send(server: ScriptedServer, *, gate: Callable[[], bool] = lambda: True) -> Reply | None:
    way = channel(server)
    try:
        return way.send(ENVELOPE, gate=gate)
    finally:
        way.close()


def test_the_steps_come_in_order_and_the_gate_between_rcpt_and_data() -> None:
    with ScriptedServer([*OFFERED, "354 go on", "250 queued as 7", "221 bye"]) as server:
        seen: list[int] = []

        def gate() -> bool:
            seen.append(len(server.heard[0]))
            return True

        reply = send(server, gate=gate)
    assert reply == Reply(code=250, text="queued as 7")
    assert [line.split()[0] for line in server.heard[0][:4]] == ["ehlo", "mail", "rcpt", "data"]
    assert seen == [3]
    assert server.heard[0][1] == f"mail FROM:<a@fernwood.example> size={len(BODY)}\r\n"


def test_dots_at_the_start_of_a_line_are_doubled_once() -> None:
    with ScriptedServer([*OFFERED, "354 go on", "250 ok", "221 bye"]) as server:
        send(server)
    body = server.heard[0][4]
    assert body == "Subject: Invoice\r\n\r\n..hidden dot\r\n...two\r\nend\r\n.\r\n"


def test_a_refused_gate_takes_the_offer_back() -> None:
    with ScriptedServer([*OFFERED, "250 reset", "221 bye"]) as server:
        assert send(server, gate=lambda: False) is None
    assert [line.split()[0].lower() for line in server.heard[0]] == ["ehlo", "mail", "rcpt", "rset", "quit"]


def test_what_the_gate_raises_passes_through_and_nothing_is_sent() -> None:
    def broken() -> bool:
        raise ZeroDivisionError

    with ScriptedServer([*OFFERED]) as server, pytest.raises(ZeroDivisionError):
        send(server, gate=broken)
    assert [line.split()[0] for line in server.heard[0]] == ["ehlo", "mail", "rcpt"]


def test_a_connection_serves_several_mails() -> None:
    again = ("250 sender", "250 recipient", "354 go on", "250 ok")
    with ScriptedServer([*OFFERED, "354 go on", "250 ok", *again, "221 bye"]) as server:
        way = channel(server)
        assert [str(way.send(ENVELOPE, gate=lambda: True)) for _ in range(2)] == ["250 ok", "250 ok"]
        way.close()
    assert len(server.heard) == 1


def test_a_kept_connection_that_was_closed_is_made_anew_before_anything_counts() -> None:
    fresh = [*OFFERED, "354 go on", "250 second", "221 bye"]
    with ScriptedServer([*OFFERED, "354 go on", "250 first", HANG_UP], fresh) as server:
        way = channel(server)
        assert str(way.send(ENVELOPE, gate=lambda: True)) == "250 first"
        assert str(way.send(ENVELOPE, gate=lambda: True)) == "250 second"
        way.close()


@pytest.mark.parametrize("refusal", ["450 4.2.0 greylisted", "451 later", "452 4.3.1 full"])
def test_fault_F38_not_now_on_a_kept_connection_is_deferred_and_not_asked_again(refusal: str) -> None:
    kept = [*OFFERED, "354 go on", "250 first", "250 sender", refusal]
    with ScriptedServer(kept, [*OFFERED, "354 go on", "250 hammered", "221 bye"]) as server:
        way = channel(server)
        assert str(way.send(ENVELOPE, gate=lambda: True)) == "250 first"
        with pytest.raises(MailDeferred) as deferred:
            way.send(ENVELOPE, gate=lambda: True)
        way.close()
        assert str(deferred.value.reply) == refusal
        assert len(server.heard) == 1


def test_a_server_that_says_goodbye_to_a_kept_connection_is_called_anew() -> None:
    kept = [*OFFERED, "354 go on", "250 first", "421 4.4.2 idle for too long"]
    with ScriptedServer(kept, [*OFFERED, "354 go on", "250 second", "221 bye"]) as server:
        way = channel(server)
        assert [str(way.send(ENVELOPE, gate=lambda: True)) for _ in range(2)] == ["250 first", "250 second"]
        way.close()


def test_fault_F45_surplus_words_never_answer_the_next_question() -> None:
    """A server that says 250 twice would be one answer ahead: the next RCPT would seem accepted."""
    with ScriptedServer(
        [*OFFERED, "354 go on", "250 ok\n250 ok again"], [*HELLO, "250 sender", "550 unknown"]
    ) as server:
        way = channel(server)
        assert str(way.send(ENVELOPE, gate=lambda: True)) == "250 ok"
        with pytest.raises(MailRefused):
            way.send(ENVELOPE, gate=lambda: True)
        way.close()


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (["421 busy"], MailDeferred),
        (["554 no service here"], MailDeferred),
        (["220 hi", "500 what"], MailDeferred),
        ([HANG_UP], MailDeferred),
        (["220 hi", HANG_UP], MailDeferred),
        (["nonsense"], MailDeferred),
        ([*HELLO, "451 later"], MailDeferred),
        ([*HELLO, "550 not you"], MailRefused),
        ([*HELLO, "530 log in first"], MailLoginRefused),
        ([*HELLO, "250 ok", "450 greylisted"], MailDeferred),
        ([*HELLO, "250 ok", "550 5.1.1 unknown"], MailRefused),
        ([*HELLO, "250 ok", HANG_UP], MailDeferred),
        ([*OFFERED, "451 not now"], MailDeferred),
        ([*OFFERED, "554 no"], MailRefused),
        ([*OFFERED, "250 odd"], MailDeferred),
        ([*OFFERED, HANG_UP], MailDeferred),
        ([*OFFERED, "354 go", "451 full"], MailDeferred),
        ([*OFFERED, "354 go", "552 too big"], MailRefused),
        ([*OFFERED, "354 go", "554 spam"], MailRefused),
        ([*OFFERED, "354 go", HANG_UP], MailInDoubt),
        ([*OFFERED, "354 go", "nonsense"], MailInDoubt),
        ([*OFFERED, "354 go", "100 hm"], MailInDoubt),
        ([*OFFERED, "354 go", "354 again"], MailInDoubt),
    ],
)
def test_only_silence_after_the_dot_is_in_doubt(script: list[str], error: type[Exception]) -> None:
    with ScriptedServer(script, script) as server, pytest.raises(error):
        send(server)


@pytest.mark.parametrize(
    ("reply", "address_failed"),
    [
        ("550 unknown user", True),
        ("550 5.1.1 unknown user", True),
        ("553 bad name", True),
        ("550 5.7.1 your server is on a list", False),
        ("552 mailbox full", False),
        ("554 no", False),
    ],
)
def test_fault_F39_an_address_is_at_fault_only_where_the_server_says_so(reply: str, address_failed: bool) -> None:
    with ScriptedServer([*HELLO, "250 ok", reply]) as server, pytest.raises(MailRefused) as refused:
        send(server)
    assert refused.value.address_failed is address_failed


@pytest.mark.parametrize(("answer", "error"), [("535 wrong", MailLoginRefused), ("454 later", MailDeferred)])
def test_fault_F40_a_wrong_password_is_for_a_person(answer: str, error: type[Exception]) -> None:
    with ScriptedServer(["220 hi", "250-mail\n250 AUTH PLAIN", answer]) as server:
        way = channel(server, login="dunlin")
        with pytest.raises(error):
            way.send(ENVELOPE, gate=lambda: True)
        way.close()
    assert len(server.heard[0]) <= 3


def test_fault_F10_a_sender_that_slept_too_long_sends_no_data() -> None:
    times = iter([0.0, *([100.0] * 10)])
    with ScriptedServer([*OFFERED]) as server:
        way = channel(server, clock=lambda: next(times))
        with pytest.raises(MailDeferred, match="deadline"):
            way.send(ENVELOPE, gate=lambda: True)
    assert [line.split()[0] for line in server.heard[0]] == ["ehlo", "mail", "rcpt"]


def test_fault_F10_a_sender_that_slept_amid_the_body_sends_no_dot() -> None:
    times = iter([0.0, 0.5, 0.6, *([100.0] * 10)])
    with ScriptedServer([*OFFERED, "354 go", "250 never"]) as server:
        way = channel(server, clock=lambda: next(times))
        with pytest.raises(MailDeferred, match="deadline"):
            way.send(ENVELOPE, gate=lambda: True)
    assert not any(line.endswith("\r\n.\r\n") for line in server.heard[0])


def test_a_server_that_never_answers_the_dot_is_left_in_time() -> None:
    class Silent(ScriptedServer):
        """Hears the body, and says nothing."""

    started = monotonic()
    with Silent([*OFFERED, "354 go"]) as server, pytest.raises(MailInDoubt):
        send(server)
    assert monotonic() - started < 10


def test_fault_F47_a_mail_over_the_limit_is_not_offered() -> None:
    with ScriptedServer(["220 hi", "250-mail\n250 SIZE 10"]) as server, pytest.raises(MailRefused, match="at most 10"):
        send(server)
    assert [line.split()[0] for line in server.heard[0]] == ["ehlo"]


@pytest.mark.parametrize("field", ["sender", "recipient"])
def test_attack_A55_no_command_takes_a_line_break(field: str) -> None:
    values = {"sender": "a@b.example", "recipient": "c@d.example", field: "a@b.example>\r\nRCPT TO:<evil@x.example"}
    with ScriptedServer([*OFFERED]) as server:
        way = channel(server)
        with pytest.raises(InvalidInput):
            way.send(Envelope(body=BODY, **values), gate=lambda: True)
    assert not any("evil" in line for line in server.heard[0])
