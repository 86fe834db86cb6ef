"""The parts of a split name, and what the documented rules alone make of a text."""

from typing import Final, Literal, TypeAlias

from attrs import define, frozen

from custsync.errors import ConfigurationError
from custsync.models import Issue, display_html

HowSplit: TypeAlias = Literal["comma", "last_space", "single", "family_first", "known", "company", "empty"]
"""How a split came about; `family_first` only by policy, `known` by the parts that a target has."""

CommaMeaning: TypeAlias = Literal["last_first", "name_suffix", "name_form"]
"""What a comma means in the source system: "Last, First", "Name, Suffix", or "Company, Form"."""

_CHOICES: Final = {
    "comma": ("last_first", "name_suffix", "name_form"),
    "split_at": ("first_comma", "last_comma"),
    "empty_side": ("first_name", "as_written"),
}

PARTS: Final = ("first", "middle", "last", "company", "title", "suffix", "note")


@frozen(repr=False)
class SplitName:
    """A name in parts: those of a person, or a company.

    `title`, `middle`, `suffix` and `note` are filled only by a policy that takes them out of the name.

    Attributes:
        first: all but the last name and what a policy takes out; a name in one word whole; `""` for a
            company.
        last: the placeholder for a person who has no last name, `""` for a company.
        company: the whole name of a company, also of one that only a policy recognises; `""` for a person.
        how: what decided on the parts: a comma, the last blank, the parts that a target has.
        issues: what was cleaned and what is odd; `empty_name`, the only error, where nothing is left to
            split.
    """

    first: str = ""
    last: str = ""
    company: str = ""
    how: HowSplit = "empty"
    issues: tuple[Issue, ...] = ()
    title: str = ""
    middle: str = ""
    suffix: str = ""
    note: str = ""

    _repr_html_ = display_html

    def __repr__(self) -> str:
        """Return which parts are there, how the split came about and the codes, no name."""
        shown = [f"{part}=<text {len(getattr(self, part))}>" for part in PARTS if getattr(self, part)]
        codes = ", ".join(issue.code for issue in self.issues)
        return f"SplitName({', '.join([*shown, f'how={self.how!r}'])}, issues=({codes}))"


@define
class Draft:
    """A name on its way through the steps of a policy: what is left of the whole, and its parts so far."""

    name: str
    first: str = ""
    last: str = ""
    company: str = ""
    how: HowSplit = "single"
    title: str = ""
    middle: str = ""
    suffix: str = ""
    note: str = ""

    def rejoin(self) -> None:
        """Make the name anew of its parts, after something was taken out of one of them."""
        order = (self.last, ", ", self.first) if self.how == "comma" else (self.first, " ", self.last)
        self.name = "".join(order).strip(" ")


@frozen(kw_only=True, cache_hash=True)
class NamePolicy:
    """What a source may opt into beyond the documented rules. The default opts into nothing.

    No opt-in changes a plain two-word name. Each is named by what it does:

    - `comma`: what a comma means there. `name_suffix` reads "John Smith, Jr." as a name and its suffix,
      `name_form` reads "Acme, Inc." as a company; where the right side is no known suffix or form, the comma
      means "Last, First" again.
    - `split_at`: which of several commas splits.
    - `empty_side`: where a comma leaves one side empty, the side that is there is the first name
      (`first_name`, the decision), or each side stays where the comma puts it (`as_written`).
    - `any_comma`: full-width and ideographic commas count as commas.
    - `legal_forms`: a name with an unmistakable legal form is a company, whole.
    - `notes`: every "(Tenant)", and " - Rental" at the end, go to `note`.
    - `symbols`: words without a letter or digit are left out.
    - `suffixes`, `titles`, `middle`: these go to their own parts. "Jr., M.D." is a chain of suffixes, "J.R."
      are initials; a word that is a name too ("Do") counts only in capitals, in a name that is not all
      capitals.
    - `particles`: particles before the last word belong to the last name ("van der Berg", "De Vries",
      "St. John"), and so does a first surname that "y" joins.
    - `two_surnames`: the last two of three or more words are the last name.
    - `family_first`: names in Han, kana or Hangul have the family name first.
    """

    comma: CommaMeaning = "last_first"
    split_at: Literal["first_comma", "last_comma"] = "first_comma"
    empty_side: Literal["first_name", "as_written"] = "first_name"
    any_comma: bool = False
    legal_forms: bool = False
    notes: bool = False
    symbols: bool = False
    suffixes: bool = False
    titles: bool = False
    particles: bool = False
    two_surnames: bool = False
    middle: bool = False
    family_first: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse a word that no opt-in knows.

        Raises:
            ConfigurationError: `comma`, `split_at` or `empty_side` is not one of its words.
        """
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise ConfigurationError(f"{name} is one of {', '.join(known)}")


AS_DOCUMENTED: Final = NamePolicy()
"""The documented rules and the decisions on what they leave open, nothing else."""


def halves(name: str, policy: NamePolicy) -> tuple[str, str, HowSplit]:
    """Return first name, last name and how they were distinguished (ST-NAME-1 to ST-NAME-4).

    The name is trimmed and holds more than blanks and commas. The last name is `""` where there is none.
    """
    if "," in name:
        last, _, first = name.partition(",") if policy.split_at == "first_comma" else name.rpartition(",")
        first, last = first.strip(" "), last.strip(" ")
        if policy.empty_side == "first_name" and not first.strip(" ,"):
            return last, "", "comma"
        return first, last, "comma"
    first, _, last = name.rpartition(" ")
    if first:
        return first.rstrip(" "), last, "last_space"
    return name, "", "single"
