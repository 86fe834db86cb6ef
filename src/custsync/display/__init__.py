"""Displays for notebooks: the last value of a cell as HTML, its personal values masked.

Plans, decisions, reports, customers and the results of rules have a display. `show_values()` switches the
personal values on for the session, `show(value, values=True)` for one value.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.display.parts import Shown
    from custsync.display.plans import funnel
    from custsync.display.registry import html_of, show, show_values
else:  # the displays import every class of the package, so they are imported when one is used
    __getattr__ = names_in(__name__, "registry", "plans")

__all__ = ["Shown", "funnel", "html_of", "show", "show_values"]
