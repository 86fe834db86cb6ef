"""A package whose modules are imported when somebody asks for them."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

__all__ = ["parts_of"]


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
