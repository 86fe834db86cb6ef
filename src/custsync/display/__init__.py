"""What a notebook shows: the last value of a cell as HTML, its personal values masked.

Plans, decisions, reports, customers and what the rules return show themselves. `show_values()` switches the
personal values on for the session, `show(value, values=True)` for one value.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from custsync.display.funnels import funnel
    from custsync.display.registry import Shown, html_of, show, show_values
else:  # the displays know every class of the package: they wait until one of them is asked for

    def __getattr__(name: str) -> Any:
        """Return the name from its module, which is imported when somebody asks for it."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


__all__ = ["Shown", "funnel", "html_of", "show", "show_values"]

_MODULE_OF: Final = {
    "Shown": "registry",
    "funnel": "funnels",
    "html_of": "registry",
    "show": "registry",
    "show_values": "registry",
}
