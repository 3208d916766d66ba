"""The PDF of an invoice: made once from the frozen snapshot, the same bytes for ever (I6)."""

from sqlalchemy import update

from plugin.domain.errors import Permanent
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from tests.integration.effects.documents import CountingRenderer, add_document, stored
from tests.samples.documents import invoice as sample_invoice
from tests.support.delivery import NOW, DeliveryWorld


def test_req_I06_a_document_is_made_once(world: DeliveryWorld, renderer: CountingRenderer) -> None:
    effect = add_document(world)
    for _ in range(2):
        world.run(effect)
    assert stored(world) == [b"%PDF 1"]
    assert renderer.rendered == [sample_invoice()]
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).values(state="planned", next_at=NOW))
    world.run(effect)
    assert (stored(world), len(renderer.rendered)) == ([b"%PDF 1"], 1)
    assert world.effect(effect).state == "sent"


def test_the_mail_that_waits_is_due_as_soon_as_the_document_stands(
    world: DeliveryWorld, renderer: CountingRenderer
) -> None:
    document, mail = add_document(world), world.add_mail()
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).where(Effect.id == mail).values(depends_on=document))
    world.run(mail)
    assert (world.effect(mail).next_at or NOW) > NOW
    world.run(document)
    assert world.effect(mail).next_at == NOW


def test_a_snapshot_that_was_tampered_with_is_not_printed(world: DeliveryWorld, renderer: CountingRenderer) -> None:
    effect = add_document(world)
    with world.writing(world.tenant_id) as session:
        session.execute(update(Invoice).values(snapshot_sha256="0" * 64))
    world.run(effect)
    assert (world.effect(effect).state, stored(world), world.alerts()) == ("failed", [], ["document_failed"])


def test_a_document_that_cannot_be_made_is_told_and_its_mail_keeps_waiting(
    world: DeliveryWorld, renderer: CountingRenderer
) -> None:
    renderer.problem = Permanent("The logo is broken.")
    document, mail = add_document(world), world.add_mail()
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).where(Effect.id == mail).values(depends_on=document))
    world.run(document)
    world.run(mail)
    assert world.alerts() == ["document_failed"]
    assert (world.effect(mail).state, world.effect(mail).reason) == (
        "planned",
        "Waits for the document, which is failed.",
    )
