from typing import Any
from custsync.models import Address, Customer
def kept_address(duplicate: Customer) -> Address:
    return Address(addressee=duplicate.company_name or None)
def has_address(customer: Customer, address: Address) -> bool:
    return any(line.addressee == address.addressee for line in customer.addresses or ())
def captured(duplicate: Customer, survivor: Customer) -> dict[str, Any]:
    return {}
