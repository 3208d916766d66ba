"""Tells robots from people: out-of-office notes, lists, mailer daemons. A robot's mail is no reply (L52)."""

import re
from email.message import Message

from plugin.services.inbound.headers import raw_header

SUBJECTS = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|tr|rv)\s*:\s*)*(?:"
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[ -]?(?:reply|response)|autoreply|on (?:annual )?leave|"
    r"abwesenheit\w*|abwesend|automatische antwort|nicht im (?:büro|haus)|urlaub|"
    r"r[ée]ponse automatique|absence|absent(?:e)? du bureau|message d.absence|"
    r"respuesta autom[áa]tica|fuera de (?:la )?oficina|ausencia"
    r")\b",
    re.IGNORECASE,
)
PRECEDENCES = ("bulk", "junk", "auto_reply")
MARKS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
"""Marks of a mailing list are none: a team's own group address puts them on every mail that it hands on."""
DAEMONS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+.-].*)?@", re.IGNORECASE)


def robot_of(message: Message, sender: str, subject: str) -> str:
    """By what a robot is recognised, in a word or two; empty for a person."""
    submitted = raw_header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"[:80]
    precedence = raw_header(message, "Precedence").strip().lower()
    if precedence in PRECEDENCES:
        return f"Precedence: {precedence}"
    mark = next((name for name in MARKS if raw_header(message, name)), "")
    if mark:
        return mark
    if raw_header(message, "Return-Path").strip() == "<>":
        return "Return-Path: <>"
    if DAEMONS.match(sender):
        return "sender"
    return "subject" if SUBJECTS.match(subject) else ""
