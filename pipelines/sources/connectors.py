"""The connectors that there are: every module below this package that holds a `SPEC`, found by being there."""

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import get_args

from pipelines import sources
from pipelines.sources.cleaned import cleaned, cleaned_changes, cleaned_in_parts
from pipelines.sources.connector import Connector, Kind
from pipelines.sources.foreign_files import told_of_foreign_files


def _found() -> Iterator[Connector]:
    for module in pkgutil.walk_packages(sources.__path__, f"{sources.__name__}."):
        if module.name != __name__:
            spec = getattr(import_module(module.name), "SPEC", None)
            if isinstance(spec, Connector):
                yield spec


def _cleaned(spec: Connector) -> Connector:
    """The connector with what it reads cleaned (`cleaned.py`), whichever it is and whichever way it is read."""
    return replace(
        spec,
        read=cleaned(spec.read if spec.remote else told_of_foreign_files(spec.read, spec.name)),
        in_parts=spec.in_parts and cleaned_in_parts(spec.in_parts),
        changes=spec.changes and cleaned_changes(spec.changes),
    )


def found_connectors() -> dict[str, Connector]:
    """Every connector by its name, in the order of the documentation. All modules below the package are imported for it. Raises TypeError where two have one name."""
    found = list(_found())
    names = [spec.name for spec in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TypeError(f"Two connectors are called {', '.join(twice)}; a workspace file couldn't tell them apart.")
    kinds = get_args(Kind)
    found.sort(key=lambda spec: (kinds.index(spec.documentation.kind), spec.documentation.title.casefold()))
    return {spec.name: _cleaned(spec) for spec in found}


CONNECTORS: dict[str, Connector] = found_connectors()
"""Every connector by its name, in the order of the documentation: by kind, then by title."""


def remote_names() -> frozenset[str]:
    """Connectors that ask a system over the network."""
    return frozenset(name for name, spec in CONNECTORS.items() if spec.remote is not None)
