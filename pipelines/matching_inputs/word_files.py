"""The lists of words that come with the package, as YAML."""

from importlib import resources
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it: ten times as fast, and reading these lists is a fifth of what ten rows take."""


def words(name: str) -> Any:
    """The content of one of the package's files."""
    return loaded(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def loaded(text: str) -> Any:
    """The content of a YAML text; nothing in it can run."""
    return yaml.load(text, Loader=LOADER)  # both loaders are safe ones
