"""What a notebook shows: a value as HTML, and everywhere else as text."""

from attrs import field, frozen

__all__ = ["Shown"]


@frozen
class Shown:
    """What a notebook shows as HTML, and everything else as text.

    Attributes:
        html: what a notebook renders (`_repr_html_`).
        text: what `repr` returns, for a terminal or a log.
    """

    html: str = field(repr=False)
    text: str = field(repr=False)

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.html
