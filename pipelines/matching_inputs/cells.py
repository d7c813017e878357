"""Cells of people's own sheets as values: lists, seats, levels and zones in the ways they are written."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from pipelines.expressions import expression
from pipelines.matching_inputs.word_files import words

MOST_SEATS, LARGEST_LEVEL = 1_000, 1_000_000
"""Beyond these a cell holds something else, such as a telephone number."""

_NUMBER_WORDS = (
    "none zero no kein keine keinen null aucun aucune zero ninguno ninguna cero nolla ingen inga żadna żadnej sıfır なし 없음",
    "one ein eine einen eins un une uno una um uma een één yksi yhden ett jeden jedna jedną jedno jednego bir 一人 一名 一位 한 하나 한명 한분",
    "two zwei deux dos due dois duas twee kaksi kahden två dwa dwie dwoje dwóch iki 二人 二名 两人 两名 两位 두 둘 두명 두분",
    "three drei trois tres tre três drie kolme kolmen trzy trzech troje üç 三人 三名 三位 세 셋 세명 세분",
    "four vier quatre cuatro quattro quatro neljä fyra fire cztery czterech dört 四人 四名 네 넷 네명",
    "five fünf funf cinq cinco cinque vijf viisi fem pięć pięciu beş 五人 五名",
    "six sechs seis sei zes kuusi sex seks sześć altı",
)
NUMBER_WORDS = {word: number for number, words in enumerate(_NUMBER_WORDS) for word in words.split()}
"""In the languages of forms."""
_ALONE = {"to": 2, "en": 1, "én": 1, "et": 1, "ét": 1}
"""Danish and Norwegian numbers that are other words in a sentence of another language."""
NOTHING = frozenset(
    word
    for words in (
        "n/a|na|n.a|none|nothing|nil|no|nope|-|--|—|–|/|nobody|no one|noone|no preference|no preferences|not applicable|not sure|unsure|i don't know|i don’t know|i don't know yet|don't know|"
        "i am not sure|i'm not sure|tbd|to be decided|prefer not to say|prefer not to answer|rather not say|unknown|unbekannt|inconnu|desconocido|anything|any|anyone|anybody|whoever|no idea|open to anything|up to you|you decide|whoever fits best|whoever fits|does not matter|doesn't matter|don't mind|i don't mind|flexible|undecided|open",
        "keine|keiner|keine angabe|keine präferenz|keine wünsche|kein wunsch|keinen wunsch|spielt keine rolle|k.a|nein|niemand|nichts|egal|weiß nicht|weiss nicht|entfällt|nicht zutreffend|möchte ich nicht sagen|keine antwort",
        "aucun|aucune|aucune préférence|non|personne|sans importance|rien|pas de préférence|sans préférence|peu importe|je ne sais pas|je préfère ne pas répondre|je préfère ne pas le dire|sans objet",
        "ei|ei mitään|ei ketään|ei kukaan|en tiedä|ei väliä|ei toivetta|ei ole|nej|nei|ingen|inga|inget|vet inte|vet ikke|ved ikke|spelar ingen roll|ingen preferens|ikke noe|nie|brak|nikt|nikogo|nic|nie wiem|bez znaczenia|nie dotyczy|hayır|hayir|yok|kimse|fark etmez|farketmez|bilmiyorum",
        "なし|無し|特になし|特にありません|ありません|いいえ|わからない|分からない|無|无|没有|不限|都可以|不知道|否|없음|없습니다|아니요|아니오|상관없음|상관없습니다|모르겠습니다",
        "ninguno|ninguna|nadie|nada|sin preferencia|no sé|me da igual|da igual|sin preferencias|prefiero no decirlo|prefiero no contestar|no aplica|nessuno|nessuna|niente|nessuna preferenza|non so|ninguém|nenhum|nenhuma|não|sem preferência|geen|niemand|nee|geen voorkeur",
    )
    for word in words.split("|")
)
"""How people say in a form that they name nothing, as `folded` words."""
_OTHER = frozenset(
    "other|others|other (please specify)|other, please specify|sonstiges|sonstige|andere|anderes|autre|autres|otro|otra|otros|otras|altro|outro|outra|outros|anders|overig|muu|muut|annat|andet|annet|inne|diğer|その他|其他|기타".split(
        "|"
    )
)
"""An option that names nothing by itself."""
_EVERYTHING = expression(
    r"(all|any|everything|anything|either|both)( of)? (the |these )?(above|listed|options|topics|areas|skills|them|of them)|everything|alles( (genannte|davon|oben genannte))?|alle (genannten|themen|bereiche)|tout|tous les (sujets|themes|thèmes)|todo|todos los temas|todas las anteriores|todo lo anterior|tutto|tutti i temi|tudo|todas as anteriores|kaikki|alla|allt|alle|wszystko|hepsi|すべて|全て|全部|以上全部|모두|전부"
)
_BULLET = expression(r"^(?:[-*–—·]\s+|[→➔➤►✓✔☑»]\s*|\(?(?:\d{1,2}|[a-h])[.)]\s+)")
_I_HAVE = expression(r"^(?:i have|i've got|ich habe|je n'ai|no tengo|tengo)\s+")
_POLITE = expression(
    r"[,.!]?\s+(?:thanks|thank you|please|danke|merci|gracias|grazie|yet|noch|for now|at the moment|at present|in particular|(?:that )?i (?:know|can think) of|(?:die )?mir bekannt|really)$"
)
"""What people add to saying nothing."""
_JOINED = expression(r"\s+(?:and|und|et|y|e|en|or|oder|ou|o|of)\s+|\s*[&/+,]\s*", re.IGNORECASE)
_WIDE_MARKS = str.maketrans("；、，،｜", ";,,,|")
"""The marks of a list in scripts of full width and in Arabic."""
_SLASH = expression(r"\s/\s")
_DEGREES = (
    "basics?|basic knowledge|beginners?|intermediate|advanced|experts?|expert level|fluent|native|mother tongue|proficient|conversational|good|very good|grundkenntnisse|grundlagen|anfänger|"
    "fortgeschritten|fließend|fliessend|muttersprache|verhandlungssicher|gut|débutant|intermédiaire|avancé|courant|langue maternelle|básico|intermedio|avanzado|fluido|nativo|[abc][12]"
)
_DEGREE = expression(rf"\s*(?:\(\s*(?:{_DEGREES})\s*\)|[-–:]\s+(?:{_DEGREES}))\s*$", re.IGNORECASE)
_LEVEL = expression(
    r"(?:(?:afc|nhs|tvöd|tv-?l|pay|job|year|salary)\s+)?(?:(?P<kind>[A-Z]{1,2}|level|grade|group|band|year|yr|form|stufe|klasse|jahrgang|ebene|niveau|nivel|livello|luokka)[\s.:-]*)?(?P<number>\d{1,3}|(?<=[a-z][ .:-])[ivx]{1,5})(?P<letter>[a-e])?(?:\s*[-–:(].*\D.*|\.?\s*(?:klasse|jahrgang|jahrgangsstufe|year|luokka))?",
    re.IGNORECASE,
)
_LIMITLESS = expression(
    r"limit|unlimited|as many|any number|beliebig|unbegrenzt|illimit|sin l[ií]mite|sem limite", re.IGNORECASE
)
_WITHIN = expression(r"\([^)]*\)|\b(?:already|schon|bereits|déjà|currently)\b.*")
_TIME_SPENT = expression(
    r"\b\d+(?:[.,]\d+)?\s*(?:h|hrs?|hours?|std|stunden?|heures?|horas?|min\w*|times?|x|months?|monate?)\b.*",
    re.IGNORECASE,
)
"""What stands in a cell of seats beside their number: a remark, and the time that they take."""
_FULL = expression(
    r"(?:i.?m |i am |already |currently |leider |deja |ya )*(?:full|fully booked|no (?:capacity|spaces?|places?|seats?|room)|not this (?:year|time|round|cycle)|can.?t this (?:year|time|round)|voll|ausgebucht|dieses jahr nicht|kein platz|complete?|complet|pas cette annee|completo|completa|lleno|sin plazas|este ano no|al completo|vol|fullt|fullbokad|fuldt|taynna|pelny|dolu|満員|已满)(?: (?:full|up|booked|this (?:year|round|cycle|time)|at the moment|right now|now|for now|left|available|dieses jahr|cette annee|este ano))*"
)
"""How a mentor says in a cell of seats that none is free."""
_PAIR = expression(r"(?:up to |max\.? )?(?:a |one )?(?:couple|pair)(?: (?:of )?\w+)?")
_PLAIN_LETTERS = {"ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d"}
_FIRST_WITHOUT_ACCENTS = 0x590
"""Letters below, Latin, Greek and Cyrillic, carry accents; marks of the scripts above belong to the letter."""
EVERY_LANGUAGE = "every language"
_ALL = expression(
    r"(?:either|both|beide[rs]?|les deux|ambos|ambas|entrambe|entrambi|allebei|egal welche|any language|no preference of language)|(all|every|alle|toutes|todos|todas|tutte)( (of them|languages|sprachen|les langues|los idiomas|lingue))?"
)


def folded(text: str) -> str:
    """A word for comparison: composed (NFKC), without case, blanks collapsed, without marks at its ends."""
    plain = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
    return " ".join(plain.split()).strip(" .,;:!?\"'").casefold()


def says_nothing(text: str) -> bool:
    """Whether a cell only says that there is nothing to say."""
    word = _I_HAVE.sub("", folded(text))
    return not word or word in NOTHING or folded(_POLITE.sub("", word)) in NOTHING


def listed(cells: Iterable[str | None]) -> list[list[str]]:
    """The lists of a column. `;`, `|` and new lines part a list; so do commas where a cell holds none of those and isn't an item of another cell."""
    texts = [(cell or "").translate(_WIDE_MARKS) for cell in cells]
    items = {folded(part) for text in texts if _is_parted(text) for part in _parts(text, r"[;|\n]")}

    def parted(text: str) -> list[str]:
        whole = folded(text) in items or _is_parted(text)
        return _parts(text, r"[;|\n]" if whole else r"[,\n]")

    return [parted(text) for text in texts]


def _is_parted(text: str) -> bool:
    return re.search(r"[;|\n]", text.strip()) is not None


def _parts(text: str, marks: str) -> list[str]:
    found: dict[str, str] = {}
    for part in re.split(rf"{marks}|[•▪●‣]", text):
        word = " ".join(_BULLET.sub("", part.strip()).split())
        if not says_nothing(word) and folded(word) not in _OTHER:
            found.setdefault(folded(word), word)
    return list(found.values())


def known_items(items: Iterable[str]) -> dict[str, str]:
    """Folded word to its spelling: the items of all lists, and what several of them hold between slashes, as `Python/R` and `R / Python`."""
    every = dict.fromkeys(items)
    found = {folded(item): item for item in every}
    chunks = {folded(chunk): chunk for item in every for chunk in _SLASH.split(item)}
    parted = [{folded(part): part.strip() for part in chunk.split("/")} for chunk in chunks.values()]
    times = Counter(word for parts in parted for word in parts)
    shared = {word: part for parts in parted for word, part in parts.items() if word and times[word] > 1}
    return {**shared, **found}


def apart(lists: Sequence[list[str]], known: Mapping[str, str]) -> list[list[str]]:
    """Lists in which `Excel and SQL`, `Excel/SQL` is two items where both are known, so that `Research and development` stays one.

    Of `Excel / SQL`, with blanks around the slash, one known item is enough.
    """
    return [list(dict.fromkeys(part for item in items for part in _halves(item, known))) for items in lists]


def _halves(item: str, known: Mapping[str, str]) -> list[str]:
    spaced = [part.strip() for part in _SLASH.split(item) if part.strip()]
    if len(spaced) > 1 and any(folded(part) in known for part in spaced):
        return [half for part in spaced for half in _halves(known.get(folded(part), part), known)]
    parts = [part.strip() for part in _JOINED.split(item) if part.strip()]
    is_known = len(parts) > 1 and all(folded(part) in known for part in parts)
    return [known[folded(part)] for part in parts] if is_known else [item]


def is_all(item: str) -> bool:
    """Whether an item of a list says that all of them are meant."""
    return bool(_EVERYTHING.fullmatch(folded(item)))


def without_degree(item: str) -> str:
    """An item without how well it is known: `Excel (basic)`, `SQL - advanced`, `English (fluent)`."""
    plain = _DEGREE.sub("", item).strip()
    return plain or item


def languages(text: str) -> list[str]:
    """The codes of the languages that a text names in any of the forms' languages (`Deutsch`, `en-GB`, `English and a bit of French`), else the text itself."""
    plain = without_accents(folded(text))
    codes = [_languages().get(part) for part in re.split(r"\s*[/&+]\s*|\s+", plain)]
    if len(codes) > 1 and all(codes):
        return list(dict.fromkeys(code for code in codes if code))
    if _ALL.fullmatch(plain):
        return [EVERY_LANGUAGE]
    one = _languages().get(plain) or _languages().get(re.split(r"[-_ (]", plain, maxsplit=1)[0])
    several = [_languages()[word] for word in re.findall(r"[^\W\d_]{4,}", plain) if word in _languages()]
    return list(dict.fromkeys(several)) or [one or text]


def is_language(code: str) -> bool:
    """Whether a word is the code of a known language."""
    return code in _languages()


def without_accents(text: str) -> str:
    """A text without accents, and with the plain letter for one that Unicode doesn't part (`ø`, `ł`, `ı`). Marks that make another letter, as in Japanese, stay."""
    if text.isascii():
        return text
    kept: list[str] = []
    for mark in unicodedata.normalize("NFKD", text):
        is_accent = unicodedata.combining(mark) and kept and ord(kept[-1]) < _FIRST_WITHOUT_ACCENTS
        if not is_accent:
            kept.append(_PLAIN_LETTERS.get(mark, mark))
    return unicodedata.normalize("NFC", "".join(kept))


@cache
def _languages() -> Mapping[str, str]:
    return {name: code for code, names in words("languages.yaml").items() for name in (code, *names)}


def level(text: str) -> int:
    """A level's number, also as `L3`, `Grade 5`, `5 - Director`. Raises `ValueError`."""
    step = level_step(text)
    if step is not None and step[2]:
        raise ValueError(text)
    return whole(text) if step is None else step[1]


def level_step(text: str) -> tuple[str, int, str] | None:
    """The kind, number and letter of a level such as `Band 8a`, `E9b`, `Year 11`, which stand in this order; None where it has no number."""
    found = _LEVEL.fullmatch(text.strip())
    return found and ((found["kind"] or "").casefold(), _number_of(found["number"]), (found["letter"] or "").casefold())


def _number_of(text: str) -> int:
    """A number in digits or in Roman letters."""
    if text.isdigit():
        return int(text)
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in text.casefold()]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def whole(text: str) -> int:
    """A whole number. Raises `ValueError`."""
    value = float(text.replace(",", "."))
    if value != int(value) or abs(value) > LARGEST_LEVEL:
        raise ValueError(text)
    return int(value)


def _holds_number(text: str) -> bool:
    return any(mark.isdigit() for mark in text) or any(
        word in NUMBER_WORDS for word in re.findall(r"\w+", folded(text))
    )


def count(text: str) -> int:
    """A number of seats: `2`, `Up to 3`, `3+`, `1-2`, `two mentees`; of several the greatest, since it says what is offered. Raises `ValueError`."""
    if _FULL.fullmatch(without_accents(folded(text))):
        return 0
    text = _WITHIN.sub(" ", text) if _holds_number(_WITHIN.sub(" ", text)) else text
    text = _TIME_SPENT.sub(" ", text) if _holds_number(_TIME_SPENT.sub(" ", text)) else text
    numbers = [int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.])", text)]
    numbers += [_ALONE[word] for word in [folded(text)] if word in _ALONE]
    numbers += [2] * bool(_PAIR.fullmatch(folded(text)))
    numbers += [NUMBER_WORDS[word] for word in re.findall(r"\w+", folded(text)) if word in NUMBER_WORDS]
    if _LIMITLESS.search(text) and not any(mark.isdigit() for mark in text):
        raise ValueError(text)
    is_plain = re.fullmatch(r"[+-]?\d+(\.0+)?", text.strip())
    value = whole(text) if is_plain else max(numbers, default=-1)
    if not 0 <= value <= MOST_SEATS:
        raise ValueError(text)
    return value
