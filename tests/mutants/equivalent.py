"""Changes that change nothing anybody could see, each with the reason; they are left out of the sample."""

from collections.abc import Mapping
from typing import Final

EQUIVALENT: Final[Mapping[str, str]] = {}
