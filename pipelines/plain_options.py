"""Arguments and options of the usual kinds read without pydantic, by which Typer reads every value: importing it costs a sixth of what matching ten rows does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

try:
    from typer._coercion import RuntimeParam, build_runtime_param

    TAKES_READERS = True
except ImportError:  # a Typer that reads values without pydantic, or in another way
    RuntimeParam, TAKES_READERS = object, False  # type: ignore[assignment,misc]


def _texts(value: Any) -> list[str]:
    return list(map(str, value))


READ: dict[Any, Callable[[Any], Any]] = {str: str, Path: Path, list[str]: _texts, tuple[str, str]: tuple}
"""A parameter's type to how its words are read. Numbers and choices stay with Typer, which says what is wrong with them."""
CHECKS = ("parser", "click_type", "exists", "resolve_path", "writable")
"""What a parameter may declare beside its type that Typer looks at."""


class _Read(RuntimeParam):
    """Reads what needs no check, and hands the rest to Typer."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        read = READ.get(self.annotation)
        if read is None or any(getattr(self.parameter_info, name, None) for name in CHECKS):
            return build_runtime_param(param.type_descriptor).coerce(value, param=param, ctx=ctx)
        return read(value)


class PlainOptions:
    """A command or group whose values are read by `READ` where Typer allows it, `--help` too."""

    def get_params(self, ctx: Any) -> Any:
        params = super().get_params(ctx)  # type: ignore[misc]
        for one in params if TAKES_READERS else ():
            if getattr(one, "type_descriptor", None) is not None:
                one._runtime_param = _Read(one.type_descriptor.parameter_info, one.type_descriptor.annotation)
        return params


class PlainCommand(PlainOptions, TyperCommand):
    """A command with such values."""
