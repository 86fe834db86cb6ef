"""What is wrong with the arguments of a call that failed."""

import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from itertools import repeat
from types import CodeType, FunctionType, MethodType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from custsync.errors import CustsyncError, InputError

Call = TypeVar("Call", bound=Callable[..., Any])

_SEVERAL: Final = (Iterable, Collection, Sequence)
"""A text is not several of anything."""


def checked(call: Call) -> Call:
    """Return the function or class, which now refuses arguments of another kind.

    The arguments are looked at once a call has failed: a right one pays for one more frame and nothing else.

    Args:
        call: a function, or a class whose `__init__` is to refuse them. Its annotations say what it takes.

    Raises:
        InputError: by the call that was made strict: an argument is not of the annotated kind.

    >>> @checked
    ... def shout(text: str) -> str:
    ...     return text.upper()
    >>> shout("abc")
    'ABC'
    >>> shout(5)
    Traceback (most recent call last):
        ...
    custsync.errors.InputError: shout: text: str is needed, not a value of type int
    """
    if isinstance(call, type):
        call.__init__ = _strict(call.__init__, call.__name__)  # type: ignore[misc]
        return call
    return _strict(call, call.__name__)  # type: ignore[return-value]


def _strict(call: Any, name: str) -> Callable[..., Any]:
    def refuse(error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        wrong = "" if isinstance(error, CustsyncError) else _wrong(call, args, kwargs)
        if wrong:
            raise InputError(f"{name}: {wrong}") from error

    def strict(*args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except Exception as error:
            refuse(error, args, kwargs)
            raise

    # In its own module, so that its doctests are found.
    made = FunctionType(strict.__code__, call.__globals__, call.__name__, None, strict.__closure__)
    return wraps(call)(made)


def unchecked(call: Call) -> Call:
    """Return the function that `checked` made strict, any other as it is: for what we call with our own."""
    return call.__wrapped__ if getattr(call, "__code__", None) is _STRICT else call  # type: ignore[attr-defined]


_STRICT: Final = checked(unchecked).__code__


def _wrong(call: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return which argument is of another kind than its annotation; empty if none is."""
    try:
        given = inspect.signature(call).bind(*args, **kwargs).arguments
    except TypeError:
        return ""
    hints = get_type_hints(call)
    for name, value in given.items():
        if name in hints and not _fits(value, hints[name]):
            needed = inspect.formatannotation(hints[name]).replace("collections.abc.", "")
            return f"{name}: {needed} is needed, not {kind_of(value)}{_inner(value)}"
    return ""


def _inner(value: object) -> str:
    """Return which types a collection holds, in the words of an error."""
    held = value if isinstance(value, list | tuple | set | frozenset) else ()
    names = sorted({type(one).__name__ for one in held})
    return f" of {', '.join(names)}" if names else ""


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a kind; what cannot be looked at passes."""
    of, inner = get_origin(hint) or hint, get_args(hint)
    if of in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if of is Literal:
        return value in inner
    if hint in (None, Any) or not isinstance(of, type) or getattr(of, "_is_protocol", False):
        return hint is not None or value is None
    if of is float:
        return isinstance(value, int | float)
    return isinstance(value, of) and _holds(value, of, inner)


def _holds(value: Any, of: type, inner: tuple[Any, ...]) -> bool:
    """Whether what a collection holds is of the kinds that are named; an iterator is not used up for it."""
    if isinstance(value, str | bytes):
        return of not in _SEVERAL
    if not inner or not issubclass(of, Iterable) or not isinstance(value, Collection):
        return True
    if isinstance(value, Mapping):
        return all(_fits(key, inner[0]) and _fits(value[key], inner[-1]) for key in value)
    if of is tuple and inner[-1] is not ...:
        return len(value) == len(inner) and all(map(_fits, value, inner))
    return all(map(_fits, value, repeat(inner[0])))


def kind_of(value: object) -> str:
    """Return what a value is, for the words of an error: its type, or that it is a class."""
    return (
        f"the class {value.__name__}"
        if isinstance(value, type)
        else f"a value of type {type(value).__name__}"
    )


def takes(function: Any, given: int) -> bool:
    """Return whether so many arguments fit; of what is not written in Python nothing is known."""
    code, bound = code_of(function)
    if code is None:
        return True
    called: Any = function if isinstance(function, FunctionType | MethodType) else function.__call__
    named = code.co_argcount - bound
    most = sys.maxsize if code.co_flags & _ANY_NUMBER else named
    needs_names = code.co_kwonlyargcount > len(called.__kwdefaults__ or ())
    return named - len(called.__defaults__ or ()) <= given <= most and not needs_names


def code_of(function: Any) -> tuple[CodeType | None, int]:
    """Return a function's code, or that of an object's `__call__`, and how many arguments are bound."""
    called: Any = function
    if not isinstance(function, FunctionType | MethodType):
        called = getattr(function, "__call__", None)  # noqa: B004 - its code is looked at
    code = getattr(called, "__code__", None)
    return (code if isinstance(code, CodeType) else None), int(isinstance(called, MethodType))


_ANY_NUMBER: Final = 0x04
"""The flag of a function that takes `*arguments`."""
