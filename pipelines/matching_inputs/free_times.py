"""When people are free, as they write it: `Mon 9-12 and Wed afternoons`, `weekdays after 5pm`, `flexible`, as parts of the days of a week."""

import re
import unicodedata

from pipelines.matching_inputs.cells import folded

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_WORDS = (
    "mon|mondays?|mo|montags?|lundis?|lun|lunes|lunedi|segunda(?:-feira)?|maandag",
    "tue|tues|tuesdays?|di|dienstags?|mardis?|martes|martedi|terca(?:-feira)?|dinsdag",
    "wed|weds|wednesdays?|mi|mittwochs?|mercredis?|miercoles|mercoledi|quarta(?:-feira)?|woensdag",
    "thu|thur|thurs|thursdays?|do|donnerstags?|jeudis?|jueves|giovedi|quinta(?:-feira)?|donderdag",
    "fri|fridays?|fr|freitags?|vendredis?|viernes|venerdi|sexta(?:-feira)?|vrijdag",
    "sat|saturdays?|sa|samstags?|samedis?|sabado|sabato|zaterdag",
    "sun|sundays?|so|sonntags?|dimanches?|domingo|domenica|zondag",
)
_DAY = re.compile("|".join(rf"(?P<d{at}>\b(?:{words})\b)" for at, words in enumerate(_DAY_WORDS)))
_PARTS = {
    "morning": r"mornings?|(?<!\d )am|forenoons?|before noon|vormittags?|morgens?|matins?|matinees?|mananas?|mattin[aoe]|manhas?|ochtend",
    "midday": r"lunch\w*|noon|midday|mittags?|midi|mediodia|pranzo|almoco|lunchtijd",
    "afternoon": r"afternoons?|nachmittags?|apres-?midis?|tardes?|pomeriggi?o?|middag",
    "evening": r"evenings?|after work|nights?|abends?|feierabend|soirs?|soirees?|noches?|ser[ae]\b|noites?|avond",
}
_PART = {name: re.compile(rf"(?<![\w-])(?:{words})(?!\w)") for name, words in _PARTS.items()}
_WEEKDAYS = re.compile(
    r"week ?days?|work(ing)? ?days?|wochentags?|werktags?|unter der woche|en semaine|jours ouvres|entre semana|giorni feriali|dias uteis|doordeweeks"
)
_WEEKEND = re.compile(r"week-?ends?|wochenende|fin de semana|fine settimana|fim de semana")
_ANY = re.compile(
    r"^(any ?time|any( day)?|i don.?t mind|flexible|always|all day|whenever|no preference|i am flexible|i'm flexible|open|jederzeit|flexibel|immer|egal|toujours|n'importe quand|siempre|cualquier\w*|sempre|altijd)\b"
)
_HOURS = re.compile(
    r"(?P<from>\d{1,2})(?:[:.h](?P<fm>\d{2}))?\s*(?:uhr|h\b)?\s*(?P<fs>am|pm|a\.m\.|p\.m\.)?\s*(?:-|–|—|to|until|till|bis|a|à)\s*(?P<to>\d{1,2})(?:[:.h]\d{2})?\s*(?P<ts>am|pm|a\.m\.|p\.m\.)?"
)
_AFTER = re.compile(
    r"(?P<how>after|from|ab|nach|apres|despues de|dopo|depois d\w+|na|before|until|vor|bis|avant)\s+(?P<hour>\d{1,2})(?:[:.h]\d{2})?\s*(?P<s>am|pm)?"
)
_CLAUSE = re.compile(r"[;,|\n]|\band\b|\bund\b|\bet\b|\by\b|&|\+")
_RANGE = re.compile(r"\s*(?:-|–|to|bis|a|au)\s*")


def free_times(text: str) -> list[str] | None:
    """The parts of a week that a cell names, such as `Monday morning`; [] for any time, None where nothing of it is understood."""
    plain = _plain(text)
    if _ANY.search(plain):
        return []
    times: dict[str, None] = {}
    days: list[int] = []
    understood = False
    for clause in _CLAUSE.split(plain):
        here, parts = _days(clause), _parts_of_day(clause)
        understood = understood or bool(here or parts)
        days = here or days
        if here and not parts:
            parts = _later_parts(plain, clause)
        for day in here or (days if parts else []) or (range(7) if parts else []):
            times.update(dict.fromkeys(f"{DAYS[day]} {part}" for part in parts or _PARTS))
    return list(times) if understood else None


def is_time(word: str) -> bool:
    """Whether a word is one that `free_times` gives."""
    day, _, part = word.partition(" ")
    return day in DAYS and part in _PARTS


def _later_parts(plain: str, clause: str) -> list[str]:
    """`Monday and Wednesday mornings`: a day without a part has the part that follows it, before another day is named with its own."""
    rest = plain[plain.index(clause) + len(clause) :]
    following = next((one for one in _CLAUSE.split(rest) if one.strip()), "")
    return _parts_of_day(following) if _days(following) else []


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", folded(text))
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def _days(clause: str) -> list[int]:
    if _WEEKDAYS.search(clause):
        return list(range(5))
    if _WEEKEND.search(clause):
        return [5, 6]
    found = [(int(str(one.lastgroup)[1:]), one.start(), one.end()) for one in _DAY.finditer(clause)]
    if len(found) == 2 and _RANGE.fullmatch(clause[found[0][2] : found[1][1]]) and found[0][0] < found[1][0]:
        return list(range(found[0][0], found[1][0] + 1))
    return [day for day, _, _ in found]


def _parts_of_day(clause: str) -> list[str]:
    hours = _HOURS.search(clause)
    if hours:
        begin, end = _hour(hours["from"], hours["fs"] or hours["ts"]), _hour(hours["to"], hours["ts"])
        if begin >= end:
            begin, end = (begin - 12, end) if begin >= 12 and not hours["fs"] else (begin, end + 12)
        return _between(begin, end)
    open_ended = _AFTER.search(clause)
    if open_ended:
        hour = _hour(open_ended["hour"], open_ended["s"])
        is_before = open_ended["how"] in ("before", "until", "vor", "bis", "avant")
        return _between(6, hour) if is_before else _between(hour, 22)
    return [name for name, words in _PART.items() if words.search(clause)]


def _hour(digits: str, half: str | None) -> int:
    hour = int(digits)
    return hour + 12 if half and half.startswith("p") and hour < 12 else hour


def _between(begin: int, end: int) -> list[str]:
    """The parts of a day in which at least an hour lies between two hours."""
    limits = {"morning": (6, 12), "midday": (12, 14), "afternoon": (14, 17), "evening": (17, 22)}
    return [name for name, (first, last) in limits.items() if min(end, last) - max(begin, first) >= 1]
