"""Where templates and fonts lie. Nothing outside these folders is ever read by Typst."""

from pathlib import Path
from typing import Final

import manimgx_fonts

TEMPLATES: Final = Path(__file__).resolve().parents[3] / "templates" / "invoice"
ENTRY: Final = TEMPLATES / "invoice.typ"
LETTER: Final = TEMPLATES / "letter.typ"
PACKAGES: Final = TEMPLATES / "no-packages"
FONTS: Final = Path(manimgx_fonts.__file__).resolve().parent
