"""A package whose modules are imported when somebody asks for them, or for one of their names."""

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any


def parts_of(package: str, names: tuple[str, ...]) -> Callable[[str], ModuleType]:
    """Return the package's `__getattr__`: it imports the modules that are named, and knows no other name.

    >>> parts_of("custsync", ("models",))("models").__name__
    'custsync.models'
    >>> parts_of("custsync", ("models",))("module")
    Traceback (most recent call last):
        ...
    AttributeError: module 'custsync' has no attribute 'module'
    """

    def part(name: str) -> ModuleType:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        return import_module(f"{package}.{name}")

    return part


def names_in(package: str, *modules: str) -> Callable[[str], Any]:
    """Return the package's `__getattr__`: it imports these modules in order, until one has the public name.

    >>> names_in("custsync.rules.hierarchy", "forest")("flatten").__name__
    'flatten'
    >>> names_in("custsync.rules.hierarchy", "forest")("flat")
    Traceback (most recent call last):
        ...
    AttributeError: module 'custsync.rules.hierarchy' has no attribute 'flat'
    """

    def named(name: str) -> Any:
        owner = sys.modules[package]
        for module in modules if name in owner.__all__ else ():
            found = import_module(f"{package}.{module}")
            if hasattr(found, name):
                setattr(owner, name, getattr(found, name))
                return getattr(found, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)

    return named
