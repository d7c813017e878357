"""Records of erased people that a source has delivered again: the load has left them out, and the landing zone doesn't keep them either."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipelines.erasure.files import Without, without
from pipelines.erasure.traces import Traces
from pipelines.loading.landing import MANIFEST
from pipelines.loading.rewritten import rewrite
from pipelines.loading.source import SourceToLoad
from pipelines.loading.tombstones import FoundAgain


def take_out_of_landing(loads: Sequence[SourceToLoad], found: Iterable[FoundAgain]) -> None:
    """Rewrite the landed files of these loads without the records."""
    found = list(found)
    traces = Traces(
        frozenset(word for one in found for word in one.words), frozenset(one.name for one in found if one.name)
    )
    ids = frozenset(id_ for one in found for id_ in one.ids)
    places: dict[tuple[str, str], dict[int, str | None]] = defaultdict(dict)
    mentions: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in found:
        if one.line is not None and one.is_mention:
            mentions[one.source_id, one.file].add(one.line)
        elif one.line is not None:
            places[one.source_id, one.file][one.line] = one.text
    for load in loads:
        changed = {}
        for name in load.landed.files:
            there = (load.source_id, name)
            out = Without(traces, places.get(there, {}), ids, mentions.get(there, frozenset()), is_read=True)
            new = without(name, (load.landed.folder / name).read_bytes(), out)
            if out.removed:
                changed[name] = new
        if changed:
            rewrite(load.landed.folder, load.landed.folder / MANIFEST, changed)
