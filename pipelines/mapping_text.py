"""Mappings, catalogues and programmes as YAML that people like to read: one line per column, nothing written as a reference to another line."""

from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        is_leaf = not any(_holds_mappings(value) for value in mapping.values())
        return super().represent_mapping(tag, mapping, flow_style=is_leaf or flow_style)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        is_leaf = not any(isinstance(value, dict) for value in sequence)
        return super().represent_sequence(tag, sequence, flow_style=is_leaf or flow_style)


def _holds_mappings(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(entry, dict) for entry in value))


_Dumper.add_representer(dict, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data))
_Dumper.add_representer(list, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data))


def as_yaml(content: Any) -> str:
    """`content` as YAML in its own order."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=150)
