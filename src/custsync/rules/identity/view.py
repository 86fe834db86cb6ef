"""The golden view: one value for each field of an identity, with the record that it is from."""

from collections.abc import Mapping

from attrs import field, frozen

from custsync._arguments import checked
from custsync.errors import InputError
from custsync.models import Customer, Ref, display_html
from custsync.rules.identity.graph import Identity
from custsync.rules.merging.survivorship import KeptValue, Survivorship, surviving_values


@frozen(kw_only=True)
class GoldenView:
    """One customer as all systems together know it.

    Attributes:
        refs: its records.
        fields: field → the value, the record that it is from, and the rule that chose it.
    """

    refs: tuple[Ref, ...]
    fields: Mapping[str, KeptValue] = field(repr=False)

    _repr_html_ = display_html


@checked
def golden_view(
    identity: Identity, customers: Mapping[Ref, Customer], survivorship: Survivorship
) -> GoldenView:
    """Return one value for each field of the policy, with the record that it is from.

    Args:
        identity: the customer's records.
        customers: ref → customer; records that are not there have no say.
        survivorship: which value is kept.

    Raises:
        InputError: none of the records is there.

    Rule: ST-MRG-1

    >>> from custsync.rules.merging import Survivorship, ValueRule
    >>> erp = Customer(ref=Ref("netsuite", "7"), email="ap@joinery.example")
    >>> policy = Survivorship((ValueRule(fields=("email",)),))
    >>> golden_view(Identity(refs=(erp.ref,)), {erp.ref: erp}, policy).fields["email"].value
    'ap@joinery.example'
    >>> golden_view(Identity(refs=(erp.ref,)), {}, policy)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: none of the records of netsuite:7 was read
    """
    members = [customers[ref] for ref in identity.refs if ref in customers]
    if not members:
        raise InputError(f"none of the records of {', '.join(map(str, identity.refs))} was read")
    return GoldenView(refs=identity.refs, fields=surviving_values(members, survivorship))
