"""The room of the channel ``webhook``: at least once, with the effect's id as ``Idempotency-Key`` at every attempt."""

import json
from urllib.parse import urlsplit

from plugin.channels.webhook.contents import compose
from plugin.channels.webhook.post import Answered, post
from plugin.channels.webhook.signature import HEADER, signature
from plugin.domain.errors import InvalidInput, Permanent, Transient
from plugin.domain.reminders.policy import ActionKind, PolicyStep
from plugin.services.effects.evidence import Finding
from plugin.services.effects.ports import EffectRuntime
from plugin.services.effects.step_channel import Content, Receipt, StepAbout, StepJob
from plugin.services.public_address import reachable_address
from plugin.services.webhooks.targets import secret_of, target_named
from plugin.store.session import TenantSession
from plugin.store.tables.staff import WebhookTarget

TRY_AGAIN = frozenset({408, 409, 425, 429})
GONE = "The webhook is switched off or does not exist any more; look at the administration."


class WebhookRoom:
    """Satisfies ``StepChannel``."""

    kind = "webhook"
    what = "A webhook"
    keeps_content = True

    def check(self, session: TenantSession, step: PolicyStep) -> None:
        """The name of a target that is set up."""
        action = step.action
        if action is None or action.kind is not ActionKind.WEBHOOK or not action.target:
            raise InvalidInput(f"Step {step.key} names no webhook.", field="target")
        if target_named(session, action.target) is None:
            raise InvalidInput(
                f"Step {step.key} names the webhook {action.target}, which is not set up.", field="target"
            )

    def compose(self, session: TenantSession, about: StepAbout) -> Content:
        """The JSON of the call, without its id."""
        self.check(session, about.wanted)
        return compose(session, about)

    def act(self, job: StepJob) -> Receipt:
        """One signed POST. Only 2xx counts as taken."""
        with job.runtime.reading(job.tenant_id) as session:
            target = session.get(WebhookTarget, (job.tenant_id, str(job.content.get("target_id"))))
        if target is None or not target.is_on:
            raise Permanent(GONE)
        answer = call(job.runtime, target, body_of(job), key=job.effect_id)
        judge(answer)
        return Receipt(
            text=f"Passed on to {target.name}", evidence={"status": answer.status, "answer": answer.text[:200]}
        )

    def look(self, job: StepJob) -> Finding:  # noqa: ARG002 - the room's protocol
        """The receiver knows a repetition by its key, so it is repeated with the same content."""
        return Finding.ABSENT


def body_of(job: StepJob) -> bytes:
    """The bytes of the call: the same for every attempt of an effect."""
    facts = job.content.get("facts")
    content = {**(facts if isinstance(facts, dict) else {}), "id": job.effect_id}
    words = {name: job.content.get(name, "") for name in ("subject", "text")}
    return json.dumps({**content, **words}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def trial_body(key: str) -> bytes:
    """What a trial from the administration sends."""
    return json.dumps({"id": key, "type": "trial"}).encode()


def call(runtime: EffectRuntime, target: WebhookTarget, body: bytes, *, key: str) -> Answered:
    """Signs and posts. Raises Permanent where the host leads into a private network."""
    parts = urlsplit(target.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = reachable_address(host, port, may_be_private=runtime.settings.may_be_private(host))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Dunlin",
        "Idempotency-Key": key,
        HEADER: signature(body, secret=secret_of(target, runtime.keys), at=runtime.clock.now()),
    }
    return post(target.url, body, headers=headers, address=address)


def judge(answer: Answered) -> None:
    """Raises what an answer other than 2xx means."""
    if 200 <= answer.status < 300:
        return
    words = f"The webhook answered {answer.status}"
    if answer.status in TRY_AGAIN or answer.status >= 500:
        raise Transient(f"{words}.", retry_after=answer.retry_after)
    if 300 <= answer.status < 400:
        raise Permanent(f"{words}, a redirect, which is not followed. Enter the address that it leads to.")
    raise Permanent(f"{words}, and would refuse it again. Look at the receiver, then try again.")
