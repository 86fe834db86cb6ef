"""What a notebook shows: a value as HTML, and everywhere else as text."""

from attrs import field, frozen

__all__ = ["Shown"]


@frozen
class Shown:
    """What a notebook shows as HTML, and everything else as text."""

    html: str = field(repr=False)
    text: str = field(repr=False)

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.html
