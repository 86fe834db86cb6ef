"""Write `docs/reference/api.md`, or check it: `python -m tests.public_api [--check]`."""

import sys

from tests.public_api.catalogue import PAGE, page

if "--check" not in sys.argv:
    PAGE.write_text(page(), encoding="utf-8")
sys.exit(0 if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE.name} is out of date")
