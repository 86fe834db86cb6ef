"""The rounding of a credit note as a whole, where Lago's own amounts prove it."""

from decimal import Decimal
from typing import Final

from custsync.flows.lago.billing.amounts import less, sum_of
from custsync.flows.lago.billing.models import CreditNote

__all__ = ["rounding_of"]

_HALF: Final = Decimal("0.5")
_ONE: Final = Decimal(1)
_MOST: Final = Decimal(2)
"""Half a subunit for the coupons, half of one for the sum, and the one that Lago's total may be off."""


def rounding_of(note: CreditNote) -> int:
    """Return how many subunits Lago's total is above lines and tax of the note, 0 where nothing proves that.

    Lago rounds each item, the coupons, and the sum once more, each by half a subunit at most, and takes a
    total that is one subunit off. So the lines may be off by one subunit each, and no more; Lago's own
    subtotal, or the amounts before they were rounded, have to prove it.

    Args:
        note: as `read_credit_note` gives it.

    Rule: LG-CN

    Source: getlago/lago-api, services/credit_notes: `ValidateService`, `AdjustAmountsWithRoundingService`.

    >>> from custsync.flows.lago.billing import Amounts, CreditNoteItem
    >>> item = CreditNoteItem(lago_id="i", type="charge", code="api", amount_cents=333, currency="EUR")
    >>> note = CreditNote(lago_id="n", number="N", invoice="v", currency="EUR", items=(item,), subtotal=300,
    ...                   amounts=Amounts(fees=333, coupons=34, total=300))
    >>> rounding_of(note)
    1
    >>> rounding_of(CreditNote(lago_id="n", number="N", invoice="v", currency="EUR", items=(item,),
    ...                        amounts=Amounts(fees=333, coupons=34, total=300)))
    0
    """
    stated = note.amounts.total - note.amounts.taxes
    off = stated - note.amounts.net
    lines = len(note.items) + bool(note.amounts.coupons)
    return off if abs(off) <= lines and _is_proven(note, stated) else 0


def _is_proven(note: CreditNote, stated: int) -> bool:
    precise = [item.precise_amount_cents for item in note.items]
    known = [amount for amount in precise if amount is not None]
    if note.subtotal is None and (None in precise or not known):
        return False
    if note.subtotal is not None and abs(stated - note.subtotal) > 1:
        return False
    return None in precise or _is_sum(note, known, stated)


def _is_sum(note: CreditNote, precise: list[Decimal], stated: int) -> bool:
    """Return whether the amounts before rounding are the items', and together what Lago states."""
    for before, item in zip(precise, note.items, strict=True):
        if less(before, Decimal(item.amount_cents)).copy_abs() > _HALF:
            return False
    if note.subtotal is None:
        return less(_before(note, precise), Decimal(stated)).copy_abs() <= _MOST
    off = less(_before(note, precise), Decimal(note.subtotal))
    # Coupons of less than half a subunit are rounded to none, and make the subtotal smaller all the same.
    return (-_ONE if note.amounts.coupons else -_HALF) <= off <= _ONE


def _before(note: CreditNote, precise: list[Decimal]) -> Decimal:
    """Return the amounts before rounding together, less the coupons."""
    return less(sum_of(precise, 1), Decimal(note.amounts.coupons))
