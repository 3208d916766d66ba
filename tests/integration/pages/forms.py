"""What a person types into forms, and how a refusal is told: a sentence at its field, nothing stored."""

from collections.abc import Mapping

from tests.attack.catalogue import snapshot
from tests.support.app_seed import Business

CLIENT = {
    "name": "Tallow & Sons",
    "address": "1 Quay\nBristol",
    "country": "GB",
    "terms_days": "30",
    "language": "en",
    "zone": "Europe/London",
    "currency": "GBP",
    "tax_category": "S",
    "tax_percent": "20",
    "row_version": "0",
}


def refused(business: Business, path: str, form: Mapping[str, object], *, says: str, field: str = "") -> str:
    """Sends a form as Alice: it is refused with a sentence, at its field, and the database stays as it is."""
    world = business.world
    before = snapshot(world.container.engine)
    answer = world.post(path, world.sites.alice, form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422, text[:500]
    assert says in text
    if field:
        assert f'aria-describedby="{field}' in text
        assert f'id="{field}-error"' in text
    assert snapshot(world.container.engine) == before
    return text


def settings(business: Business, rest: str) -> str:
    return f"/ui/fragment/settings/{business.ours.project}/{rest}"
