"""What a notebook shows: the last value of a cell as HTML, its personal values masked.

Plans, decisions, reports, customers and what the rules return show themselves. `show_values()` switches the
personal values on for the session, `show(value, values=True)` for one value.
"""

from custsync.display.funnels import funnel
from custsync.display.registry import Shown, html_of, show, show_values

__all__ = ["Shown", "funnel", "html_of", "show", "show_values"]
