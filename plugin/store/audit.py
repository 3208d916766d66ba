"""Adds links to the audit chain (I9); verification stands in ``services/verify``."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert, AuditHead, AuditRow


def link_hash(previous: str, seq: int, record: Mapping[str, object]) -> str:
    """SHA-256 over previous hash, canonical JSON (sorted keys, no spaces) and sequence number, in hexadecimal."""
    body = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{body}\n{seq}".encode()).hexdigest()


def record_audit(
    session: TenantSession,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Writes who did what to which row, in its transaction. Values are ids, numbers and states, no names."""
    head = session.scalars(select(AuditHead).with_for_update()).one_or_none()
    if head is None:
        head = AuditHead(tenant_id=session.tenant_id, seq=0, hash="")
        session.add(head)
    seq = head.seq + 1
    record = audit_record(at=now, actor=actor, action=action, subject=subject, before=before, after=after)
    digest = link_hash(head.hash, seq, record)
    session.add(
        AuditRow(
            id=new_id(),
            seq=seq,
            at=now,
            actor=actor,
            action=action,
            subject=subject,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
            hash=digest,
        )
    )
    head.seq, head.hash = seq, digest
    session.flush()


def audit_record(
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> dict[str, object]:
    """The part of a row that its hash covers."""
    return {
        "at": at.isoformat(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
    }


def raise_alert(session: TenantSession, *, kind: str, sentence: str, subject: str, key: str, now: datetime) -> None:
    """Tells people once; the same ``key`` again changes nothing while the alert is open, and opens a settled one."""
    found = session.scalars(select(Alert).where(Alert.dedupe_key == key)).one_or_none()
    if found is None:
        session.add(Alert(id=new_id(), at=now, kind=kind, sentence=sentence[:2000], subject=subject, dedupe_key=key))
    elif found.settled_at is not None:
        found.at, found.sentence, found.settled_at, found.settled_by = now, sentence[:2000], None, ""
    session.flush()
