"""What people mistype about their company, and pictures that are none."""

import io
import struct
import zlib
from collections.abc import Mapping

import pytest
from PIL import Image

from tests.integration.pages.forms import refused
from tests.support.app_seed import Business


def png(width: int, height: int) -> bytes:
    """A PNG whose head claims a size; its pixels are not there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (png(30_000, 30_000), "30000 x 30000 pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "neither a PNG nor a JPEG"),
        (b"", "PNG or JPEG"),
    ],
)
def test_attack_A65_a_logo_that_is_none(business: Business, content: bytes, says: str) -> None:
    form: dict[str, object] = {"file_logo": (io.BytesIO(content), "../../logo.png")}
    refused(business, "/ui/fragment/admin/logo", form, says=says, field="logo-file_logo")


def test_a_logo_over_two_megabytes_is_not_even_read(business: Business) -> None:
    world = business.world
    headers = world.headers(world.sites.alice) | {"Content-Type": "multipart/form-data; boundary=b"}
    answer = world.client.post("/ui/fragment/admin/logo", data=b"x" * 2_500_000, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["HX-Retarget"] == "#page-message"


def test_a_logo_is_drawn_anew_and_shown(business: Business) -> None:
    world = business.world
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "navy").save(picture, "PNG")
    form = {"file_logo": (io.BytesIO(picture.getvalue()), "logo.png")}
    answer = world.post("/ui/fragment/admin/logo", world.sites.alice, form)
    assert answer.status_code == 200
    assert 'src="data:image/png;base64,' in answer.get_data(as_text=True)
    removed = world.post("/ui/fragment/admin/logo?remove=1", world.sites.alice)
    assert "data:image/png" not in removed.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("numbering", {"pattern": "{number:d}{number:d}", "row_version": "2"}, "pattern"),
        ("numbering", {"pattern": "{__class__}", "row_version": "2"}, "pattern"),
        ("mail", {"from_address": "a@b, c@d", "window_start": "09:00", "window_end": "17:00"}, ""),
        ("switches", {"what": "everything", "on": "on"}, ""),
    ],
)
def test_the_administration_refuses_what_does_not_fit(
    business: Business, path: str, form: Mapping[str, object], says: str
) -> None:
    more = {"contact_interval_days": "3", "row_version": "3"} if path == "mail" else {}
    refused(business, f"/ui/fragment/admin/{path}", {**form, **more}, says=says)
