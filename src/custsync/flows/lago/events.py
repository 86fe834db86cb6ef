"""What Lago shows of a sync: direct links to NetSuite's records, and the event of a failure."""

from collections.abc import Iterable, Mapping
from typing import Final

from custsync._arguments import checked
from custsync.engine.outcomes import Outcome, Report, Result
from custsync.errors import InputError
from custsync.flows.lago.billing import DocumentKind, ProviderError
from custsync.flows.lago.issues import UNEXPECTED_ERROR
from custsync.models import NOTHING_KEPT, Issue, Severity

_LONGEST_MESSAGE: Final = 500
_ANNOUNCED: Final = frozenset({Result.REFUSED, Result.REVIEW, Result.FAILED})


_PAGES: Final[Mapping[DocumentKind | None, str]] = {
    None: "common/entity/custjob",
    DocumentKind.INVOICE: "accounting/transactions/custinvc",
    DocumentKind.CREDIT_MEMO: "accounting/transactions/custcred",
    DocumentKind.CUSTOMER_PAYMENT: "accounting/transactions/custpymt",
}


@checked
def netsuite_url(account: str, internal_id: str, document: DocumentKind | None = None) -> str:
    """Return the address of a page in NetSuite: of a customer, or of a document.

    Args:
        account: the account id, as NetSuite shows it (`"1234567_SB1"`) or as its host names spell it.
        internal_id: the record's internal id.
        document: the kind of the document; None for a customer.

    Raises:
        InputError: one of the two has not the form of such an id.

    Rule: LG-VIEW
    Source: Lago, "NetSuite", "Customers synchronization", "Invoices synchronization".

    >>> netsuite_url("1234567_SB1", "2041")
    'https://1234567-sb1.app.netsuite.com/app/common/entity/custjob.nl?id=2041'
    >>> netsuite_url("1234567", "8801", DocumentKind.CREDIT_MEMO)
    'https://1234567.app.netsuite.com/app/accounting/transactions/custcred.nl?id=8801'
    >>> netsuite_url("1234567", "CUST-2041")
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: a NetSuite internal id is made of digits
    """
    host = "-".join(account.replace("_", " ").split()).lower()
    if not host.isascii() or not host.replace("-", "").isalnum():
        raise InputError("a NetSuite account id is made of letters, digits, underscores and dashes")
    if not internal_id.isascii() or not internal_id.isdigit():
        raise InputError("a NetSuite internal id is made of digits")
    if document not in _PAGES:
        raise InputError("a document is of a DocumentKind; None is the customer")
    return f"https://{host}.app.netsuite.com/app/{_PAGES[document]}.nl?id={internal_id}"


@checked
def view_of(outcome: Outcome, account: str = "") -> str:
    """Return the address of the NetSuite customer that an outcome ended with, `""` where there is none.

    A link that is only half made has no NetSuite id, and so no address.

    Args:
        outcome: of a flow of `customer_sync`.
        account: the account id, where the target's adapter does not say it.

    Raises:
        InputError: neither has the account id.

    Rule: LG-VIEW

    >>> from custsync.models import Ref
    >>> linked = Outcome(
    ...     source=Ref("lago", "4f0f"), decided="link", result=Result.LINKED, target=Ref("netsuite", "2041")
    ... )
    >>> view_of(linked, "1234567")
    'https://1234567.app.netsuite.com/app/common/entity/custjob.nl?id=2041'
    """
    target = outcome.target
    if target is None or outcome.result in _ANNOUNCED:
        return ""
    return netsuite_url(target.account or account, target.id)


@checked
def provider_errors(
    outcomes: Iterable[Outcome] | Report, connection: str, external_ids: Mapping[str, str] = NOTHING_KEPT
) -> tuple[ProviderError, ...]:
    """Return one event, `customer.accounting_provider_error`, for each customer that was not synced.

    An outcome that is not known yet is no failure: the next run finds out.

    Args:
        outcomes: of a run, or its report, which lists the first thousand.
        connection: the connection's code.
        external_ids: Lago id → Lago's external id, of customers that could not be read; of the others the
            outcome has it.

    Rule: LG-ERR
    """
    listed = outcomes.attention if isinstance(outcomes, Report) else outcomes
    failed = [(outcome, _worst(*outcome.issues)) for outcome in listed if outcome.result in _ANNOUNCED]
    return tuple(
        ProviderError(
            lago_customer_id=outcome.source.id,
            external_customer_id=outcome.external_id or external_ids.get(outcome.source.id, ""),
            provider_code=connection,
            code=issue.code,
            message=f"{issue.field}: {issue.reason}. {issue.remedy}"[:_LONGEST_MESSAGE],
        )
        for outcome, issue in failed
    )


def _worst(*issues: Issue) -> Issue:
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    return (*errors, *issues, UNEXPECTED_ERROR)[0]
