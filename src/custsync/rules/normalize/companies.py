"""Keys of company names, with the legal forms that were left out."""

from typing import Final

from attrs import frozen

from custsync.models import Maybe
from custsync.rules.normalize.texts import as_text, without_accents, words_key

_SPELT_AS_THEY_ARE: Final = (
    *("ab", "ag", "aps", "asa", "bv", "co", "corp", "doo", "gmbh", "inc", "kft", "kg", "kk", "lda", "llc"),
    *("llp", "lp", "ltd", "ltda", "nv", "nyrt", "ohg", "oy", "oyj", "plc", "pllc", "pte", "pty", "sarl"),
    *("se", "sl", "srl", "sro", "tbk", "ug", "zrt"),
)
_FORMS_AT_THE_END: Final = dict(zip(_SPELT_AS_THEY_ARE, _SPELT_AS_THEY_ARE, strict=True)) | {
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "limited": "ltd",
    "pvt": "pvt",
    "株式会社": "kk",
}
_FORMS_BEHIND_A_NAME: Final = {"sa": "sa", "sas": "sas"}
"""Forms that are words behind a joining word: "Friends of SA"."""

_FORMS_IN_SEVERAL_WORDS: Final = {
    "s a de c v": "sa de cv",
    "sa de cv": "sa de cv",
    "sab de cv": "sab de cv",
    "sapi de cv": "sapi de cv",
    "sas de cv": "sas de cv",
    "s de rl de cv": "srl de cv",
    "s de r l de c v": "srl de cv",
    "s de rl": "srl",
    "s p a": "spa",
    "s r l": "srl",
    "s r o": "sro",
    "sp z oo": "sp z oo",
    "sp z o o": "sp z oo",
    "s a s": "sas",
    "s a": "sa",
    "a s": "as",
    "b v": "bv",
    "n v": "nv",
}
_LENGTHS: Final = sorted({len(form.split()) for form in _FORMS_IN_SEVERAL_WORDS}, reverse=True)
"""Of how many words they are: the longest are looked for first."""
_FORMS_AT_THE_START: Final = {
    "ooo": "ooo",
    "sarl": "sarl",
    "uab": "uab",
    "ооо": "ooo",  # noqa: RUF001  (Cyrillic, as such names begin)
    "株式会社": "kk",
}
_SPELT_AT_THE_END: Final = {"s.p.a": "spa", "SpA": "spa", "a.s": "as"}
_SPELT_AT_THE_START: Final = {"p.t": "pt", "s.a": "sa", "s.a.s": "sas"}
"""Forms that are words too ("Day Spa", "PT Cleaners", "SAS Shoes"): their own spelling distinguishes them."""

_JOINING_WORDS: Final = frozenset({"and", "at", "by", "for", "in", "of", "the"})


@frozen(repr=False)
class CompanyKey:
    """A company name as it is compared, and the legal forms that are not part of the key.

    Two firms can differ in the form alone (`X Ltd.`, `X plc`): equal keys with different `forms` are a case
    for review.

    Attributes:
        key: its words in one spelling, separated by blanks: no case, accents, punctuation or legal forms;
            `""` only for a blank name.
        forms: the legal forms in one spelling (`ltd` for "Limited"), in the order of the name.
    """

    key: str
    forms: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return the shape of the key and the forms, not the name."""
        return f"CompanyKey(<text {len(self.key)}>, forms={self.forms})"


def company_key(text: Maybe[str]) -> CompanyKey:
    """Return the company name as it is compared, with the legal forms that were left out.

    Case, width and accents are folded, `&` is `and`, punctuation does not count, and legal forms at either
    end go, but never the last word: "Co" stays "co". Forms that are words too go only in their own spelling
    ("S.p.A.", but "Day Spa"), and `sa` and `sas` only behind a name.

    Args:
        text: a company name; null and absent read as blank.

    Returns:
        The key, `""` only for a blank text, and the forms in one spelling, in the order of the name.
        `company_key(company_key(x).key).key == company_key(x).key`. Linear time.

    Raises:
        InputError: the argument is no text.

    >>> company_key("Müller & Sons, Ltd.") == company_key("MULLER AND SONS LIMITED")
    True
    >>> company_key("Acme Ltd") == company_key("Acme plc")
    False
    """
    words = without_accents(words_key(text)).split()
    before, words = _without_start(words, as_text(text))
    words, after = _without_end(words, as_text(text))
    return CompanyKey(" ".join(words), (*before, *after))


def _without_start(words: list[str], text: str) -> tuple[list[str], list[str]]:
    """Return the legal forms that the name begins with, and the words behind them."""
    spelt = _SPELT_AT_THE_START.get(_first_token(text).lower())
    if "pt" in words[:1] and "tbk" in words[2:][-1:]:
        spelt = "pt"
    forms = [spelt] if spelt and len(words) > 1 else []
    while len(words) - len(forms) > 1 and (form := _FORMS_AT_THE_START.get(words[len(forms)])):
        forms.append(form)
    return forms, words[len(forms) :]


def _without_end(words: list[str], text: str) -> tuple[list[str], list[str]]:
    """Return the words before the legal forms that the name ends with, and the forms."""
    forms: list[str] = []
    token = _last_token(text)
    spelt = _SPELT_AT_THE_END.get(token) or _SPELT_AT_THE_END.get(token.lower())
    if spelt and len(words) > 1:
        words, forms = words[:-1], [spelt]
    while (found := _form_at_the_end(words)) is not None:
        form, length = found
        forms.insert(0, form)
        words = words[:-length]
        while len(words) > 1 and words[-1] == "and":
            words = words[:-1]
    return words, forms


def _form_at_the_end(words: list[str]) -> tuple[str, int] | None:
    """Return the legal form that the words end with, and how many of them it is, if a name is left."""
    for length in _LENGTHS:
        form = _FORMS_IN_SEVERAL_WORDS.get(" ".join(words[-length:])) if len(words) > length else None
        if form:
            return form, length
    if len(words) <= 1:
        return None
    form = _FORMS_AT_THE_END.get(words[-1])
    if form is None and words[-2] not in _JOINING_WORDS:
        form = _FORMS_BEHIND_A_NAME.get(words[-1])
    return (form, 1) if form else None


def _first_token(text: str) -> str:
    return text.strip().partition(" ")[0].rstrip(".,")


def _last_token(text: str) -> str:
    return text.rstrip(" .,)").rpartition(" ")[2].lstrip("(")
