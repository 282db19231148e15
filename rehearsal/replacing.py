"""Attributes of other people's modules and classes, replaced for a while."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any


class Replacements:
    """Puts everything back, in reverse order, at the end."""

    def __init__(self) -> None:
        self._undo = ExitStack()

    def __call__(self, owner: Any, name: str, value: Any) -> None:
        """Let the owner have this attribute."""
        held = vars(owner)
        self._undo.callback(setattr, owner, name, held[name])  # the raw attribute: a staticmethod stays one
        setattr(owner, name, value)

    def around(self, owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Let the owner have what `wrap` makes of its method; an inherited one is wrapped for this class alone."""
        if name in vars(owner):
            self(owner, name, wrap(vars(owner)[name]))
        else:
            self._undo.callback(delattr, owner, name)
            setattr(owner, name, wrap(getattr(owner, name)))

    def everywhere(self, package: str, name: str, value: Any) -> None:
        """Replace a function in every loaded module of the package that has imported it."""
        for module_name, module in list(sys.modules.items()):
            if module_name.startswith(package) and name in vars(module):
                self(module, name, value)

    def __enter__(self) -> "Replacements":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()
