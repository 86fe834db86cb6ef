"""Keys of company names, with the legal forms that were left out."""

from typing import Final

from attrs import frozen

from custsync.models import Maybe
from custsync.rules.normalize.texts import words_key

__all__ = ["CompanyKey", "company_key"]

_FORMS_AT_THE_END: Final = {
    **{
        form: form
        for form in ("ag", "bv", "co", "corp", "gmbh", "inc", "kg", "llc", "llp", "lp", "ltd", "nv")
    },
    **{form: form for form in ("oy", "plc", "pllc", "pty", "sa", "sarl", "sas", "se", "spa", "srl", "ug")},
    "aps": "aps",
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "kk": "kk",
    "limited": "ltd",
    "pvt": "pvt",
    "sl": "sl",
    "株式会社": "kk",
}
_FORMS_AT_THE_START: Final = {
    "ooo": "ooo",
    "pt": "pt",
    "sa": "sa",
    "sarl": "sarl",
    "sas": "sas",
    "uab": "uab",
    "ооо": "ooo",  # noqa: RUF001  (Cyrillic, as such names begin)
    "株式会社": "kk",
}


@frozen(repr=False)
class CompanyKey:
    """A company name as it is compared, and the legal forms that are not part of the key.

    Two firms can differ in the form alone (`X Ltd.`, `X plc`): equal keys with different `forms` are a case
    for review.
    """

    key: str
    forms: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return the shape of the key and the forms, not the name."""
        return f"CompanyKey(<text {len(self.key)}>, forms={self.forms})"


def company_key(text: Maybe[str]) -> CompanyKey:
    """Return the company name as it is compared, with the legal forms that were left out.

    Case and width are folded, `&` is `and`, punctuation does not count, and legal forms at either end go,
    but never the last word: "Co" stays "co".

    Args:
        text: a company name; null and absent read as blank.

    Returns:
        The key, `""` only for a blank text, and the forms in one spelling, in the order of the name.
        `company_key(company_key(x).key).key == company_key(x).key`. Linear time.

    Raises:
        InputError: the argument is no text.

    >>> company_key("Müller & Sons, Ltd.") == company_key("MÜLLER AND SONS LIMITED")
    True
    >>> company_key("Acme Ltd") == company_key("Acme plc")
    False
    """
    words = words_key(text).split()
    start, end, forms = _trimmed(words)
    return CompanyKey(" ".join(words[start:end]), forms)


def _trimmed(words: list[str]) -> tuple[int, int, tuple[str, ...]]:
    """Return where the name begins and ends between its legal forms, and the forms."""
    start, end = 0, len(words)
    after: list[str] = []
    while end > 1 and (form := _FORMS_AT_THE_END.get(words[end - 1])):
        after.append(form)
        end -= 1
        while end > 1 and words[end - 1] == "and":
            end -= 1
    before: list[str] = []
    while end - start > 1 and (form := _FORMS_AT_THE_START.get(words[start])):
        before.append(form)
        start += 1
    return start, end, (*before, *reversed(after))
