"""The flows that the command line offers by name, and their settings from text."""

import sys
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from attrs import frozen

from custsync.errors import ConfigurationError, UnknownFlowError
from custsync.flow import Flow
from custsync.systems import netsuite
from custsync.systems.system import System

FLOWS: Final[Mapping[str, tuple[str, str]]] = {
    "stripe.EXPORT": ("custsync.flows.stripe", "export_flow"),
    "stripe.IMPORT": ("custsync.flows.stripe", "import_flow"),
    "lightspeed.CUSTOMER_EXPORT": ("custsync.flows.lightspeed", "customer_export"),
    "servicetitan.CUSTOMER_SYNC": ("custsync.flows.servicetitan", "customer_sync"),
    "lago.CUSTOMER_SYNC": ("custsync.flows.lago", "customer_sync"),
    "upflow.CUSTOMER_IMPORT": ("custsync.flows.upflow", "customer_import"),
}
"""Each flow's name: the module of its builder, and the builder."""

SURFACES: Final[Mapping[str, System]] = {
    "rest": netsuite.REST,
    "suiteql": netsuite.SUITEQL,
    "soap": netsuite.SOAP,
}
"""Each shape of the NetSuite records that a file can have."""

_WORDS: Final = {"yes": True, "true": True, "no": False, "false": False}
_LISTS: Final[Mapping[Any, Callable[[Iterable[str]], Any]]] = {
    frozenset: frozenset,
    tuple: tuple,
    Iterable: tuple,
}
"""Each kind of several texts, and what makes one."""


Form: TypeAlias = tuple[Callable[[str], Any], str]
"""How a setting of one kind is read from text (None if it is not of the kind), and the name of the kind."""


@frozen(kw_only=True)
class Offer:
    """One flow by name: its builder, and the form of each setting that can be given as text.

    `surface` is the builder's parameter for the shape of the NetSuite records that are read, `""` where they
    are written.
    """

    name: str
    build: Callable[..., Flow]
    settings: Mapping[str, Form]
    needed: tuple[str, ...]
    surface: str

    def flow(self, texts: Mapping[str, str], source: System) -> Flow:
        """Return the flow under these settings.

        Args:
            texts: setting → its text on the command line.
            source: the shape of the NetSuite records that are read.

        Raises:
            ConfigurationError: a setting is unknown, has a wrong value, or is missing and has no default.
        """
        unknown = sorted(texts.keys() - self.settings.keys())
        if unknown:
            raise ConfigurationError(f"{self.name} has no setting {unknown[0]!r}; {self._listed()}")
        missing = [name for name in self.needed if name not in texts]
        if missing:
            raise ConfigurationError(f"{self.name} needs --set {missing[0]}=...; {self._listed()}")
        values = {name: self._value(name, text) for name, text in texts.items()}
        return self.build(**values, **({self.surface: source} if self.surface else {}))

    def _value(self, name: str, text: str) -> Any:
        read, what = self.settings[name]
        value = read(text)
        if value is None:
            raise ConfigurationError(f"{self.name}: {name} is {what}")
        return value

    def _listed(self) -> str:
        listed = (f"{name}: {what}" for name, (_, what) in self.settings.items())
        return "there are " + ("; ".join(listed) or "none")


def offer(name: str) -> Offer:
    """Return the flow of this name, ready to be built: one of ours, or the caller's own, `module:NAME`.

    Raises:
        UnknownFlowError: there is none.

    >>> offer("stripe.IMPORT").settings["subsidiary"][1]
    'a text'
    >>> "target" in offer("stripe.IMPORT").settings
    False
    """
    if ":" in name:
        own = _own_flow(*name.split(":", 1))
        surface = "source" if own.source in SURFACES.values() else ""
        return Offer(name=name, build=own.replace, settings={}, needed=(), surface=surface)
    if name not in FLOWS:
        named = ", ".join(FLOWS)
        raise UnknownFlowError(f"no flow is named {name!r}; there are {named}, or module:NAME of your own")
    module, builder = FLOWS[name]
    build = getattr(import_module(module), builder)
    hints, given = get_type_hints(build), signature(build).parameters
    kinds = {one: _without_none(hints[one]) for one in given}
    return Offer(
        name=name,
        build=build,
        settings={one: form for one, kind in kinds.items() if (form := _form(kind))},
        needed=tuple(one for one, parameter in given.items() if parameter.default is Parameter.empty),
        surface=next((one for one in given if one == "source" and kinds[one] is System), ""),
    )


def _own_flow(module: str, name: str) -> Flow:
    """Return the flow that the module holds under this name; modules of the current folder are found."""
    sys.path[:] = dict.fromkeys((*sys.path, str(Path.cwd())))
    try:
        held = import_module(module)
    except Exception as error:  # the module is the caller's own code
        why = (
            "there is none" if getattr(error, "name", None) == module else f"{type(error).__name__}: {error}"
        )
        raise UnknownFlowError(f"the module {module!r} cannot be imported: {why}") from error
    flow = getattr(held, name, None)
    if isinstance(flow, Flow):
        return flow
    there = [one for one, value in vars(held).items() if isinstance(value, Flow)]
    named = f"its flows are {', '.join(there)}" if there else "it has no flow"
    raise UnknownFlowError(f"{module} has no flow {name!r}; {named}")


def _without_none(kind: Any) -> Any:
    parts = [part for part in get_args(kind) if part is not type(None)]
    return parts[0] if get_origin(kind) in (Union, UnionType) and len(parts) == 1 else kind


def _form(kind: Any) -> Form | None:
    """Return the form of a setting, None for a kind that cannot be given as text."""
    of, inner = get_origin(kind), get_args(kind)
    if kind in _FORMS:
        return _FORMS[kind]
    if of in _LISTS and inner[0] is str:
        return (lambda text: _LISTS[of](_parts(text))), "texts with commas between"
    if of is Mapping and inner == (str, str):
        return _pairs, "name:value pairs with commas between"
    is_enum = isinstance(kind, type) and issubclass(kind, Enum)
    members = {str(one.value): one for one in kind} if is_enum else {}
    choices = members or {word: word for word in (inner if of is Literal else ())}
    return (choices.get, " or ".join(choices)) if choices else None


def _pairs(text: str) -> dict[str, str] | None:
    pairs = [part.partition(":") for part in _parts(text)]
    named = {name.strip(): value.strip() for name, _, value in pairs}
    return named if all(colon for _, colon, _ in pairs) else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_FORMS: Final[Mapping[Any, Form]] = {
    str: (str, "a text"),
    bool: (lambda text: _WORDS.get(text.lower()), "yes or no"),
    int: (lambda text: int(text) if text.isascii() and text.isdecimal() else None, "a whole number"),
}
