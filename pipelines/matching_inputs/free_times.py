"""When people are free, as they write it: `Mon 9-12 and Wed afternoons`, `weekdays after 5pm`, `flexible`, as parts of the days of a week."""

import math
import re
from collections.abc import Iterable, Sequence

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded, without_accents

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_HOUR = 7
"""Nobody means an earlier hour who doesn't say so."""
FEW_WORDS = 3
_DAY_WORDS = (
    "mon|mondays?|mo|ma(?=\\W*(?:$|di\\b|wo\\b|do\\b|vr\\b|\\d|tot|t/m|en\\b|ochtend|middag|avond))|montage?s?|lundis?|lun?|lunes|lunedi|seg|segunda(?:-feira)?|maandag|maanantai\w*|mandag(?:ar|er)?|poniedzial\w+|pazartesi",
    "tue|tues|tuesdays?|di|dienstage?s?|mardis?|mar|martes|martedi|terca(?:-feira)?|dinsdag|tiistai\w*|tisdag(?:ar)?|tirsdag(?:er)?|wtor\w+|sali",
    "wed|weds|wednesdays?|mi|mittwoche?s?|wo|mercredis?|mer|mier?|miercoles|mercoledi|qua|quarta(?:-feira)?|woensdag|keskiviik\w+|onsdag(?:ar|er)?|sro?d[aey]|carsamba",
    "thu|thur|thurs|thursdays?|do|donnerstage?s?|jeudis?|jeu|jue|gio|jueves|giovedi|quinta(?:-feira)?|donderdag|torstai\w*|torsdag(?:ar|er)?|czwart\w+|persembe",
    "fri|fridays?|fr|freitage?s?|vr|vendredis?|ven?|vie|viernes|venerdi|sexta(?:-feira)?|vrijdag|perjantai\w*|fredag(?:ar|er)?|piat\w+|cuma",
    "sat|saturdays?|sa|za|samstage?s?|samedis?|sam|sab|sabado|sabato|zaterdag|lauantai\w*|lordag(?:ar|er)?|sobot\w+|cumartesi",
    "sun|sundays?|so|zo|sonntage?s?|dimanches?|dim|dom|domingo|domenica|zondag|sunnuntai\w*|sondag(?:ar|er)?|niedziel\w+|pazar",
)
_DAY_SIGNS = ("月火水木金土日", "一二三四五六日", "월화수목금토일")
"""The signs of the days in Japanese (before 曜), Chinese (behind 周 or 星期) and Korean (before 요일)."""
_JAPANESE = expression(rf"([{_DAY_SIGNS[0]}])(?:曜日?|(?=[・/／~〜～-]|午|の|$))")
_CHINESE = expression(rf"(?:周|星期|礼拜)([{_DAY_SIGNS[1]}天])")
_KOREAN = expression(rf"([{_DAY_SIGNS[2]}])요일")
_SIGNS = expression(r"[\u3040-\u9fff\uac00-\ud7a3]")
_PART_OF_DAY = expression(
    r"\b((?:mon|diens|donners|frei|sams|sonn|maan|dins|woens|donder|vrij|zater|zon|man|tirs|tis|ons|tors|fre|lor|sun)d?t?ag|mittwoch)s?(?=(?:vormittag|nachmittag|mittag|abend|morgen|fruh|ochtend|namiddag|voormiddag|middag|avond|formiddag|ettermiddag|eftermiddag|morgon|kveld|kvall|aften))"
)
"""Days and parts of them in one word: `Montagvormittag`, `dinsdagmiddag`."""
_DAY = expression("|".join(rf"(?P<d{at}>\b(?:{words})\b)" for at, words in enumerate(_DAY_WORDS)))
_PARTS = {
    "morning": r"mornings?|(?<!\d )(?<!\d)am|forenoons?|before noon|vormittage?s?|morgens?|matins?|matinees?|mananas?|mattin[aoe]|manhas?|ochtend|aam\w*|formiddag\w*|morgon\w*|rano|przed poludniem|sabah\w*",
    "midday": r"lunch\w*|noon|midday|mittags?|midi|mediodia|pranzo|almoco|lunchtijd|lounas\w*|w poludnie|ogle\b",
    "afternoon": r"afternoons?|(?<!\d )(?<!\d)pm|nachmittage?s?|apres-?midis?|tardes?|pomeriggi?o?|middag|iltapaiv\w+|eftermiddag\w*|ettermiddag\w*|po poludniu|popoludni\w*|ogleden sonra",
    "evening": r"evenings?|after work|nights?|abende?s?|feierabend|soirs?|soirees?|noches?|ser[ae]\b|noites?|avond|illa\w*|ilta\w*|kvall\w*|kveld\w*|aften\w*|wieczor\w*|aksam\w*",
}
_PART = {name: expression(rf"(?<![\w-])(?:{words})(?!\w)") for name, words in _PARTS.items()}
_LIMITS = {"morning": (6, 12), "midday": (12, 14), "afternoon": (14, 17), "evening": (17, 22)}
_DAY_HOURS, _WEEK_HOURS = 24, 168
_TIME = expression(rf"({'|'.join(DAYS)}) \d\d:00")
_WHOLE_DAY = tuple(range(6, 22))
_EVERY = tuple(day * _DAY_HOURS + hour for day in range(len(DAYS)) for hour in _WHOLE_DAY)
_PART_SIGNS = {
    "午前中": "morning", "午前": "morning", "上午": "morning", "早上": "morning", "오전": "morning", "아침": "morning",
    "昼休み": "midday", "中午": "midday", "ランチ": "midday", "점심": "midday",
    "午後": "afternoon", "下午": "afternoon", "오후": "afternoon",
    "夕方": "evening", "夜": "evening", "晚上": "evening", "저녁": "evening",
    "平日": "weekdays", "工作日": "weekdays", "평일": "weekdays", "週末": "weekend", "周末": "weekend", "주말": "weekend",
    "いつでも": "any time", "随时": "any time", "언제든지": "any time",
}  # fmt: skip
_WEEKDAYS = expression(
    r"\bl ?- ?v\b|(?<!outside )(?<!out of )(office|working|business) hours|burozeit\w*|arbeitszeit\w*|heures de bureau|horario laboral|week ?days?|work(ing)? ?days?|wochentags?|werktags?|unter der woche|en semaine|jours ouvres|entre semana|giorni feriali|dias uteis|doordeweeks|arki\w*|vardag\w*|hverdag\w*|dni robocze|hafta ici"
)
_WEEKEND = expression(
    r"week-?ends?|wochenende|fin de semana|fine settimana|fim de semana|viikonlop\w+|helg\w*|weekend\w*|hafta sonu"
)
_ANY = expression(
    r"^(any ?time|any( day)?|i don.?t mind|flexible|always|all day|whenever|no preference|i am flexible|i'm flexible|open|jederzeit|flexibel|immer|egal|toujours|n'importe quand|siempre|cualquier\w*|sempre|altijd|milloin vain|joustava\w*|nar som helst|flexibelt|fleksibel\w*|kiedykolwiek|elastyczn\w*|her zaman|farketmez|esnek)\b"
)
_HOURS = expression(
    r"(?P<from>\d{1,2})(?:[:.h](?P<fm>\d{2}))?\s*(?:uhr|h\b)?\s*(?P<fs>am|pm|a\.m\.|p\.m\.)?\s*(?:-|–|—|to|until|till|bis|a|à)\s*(?P<to>\d{1,2})(?:[:.h](?P<tm>\d{2}))?\s*(?P<ts>am|pm|a\.m\.|p\.m\.)?"
)
_AFTER = expression(
    r"(?P<how>after|from|ab|nach|apres|despues de|dopo|depois d\w+|na|before|until|vor|bis|avant)\s+(?P<hour>\d{1,2})(?:[:.h]\d{2})?\s*(?P<s>am|pm)?"
)
_AT = expression(
    r"(?P<hour>\d{1,2})(?:[:.h]\d{2})?\s*(?P<s>am|pm|a\.m\.|p\.m\.|uhr|h\b)|\b(?:at|um|gegen|a las|alle)\s+(?P<said>\d{1,2})(?!\d)|(?P<clock>\d{1,2}):\d{2}"
)
_OFFICE = expression(
    r"(?P<out>(outside|out of) )?(office|working|business) hours|burozeit|arbeitszeit|heures de bureau|horario laboral"
)
_UNTIL_HERE = expression(r"[;|\n]")
_NEVER = expression(
    r"\b(?:any ?(?:day|time)s? but|except|excluding|apart from|but not|not|never|no|can.?t|cannot|unavailable|busy|ausser|auszer|bis auf|nicht|nie|kein\w*|sauf|pas|jamais|excepto|menos|salvo|tranne|non|exceto|behalve|niet|geen)\b"
)
"""What stands before times at which somebody isn't free."""
_NOT_THEN = expression(
    r"(?:^|[;,|\n])(?P<then>[^;,|\n]*?)\b(?:nie|nicht|not|no|never|unavailable|busy|keine zeit|jamais|pas|nunca)\W*(?:possible|available|free|moglich|frei|verfugbar|good|ok|an option)?\W*$"
)
"""`Mondays not possible`, `mittwochs nie`: what stands before the word."""
_DO = expression(r"(?:(?<=can )|(?<=can't )|(?<=cannot )|(?<=only )|(?<=could )|(?<=to )|(?<=i ))do\b|^do (?=the )")
_LETTERS = {"m": 0, "t": 1, "tu": 1, "w": 2, "th": 3, "r": 3, "f": 4}
_LETTERED = expression(r"(?<!\w)(?:m|tu?|w|th|r|f)(?:/(?:m|tu?|w|th|r|f))+(?!\w)|\bmwf\b|\btth\b")
_CLAUSE = expression(r"[;,|\n]|\band\b|\bund\b|\bet\b|\by\b|&|\+")
_RANGE = expression(r"\s*(?:-|–|to|bis|a|au)\s*")


def free_times(text: str) -> list[str] | None:
    """The hours of a week that a cell names, such as `Monday 09:00`; [] for any time, None where nothing of it is understood."""
    hours = _free_hours(text)
    return None if hours is None else _told(hours)


def on_another_clock(words: Iterable[str], shift: float) -> list[str]:
    """Times, as `free_times` gives them, on a clock that shows so many hours more; other words as they are. A shift by half an hour touches two hours."""
    return list(dict.fromkeys(moved for word in words for moved in _moved(word, shift)))


def _moved(word: str, shift: float) -> list[str]:
    if not is_time(word) or not shift:
        return [word]
    day, _, clock = word.partition(" ")
    hour = DAYS.index(day) * _DAY_HOURS + int(clock[:2])
    return _told(hour + by for by in dict.fromkeys((math.floor(shift), math.ceil(shift))))


def _told(hours: Iterable[int]) -> list[str]:
    days = (divmod(hour % _WEEK_HOURS, _DAY_HOURS) for hour in hours)
    return [f"{DAYS[day]} {hour:02d}:00" for day, hour in days]


def _free_hours(text: str) -> list[int] | None:
    """The hours of a week that a cell names, from Monday's first; [] for any time, None where nothing of it is understood."""
    plain = re.sub(r"\bnot before\b", "after", re.sub(r"\bnot after\b", "before", _DO.sub("", _plain(text))))
    last = _NOT_THEN.search(plain)
    if last and _free_hours(last["then"]):
        plain = f"{plain[: last.start()]} not {last['then']}"
    free, *busy = _NEVER.split(plain)
    if busy:
        never = {hour for clause in busy for hour in _free_hours(clause) or ()}
        always = _free_hours(free)
        if always is None and never and len(free.split()) <= FEW_WORDS:  # `I'm not free on Fridays`
            always = []
        return always if always is None or not never else [hour for hour in always or _EVERY if hour not in never]
    return [] if _ANY.search(plain) else _named_hours(plain)


def _named_hours(plain: str) -> list[int] | None:
    named: dict[int, None] = {}
    days: list[int] = []
    understood = False
    for clause in _CLAUSE.split(plain):
        here, hours = _days(clause), _hours_of_day(clause)
        understood = understood or bool(here or hours)
        days = here or days
        if here and not hours:
            hours = _later_hours(plain, clause)
        for day in here or (days if hours else []) or (range(7) if hours else []):
            named.update(dict.fromkeys(day * _DAY_HOURS + hour for hour in hours or _WHOLE_DAY))
    return list(named) if understood else None


def is_time(word: str) -> bool:
    """Whether a word is one that `free_times` gives."""
    return bool(_TIME.fullmatch(word))


def _later_hours(plain: str, clause: str) -> Sequence[int]:
    """`Monday, Tuesday and Wednesday mornings`, `Friday, 4pm`: days without a part have the next one that is named, unless marks of a form's list stand between."""
    rest = _UNTIL_HERE.split(plain[plain.index(clause) + len(clause) :])[0]
    following = (one for one in _CLAUSE.split(rest) if one.strip())
    return next((hours for one in following if (hours := _hours_of_day(one)) or not _days(one)), ())


def _plain(text: str) -> str:
    plain = _PART_OF_DAY.sub(r"\1 ", without_accents(folded(text)))
    return _in_letters(plain) if _SIGNS.search(plain) else plain


def _in_letters(text: str) -> str:
    """Days and parts of the day in Japanese, Chinese and Korean signs as English words."""
    text = re.sub(r"(\d{1,2})[時点시](以降|から|以后|이후|부터)", r" after \1 ", text)
    text = re.sub(r"(\d{1,2})[時点시](まで|以前|까지)", r" before \1 ", text)
    text = re.sub(r"(\d{1,2})[時点시](?:\d\d分)?", r"\1:00", text)
    for sign, word in _PART_SIGNS.items():
        text = text.replace(sign, f" {word} ")
    for signs, days in ((_JAPANESE, _DAY_SIGNS[0]), (_CHINESE, _DAY_SIGNS[1]), (_KOREAN, _DAY_SIGNS[2])):
        for found in signs.finditer(text):
            text = text.replace(found[0], f" {DAYS[days.find(found[1])].casefold()} ")
    return re.sub(r"\s*[〜～~]\s*", "-", re.sub(r"[・、，]", ", ", text)).strip()


def _days(clause: str) -> list[int]:
    if _WEEKDAYS.search(clause):
        return list(range(5))
    if _WEEKEND.search(clause):
        return [5, 6]
    lettered = _LETTERED.search(clause)
    if lettered:
        return [_LETTERS[one] for one in re.findall(r"th|tu|[mtwrf]", lettered[0])]
    found = [(int(str(one.lastgroup)[1:]), one.start(), one.end()) for one in _DAY.finditer(clause)]
    if len(found) == 2 and _RANGE.fullmatch(clause[found[0][2] : found[1][1]]) and found[0][0] < found[1][0]:
        return list(range(found[0][0], found[1][0] + 1))
    return [day for day, _, _ in found]


def _hours_of_day(clause: str) -> Sequence[int]:
    hours = _HOURS.search(clause)
    if hours:
        begin, end = _hour(hours["from"], hours["fs"] or hours["ts"]), _hour(hours["to"], hours["ts"])
        if begin < end < FIRST_HOUR:  # `1-3` is no time of the night
            begin, end = begin + 12, end + 12
        if begin == end and (hours["tm"] or "00") > (hours["fm"] or "00"):  # `9:00-9:30`
            end += 1
        if begin >= end:
            begin, end = (begin - 12, end) if begin >= 12 and not hours["fs"] else (begin, end + 12)
        return range(begin, end)
    open_ended = _AFTER.search(clause)
    if open_ended:
        hour = _of_day(_hour(open_ended["hour"], open_ended["s"]), open_ended["s"], clause)
        is_before = open_ended["how"] in ("before", "until", "vor", "bis", "avant")
        return range(6, hour) if is_before else range(hour, 22)
    at = _AT.search(clause)
    if at:
        hour = _of_day(_hour(at["hour"] or at["said"] or at["clock"], at["s"]), at["s"], clause)
        return range(hour, hour + 1)
    office = _OFFICE.search(clause)
    if office:
        return range(*_LIMITS["evening"]) if office["out"] else range(9, 17)
    return [hour for name, words in _PART.items() if words.search(clause) for hour in range(*_LIMITS[name])]


def _of_day(hour: int, half: str | None, clause: str) -> int:
    """`after 3`, `at 4` mean the afternoon, `evenings after 8` the evening."""
    is_late = hour < FIRST_HOUR or (hour < 12 and _PART["evening"].search(clause))
    return hour + 12 if half is None and is_late else hour


def _hour(digits: str, half: str | None) -> int:
    hour = int(digits)
    return hour + 12 if half and half.startswith("p") and hour < 12 else hour
