"""Write `docs/reference/vendor-fields.md`, or check it: `python -m tests.vendor_tables [--check]`."""

import sys

from tests.vendor_tables.pages import PAGE, page

if "--check" not in sys.argv:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
sys.exit(0 if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE.name} is out of date")
