"""Secrets are named in the workspace file and stand in the environment: `${NAME}` or `env:NAME`. Nothing prints them.

A value is resolved only for the call that needs it; neither the load's recipe nor its journal holds one.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.sources.records import SourceRefused

_REFERENCE = re.compile(r"^(?:\$\{([A-Za-z_][A-Za-z0-9_]*)\}|env:([A-Za-z_][A-Za-z0-9_]*))$")
_WITHIN = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_OPTIONS = frozenset("api_key token password secret client_secret access_token bearer_token".split())


def references(value: Any) -> set[str]:
    """Names of the environment that `value` (text, list or mapping, however deep) refers to."""
    if isinstance(value, str):
        whole = _REFERENCE.match(value.strip())
        return {whole.group(1) or whole.group(2)} if whole else set(_WITHIN.findall(value))
    if isinstance(value, Mapping):
        return {name for entry in value.values() for name in references(entry)}
    if isinstance(value, list | tuple):
        return {name for entry in value for name in references(entry)}
    return set()


class Secrets:
    """The resolved values of one source, and the only thing that may take them out of a text again."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._environment))})"

    def resolved(self, source_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """`options` with every reference replaced by its value.

        Raises `SourceRefused` where a named variable isn't set, and where a secret stands in the file itself.
        """
        for name in SECRET_OPTIONS & options.keys():
            if options[name] and not references(options[name]):
                raise SourceRefused(
                    f"Source {source_id}: `{name}` holds a secret in the workspace file. Next step: put it into the environment and write "
                    f"`{name}: ${{{source_id.upper()}_{name.upper()}}}` instead; then change the secret, since files are copied."
                )
        missing = sorted(name for name in references(options) if not self._environment.get(name))
        if missing:
            raise SourceRefused(
                f"Source {source_id}: the environment lacks {', '.join(missing)}. Next step: export it before the run, or write it into .env."
            )
        return {name: self._value(value) for name, value in options.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            whole = _REFERENCE.match(value.strip())
            if whole:
                return self._environment[whole.group(1) or whole.group(2)]
            return _WITHIN.sub(lambda match: self._environment[match.group(1)], value)
        if isinstance(value, Mapping):
            return {name: self._value(entry) for name, entry in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(entry) for entry in value]
        return value

    def hidden(self, text: str, more: Iterable[str] = ()) -> str:
        """`text` with every secret's value replaced by three stars."""
        for value in sorted({*self._environment.values(), *more}, key=len, reverse=True):
            if len(value) >= 4:
                text = text.replace(value, "***")
        return text
