"""What a build of what changed takes for granted of the dbt project (pipelines/builds)."""

import json
import re

from pipelines.builds.made_from import LINEAGE, READS_LOADS
from pipelines.builds.plan import Node, nodes_of
from pipelines.components.parsed_project import parsed_manifest

MANIFEST = json.loads(parsed_manifest().read_bytes())
NODES = nodes_of(MANIFEST, without_tag="construction")
OWN_CLOCK_OR_CHANCE = re.compile(r"\b(now|today|current_date|current_timestamp|get_current_timestamp|uuid|gen_random_uuid)\b\s*\(|\bcurrent_(date|timestamp)\b|\brun_query\b|\bstatement\(")  # fmt: skip


def code_of(node: Node) -> str:
    told = MANIFEST["nodes"][node.node_id]["raw_code"]
    return re.sub(r"--[^\n]*|\{#.*?#\}", "", told, flags=re.S)


def models(*kinds: str) -> list[Node]:
    return [node for node in NODES.values() if node.kind in kinds]


def test_views_read_sources_alone() -> None:
    others = {node.name for node in models("view") if not all(read.startswith("source.") for read in node.reads)}
    assert not others, "what a view holds must be known before anything is made"


def test_no_model_asks_a_clock_chance_or_the_warehouse_while_it_is_compiled() -> None:
    assert not [node.name for node in models("view", "table") if OWN_CLOCK_OR_CHANCE.search(code_of(node))]


def test_models_that_tell_of_loads_say_so() -> None:
    said = {node.name for node in models("table") if MANIFEST["nodes"][node.node_id]["config"]["meta"].get(READS_LOADS)}
    words = re.compile(rf"\b({'|'.join(LINEAGE)})\b")
    assert {node.name for node in models("table") if words.search(code_of(node))} == said


def test_a_build_makes_tables_views_seeds_snapshots_and_tests_and_nothing_else() -> None:
    assert {node.kind for node in NODES.values()} == {"source", "table", "view", "seed", "snapshot", "test"}
