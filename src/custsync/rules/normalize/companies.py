"""Keys of company names, with the legal forms that were left out."""

from typing import Final

from attrs import frozen

from custsync.models import Maybe
from custsync.rules.normalize.texts import as_text, without_accents, words_key

_SPELT_AS_THEY_ARE: Final = (
    *("ab", "ag", "aps", "asa", "bhd", "bv", "bvba", "co", "corp", "cvba", "doo", "ehf", "eirl", "eurl"),
    *("gbr", "gmbh", "inc", "kft", "kg", "kgaa", "kk", "llc", "llp", "lp", "ltd", "ltda", "nv", "nyrt"),
    *("ohg", "oy", "oyj", "plc", "pllc", "pte", "pty", "sarl", "sasu", "se", "sl", "slu", "snc", "srl"),
    *("sro", "tbk", "uab", "ug", "zrt"),
)
_FORMS_AT_THE_END: Final = dict(zip(_SPELT_AS_THEY_ARE, _SPELT_AS_THEY_ARE, strict=True)) | {
    "aktiebolag": "ab",
    "berhad": "bhd",
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "lda": "ltda",
    "limitada": "ltda",
    "limited": "ltd",
    "pvt": "pvt",
    "有限会社": "yk",
    "株式会社": "kk",
}
_FORMS_BEHIND_A_NAME: Final = {"sa": "sa", "sas": "sas"}
"""Forms that are words behind a joining word: "Friends of SA"."""

_FORMS_BEFORE_A_FORM: Final = {"private": "pvt", "proprietary": "pty"}
"""Forms that are words, but before another form: "Private Limited"."""

_FORMS_IN_SEVERAL_WORDS: Final = {
    "a s": "as",
    "b v": "bv",
    "d o o": "doo",
    "gesellschaft mbh": "gmbh",
    "ltd sti": "ltd",
    "n v": "nv",
    "s a": "sa",
    "s a de c v": "sa de cv",
    "s a r l": "sarl",
    "s a s": "sas",
    "s de r l de c v": "srl de cv",
    "s de rl": "srl",
    "s de rl de cv": "srl de cv",
    "s n c": "snc",
    "s p a": "spa",
    "s r l": "srl",
    "s r o": "sro",
    "sa de cv": "sa de cv",
    "sa rl": "sarl",
    "sab de cv": "sab de cv",
    "sapi de cv": "sapi de cv",
    "sas de cv": "sas de cv",
    "sdn bhd": "bhd",
    "sp z o o": "sp z oo",
    "sp z oo": "sp z oo",
    "sp zoo": "sp z oo",
    "spol s r o": "sro",
    "spol s ro": "sro",
    "spolka z o o": "sp z oo",
    "spolka z ograniczona odpowiedzialnoscia": "sp z oo",
    "spolka z oo": "sp z oo",
    "spz oo": "sp z oo",
    "ug haftungsbeschrankt": "ug",
}
_LENGTHS: Final = sorted({len(form.split()) for form in _FORMS_IN_SEVERAL_WORDS}, reverse=True)
"""Of how many words they are: the longest are looked for first."""
_LAST_WORDS: Final = {form.split()[-1] for form in _FORMS_IN_SEVERAL_WORDS}
_FORMS_AT_THE_START: Final = {
    "ooo": "ooo",
    "sarl": "sarl",
    "sia": "sia",
    "uab": "uab",
    "ооо": "ooo",  # noqa: RUF001  (Cyrillic, as such names begin)
    "зао": "zao",
    "тов": "tov",
    "有限会社": "yk",
    "株式会社": "kk",
}
_WITHOUT_BLANK: Final = ("有限会社", "株式会社")
"""Forms that follow a name without a blank."""

_SPELT_AT_THE_END: Final = {
    "a.s": "as",
    "e.k": "ek",
    "e.v": "ev",
    "p.a": "pa",
    "p.c": "pc",
    "s.p.a": "spa",
    "SpA": "spa",
}
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
    ("S.p.A.", but "Day Spa"), `sa` and `sas` only behind a name, `private` only before a form.

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
    text = as_text(text)
    if not text.isascii():
        for form in _WITHOUT_BLANK:
            text = text.replace(form, f" {form} ")
    words = without_accents(words_key(text)).split()
    before, words = _without_start(words, text)
    words, after = _without_end(words, text)
    return CompanyKey(" ".join(words), (*before, *after))


def _without_start(words: list[str], text: str) -> tuple[list[str], list[str]]:
    """Return the legal forms that the name begins with, and the words behind them."""
    spelt = _SPELT_AT_THE_START.get(_first_token(text).lower()) if "." in text else None
    if "pt" in words[:1] and "tbk" in words[2:][-1:]:
        spelt = "pt"
    forms = [spelt] if spelt and len(words) > 1 else []
    while len(words) - len(forms) > 1 and (form := _FORMS_AT_THE_START.get(words[len(forms)])):
        forms.append(form)
    return forms, words[len(forms) :]


def _without_end(words: list[str], text: str) -> tuple[list[str], list[str]]:
    """Return the words before the legal forms that the name ends with, and the forms."""
    forms: list[str] = []
    if "." in text or "SpA" in text:
        token = _last_token(text)
        spelt = _SPELT_AT_THE_END.get(token) or _SPELT_AT_THE_END.get(token.lower())
        if spelt and len(words) > 1:
            words, forms = words[:-1], [spelt]
    while (found := _form_at_the_end(words, before_a_form=bool(forms))) is not None:
        form, length = found
        forms.insert(0, form)
        words = words[:-length]
        while len(words) > 1 and words[-1] == "and":
            words = words[:-1]
    return words, forms


def _form_at_the_end(words: list[str], *, before_a_form: bool) -> tuple[str, int] | None:
    """Return the legal form that the words end with, and how many of them it is, if a name is left."""
    if len(words) <= 1:
        return None
    for length in _LENGTHS if words[-1] in _LAST_WORDS else ():
        form = _FORMS_IN_SEVERAL_WORDS.get(" ".join(words[-length:])) if len(words) > length else None
        if form:
            return form, length
    form = _FORMS_AT_THE_END.get(words[-1])
    if form is None and before_a_form:
        form = _FORMS_BEFORE_A_FORM.get(words[-1])
    if form is None and words[-2] not in _JOINING_WORDS:
        form = _FORMS_BEHIND_A_NAME.get(words[-1])
    return (form, 1) if form else None


def _first_token(text: str) -> str:
    return text.strip().partition(" ")[0].rstrip(".,")


def _last_token(text: str) -> str:
    return text.rstrip(" .,)").rpartition(" ")[2].lstrip("(")
