"""The lists that a sheet holds: of words, from one or several columns, and of people."""

from pipelines.matching_inputs.cells import languages, listed, without_degree
from pipelines.matching_inputs.free_times import free_times
from pipelines.matching_inputs.identities import Register
from pipelines.matching_inputs.people_named import named_in
from pipelines.matching_inputs.sheets import Sheet, cells_of, some

PEOPLE_LISTS = ("preferred", "excluded", "previous")


def word_lists(sheet: Sheet, name: str) -> list[list[str]]:
    """The lists of a meaning, from all columns that hold some of it."""
    columns = [sheet.columns.chosen.get(name), *sheet.columns.more.get(name, ())]
    found: list[list[str]] = [[] for _ in range(sheet.rows.height)]
    for column in columns:
        cells = cells_of(sheet.rows, column)
        lists = listed(cells)
        if name == "availability":
            times = [None if cell is None else free_times(cell) for cell in cells]
            lists = [plain if when is None else when for plain, when in zip(lists, times, strict=True)]
        elif name in ("skills", "languages"):
            lists = [[without_degree(item) for item in items] for items in lists]
        found = [before + more for before, more in zip(found, lists, strict=True)]
    return [[code for item in items for code in languages(item)] for items in found] if name == "languages" else found


def people_lists(sheet: Sheet, register: Register, said: list[str]) -> dict[str, list[list[str]]]:
    """Lists of people by key, by whatever a cell names them. What names nobody, or several, is told; `anyone but Kim` rules Kim out."""
    other = "mentors" if sheet.side == "mentees" else "mentees"
    lists: dict[str, list[list[str]]] = {}
    ruled_out: list[list[str]] = [[] for _ in range(sheet.rows.height)]
    for name in PEOPLE_LISTS:
        further = sheet.columns.ranked if name == "preferred" else sheet.columns.more.get(name, ())
        columns = [sheet.columns.chosen.get(name), *further]
        ordered = [*columns[1:], columns[0]]
        rows = zip(*(cells_of(sheet.rows, column) for column in ordered), strict=True)
        found = [[named_in(text, register, other, one_each=name == "preferred") for text in row] for row in rows]
        lists[name] = [list(dict.fromkeys(key for one in row for key in one.keys)) for row in found]
        ruled_out = [
            out + [key for one in row for key in one.ruled_out] for out, row in zip(ruled_out, found, strict=True)
        ]
        read_as = {part: key for row in found for one in row for part, key in one.read_as.items()}
        said += [f"{sheet.file}: {name} {part!r} is read as {key}." for part, key in read_as.items()]
        unknown = [part for row in found for one in row for part in one.unknown]
        if unknown:
            said.append(
                f"{sheet.file}: {name} names {some(unknown)}, not found in the other sheet (or found more than once) and left aside. Check the spelling."
            )
    lists["excluded"] = [own + more for own, more in zip(lists["excluded"], ruled_out, strict=True)]
    return {"previous_partners" if name == "previous" else name: values for name, values in lists.items()}
