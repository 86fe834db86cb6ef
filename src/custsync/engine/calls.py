"""Calling an adapter in batches, checking its answers, and retrying after "not now".

Each function here is a generator that yields requests and receives answers. An answer that breaks the
adapter's contract is an exception that names the method; nothing is written on its word.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import isfinite
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

from attrs import frozen

from custsync._arguments import checked
from custsync.engine.requests import (
    CreateCustomers,
    FindCustomers,
    MergeCustomers,
    Request,
    Side,
    Steps,
    UpdateCustomers,
    Wait,
)
from custsync.errors import AdapterContractError, ConfigurationError
from custsync.models import Ref
from custsync.protocols import (
    Answer,
    Capabilities,
    CreateRequest,
    Done,
    Exists,
    Found,
    MergeRequest,
    Payload,
    Rejected,
    RetryAfter,
    Unknown,
    UpdateRequest,
)

T = TypeVar("T")
Ready = Callable[[Sequence[T]], Steps[Sequence[T]]]
"""Which of some requests may be sent now."""

_LISTS: Final = (list, tuple)
_OBJECTS: Final = frozenset({dict})
_ANSWERS: Final = (Done, Exists, Rejected, RetryAfter, Unknown)


@checked
@frozen(kw_only=True)
class Retry:
    """How to come back after "not now".

    The wait doubles each time, is never shorter than the system asked for, and is spread by chance.

    Attributes:
        attempts: attempts in all.
        first: seconds of the first wait.
        longest: seconds of the longest wait.
        patience: a longer wait than this is not made: the next run tries again.
    """

    attempts: int = 5
    first: float = 1.0
    longest: float = 60.0
    patience: float = 300.0

    def __attrs_post_init__(self) -> None:
        """Refuse to ask less than once."""
        if self.attempts < 1:
            raise ConfigurationError("retry: at least one attempt; 1 asks once and never comes back")

    def wait(self, attempt: int, asked: float) -> Wait:
        """Return the wait before the next attempt (1 is the first that failed)."""
        own = min(self.first * 2 ** (attempt - 1), self.longest)
        return Wait(max(asked, own), own / 2)


class End(NamedTuple):
    """One side of a run: what its system can do, where its ids are unique, how its calls are repeated.

    A source's capabilities matter only where it is read again or written back to.

    Attributes:
        side: source or target.
        capabilities: what its adapter declares.
        account: the account that its ids live in.
        mode: `"test"` or `"live"`, `""` where the system has no modes.
        retry: how to come back after "not now".
    """

    side: Side
    capabilities: Capabilities
    account: str = ""
    mode: str = ""
    retry: Retry = Retry()


def chunks(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """Return the items in order, in runs of at most `size`."""
    step = max(size, 1)
    return (items[start : start + step] for start in range(0, len(items), step))


def find(end: End, by: str, values: Iterable[str]) -> Steps[dict[str, Found]]:
    """Return, for each value asked once, what was found.

    Cost: one request per `lookups[by]` values of the end's capabilities.

    Raises:
        AdapterContractError: the adapter does not offer the look-up, or its answer is short, foreign or
        malformed.
    """
    offered = end.capabilities.lookups
    if by not in offered:
        raise AdapterContractError(
            "find", f"the flow needs the look-up {by!r}, the adapter offers {sorted(offered)}"
        )

    parts = chunks(list(dict.fromkeys(values)), offered[by])
    found = yield from _answers(partial(FindCustomers, end.side, by), parts, str, "find", end.retry)
    for answer in found.values():
        if type(answer) not in _LISTS or not _OBJECTS.issuperset(map(type, answer)):
            check_found(answer, by)
    return found


def create(
    end: End, payloads: Mapping[str, Payload], ready: Ready[str] | None = None
) -> Steps[dict[str, Answer]]:
    """Return the answer to each create that was sent, by key.

    Args:
        end: the target.
        payloads: key → the customer to be created.
        ready: is asked right before each request, also after a wait, which of its creates are sent.

    Cost: one request per `creates` of the end's capabilities.

    Raises:
        AdapterContractError: the answers are short, foreign or malformed.
    """

    def ask(keys: Sequence[str]) -> CreateCustomers:
        return CreateCustomers(tuple([CreateRequest(key=key, payload=payloads[key]) for key in keys]))

    parts = chunks([*payloads], end.capabilities.creates)
    return (yield from _answers(ask, parts, str, "create", end.retry, ready))


def update(
    end: End, payloads: Mapping[Ref, Payload], ready: Ready[Ref] | None = None
) -> Steps[dict[Ref, Answer]]:
    """Return the answer to each update that was sent, by the record's reference.

    Args:
        end: the side to be written to.
        payloads: the updates. Those of records that have one id are sent one after the other.
        ready: is asked right before each request, also after a wait, which of its updates are sent.

    Cost: one request per `updates` of the end's capabilities.

    Raises:
        AdapterContractError: the answers are short, foreign or malformed.
    """

    def ask(refs: Sequence[Ref]) -> UpdateCustomers:
        asked = [UpdateRequest(id=ref.id, payload=payloads[ref], kind=ref.kind) for ref in refs]
        return UpdateCustomers(end.side, tuple(asked))

    answers: dict[Ref, Answer] = {}
    for part in _apart(payloads, end.capabilities.updates):
        answered = yield from _answers(ask, [part], attrgetter("id"), "update", end.retry, ready)
        if any(isinstance(answer, Done) and answer.id != asked for asked, answer in answered.items()):
            raise AdapterContractError("update", "an update that is done must name the record asked for")
        answers |= {ref: answered[ref.id] for ref in part if ref.id in answered}
    return answers


def _apart(refs: Iterable[Ref], size: int) -> Iterable[Sequence[Ref]]:
    """Return the references in runs of at most `size`, in none of which two have the same id."""
    rounds: list[dict[str, Ref]] = []
    for ref in refs:
        place = next((one for one in rounds if ref.id not in one), None)
        if place is None:
            rounds.append(place := {})
        place[ref.id] = ref
    return (part for one in rounds for part in chunks(list(one.values()), size))


def merge_customers(end: End, requests: Sequence[MergeRequest]) -> Steps[dict[str, Answer]]:
    """Return the answer to each merge, by the duplicate's id; done means that the target has taken it on.

    Cost: one request per `merges` of the end's capabilities.

    Raises:
        AdapterContractError: the answers are short, foreign or malformed.
    """
    parts = chunks(requests, end.capabilities.merges)
    return (yield from _answers(MergeCustomers, parts, attrgetter("duplicate"), "merge", end.retry))


def _answers(
    request: Callable[[tuple[T, ...]], Request],
    parts: Iterable[Sequence[T]],
    name: Callable[[T], str],
    method: str,
    retry: Retry,
    ready: Ready[T] | None = None,
) -> Steps[dict[str, Any]]:
    """Return the answer to each item of each part, by its name, asking again for those that were put off."""
    answers: dict[str, Any] = {}
    for part in parts:
        waiting, attempt = part, 1
        while waiting := ((yield from ready(waiting)) if ready else waiting):
            answered = _complete((yield request(tuple(waiting))), [name(item) for item in waiting], method)
            if method != "find":
                check_answers(answered, method)
            answers |= answered
            waiting = [item for item in waiting if isinstance(answers[name(item)], RetryAfter)]
            if not waiting:
                break
            asked = _longest_asked([answers[name(item)] for item in waiting], method)
            if attempt == retry.attempts or asked > retry.patience:
                break
            yield retry.wait(attempt, asked)
            attempt += 1
    return answers


def _longest_asked(answers: Sequence[RetryAfter], method: str) -> float:
    for answer in answers:
        if type(answer.seconds) not in (int, float) or not isfinite(answer.seconds):
            raise AdapterContractError(method, "the seconds to come back after must be a finite number")
    return max((answer.seconds for answer in answers), default=0.0)


def _complete(answered: Any, asked: Sequence[str], method: str) -> Mapping[str, Any]:
    if not isinstance(answered, Mapping):
        raise AdapterContractError(method, f"a mapping was expected, got {type(answered).__name__}")
    missing = len(asked) - sum(map(answered.__contains__, asked))
    foreign = len(answered) - (len(asked) - missing)
    if missing or foreign:
        unanswered = next((f" ({name} first)" for name in asked if name not in answered), "")
        first = "" if method == "find" else unanswered  # what is looked for may be a personal value
        counts = f"of {len(asked)} asked {missing} have no answer{first}, and {foreign} answers"
        raise AdapterContractError(method, f"{counts} were not asked for")
    return answered


def check_found(answer: Any, by: str) -> None:
    """Refuse what is no answer to a look-up.

    Raises:
        AdapterContractError: it is neither a list of records nor a reason why there is none.
    """
    is_list = isinstance(answer, Sequence) and not isinstance(answer, str)
    if isinstance(answer, Rejected | RetryAfter | Unknown):
        problem = _wrong_word(answer)
    elif is_list and all(isinstance(payload, Mapping) for payload in answer):
        problem = ""
    else:
        problem = f"a look-up by {by!r} must answer with a list of records"
    if problem:
        raise AdapterContractError("find", problem)


def check_answers(answers: Mapping[str, Any], method: str) -> None:
    """Refuse what are no answers to writes.

    Raises:
        AdapterContractError: one of them is of another kind, or holds something else than text.
    """
    for asked, answer in answers.items():
        problem = _wrong_done(answer) if isinstance(answer, Done) else _wrong_word(answer)
        if problem:
            raise AdapterContractError(method, f"{asked}: {problem}")


def _wrong_done(answer: Done) -> str:
    if type(answer.id) is not str or not answer.id.strip() or not answer.id.isprintable():
        return "a write that is done must name the record's id, as text"
    if answer.payload is None or isinstance(answer.payload, Mapping):
        return ""
    return f"a record was expected as the payload, got {type(answer.payload).__name__}"


def _wrong_word(answer: Any) -> str:
    """Return what is wrong with an answer that is no text there: its words are printed, and compared."""
    if not isinstance(answer, _ANSWERS):
        return f"not one of the answers: {type(answer).__name__}"
    wrong = [
        one for one in ("code", "field", "reason", "id") if not isinstance(getattr(answer, one, ""), str)
    ]
    return f"{type(answer).__name__}: the {wrong[0]} must be a text" if wrong else ""
