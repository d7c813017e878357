"""The letters of a text file: UTF-8, UTF-16 and UTF-32 with or without a mark, the declared encoding, or western European ones, and what was spoiled on the way.

Nothing is guessed in silence: an encoding that nobody declared is told, and refused where its letters would make names that nobody has.
"""

import re
from collections.abc import Iterable

from pipelines.sources.disguises import disguise
from pipelines.sources.records import Finding, SourceFile, SourceRefused

SAMPLE = 4096  # bytes that tell UTF-16 apart
BLOCK = 1 << 20  # bytes in which letters are judged
WESTERN = "cp1252"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF_32_MARKS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_SHIFTED = re.compile(rb"\x1b\$[@B]|\x1b\$\(D|\x1b\$\)C")
"""How a text in seven bits turns to Japanese or Korean letters (ISO-2022), which look like plain ones to every other encoding."""
_MANY, _MOSTLY = (
    0.1,
    0.8,
)  # shares of units that are letters of ours, digits or separators: in any table, and in one of western names
_HARDLY = 0.05
_FOREIGN_WORDS = 0.5
_WORD = re.compile(r"[A-Za-z\x80-\uffff]{2,}")
_MOJIBAKE_MARKS = ("Â", "Ã", "â€")
_MOJIBAKE = re.compile(
    "[ÂÃ][\u0080-\u00bf\u0192\u201e\u2026\u2030\u0160\u0152\u017d\u0178\u02dc\u201c\u201d\u2013\u2014\u02c6\u0161\u0153\u017e\u2122\u203a\u20ac]|â€."
)


def utf_16_of(data: bytes) -> str | None:
    """The kind of UTF-16 or UTF-32 in which bytes are written, by their mark, or by the zero bytes of letters, digits and separators on one side of their pairs; None for all else."""
    if data[:4] in UTF_32_MARKS:
        return "utf-32"
    if data[:2] in UTF_16_MARKS:
        return "utf-16"
    start = data[:SAMPLE]
    even, odd = start[::2].count(0), start[1::2].count(0)
    many, mostly = _MANY * len(start) / 2, _MOSTLY * len(start) / 2
    if odd > many and even <= _HARDLY * odd and (odd > mostly or _ends_lines(start, 0)):
        return "utf-16-le"
    return "utf-16-be" if even > many and odd <= _HARDLY * even and (even > mostly or _ends_lines(start, 1)) else None


def _ends_lines(start: bytes, place: int) -> bool:
    """Whether lines end as pairs of bytes: a line feed at the `place` of its pair, beside a zero byte, and hardly any elsewhere. That tells letters of East Asia from a text with some zero bytes."""
    feeds = [at for at, byte in enumerate(start) if byte == ord("\n")]
    paired = sum(at % 2 == place and start[at ^ 1 : (at ^ 1) + 1] == b"\0" for at in feeds)
    return paired > 0 and paired >= len(feeds) - paired


def is_shifted(data: bytes) -> bool:
    """Whether a text is written in seven bits that turn to other letters and back."""
    return _SHIFTED.search(data[:BLOCK]) is not None


def encodings(declared: str | None) -> list[str]:
    """What is tried in turn on bytes that aren't UTF-16."""
    return ["utf-8-sig", *([declared] if declared else []), WESTERN]


def decode(file: SourceFile, encoding: str | None = None) -> str:
    """The text of `decoded` alone."""
    return decoded(file, encoding)[0]


def decoded(file: SourceFile, encoding: str | None = None) -> tuple[str, list[Finding]]:
    """Text of `file` and what is told of it: UTF-8 (a mark is dropped; single lines in another encoding are told), UTF-16 and UTF-32, the declared encoding, then cp1252.

    Raises `SourceRefused` for what is no text, an unknown encoding, and letters of another part of the world that nobody declared.
    """
    data = file.data
    what = disguise(data)
    if what is not None:
        raise SourceRefused(
            f"{file.name} is {what} by its content. Next step: export it again as CSV, or give it its own ending."
        )
    utf_16 = utf_16_of(data)
    if utf_16 is not None:
        return _whole_units(data, utf_16).decode(utf_16, errors="replace"), []
    candidates = encodings(encoding)
    if is_shifted(data):
        if encoding is None:
            raise SourceRefused(
                f"{file.name} is written in an encoding of seven bits (ISO-2022), whose letters look like others. Next step: declare its `encoding:` (iso-2022-jp, iso-2022-kr), or export it again in UTF-8."
            )
        candidates = [encoding]
    for candidate in candidates:
        if candidate == WESTERN and encoding is None and is_mostly_utf_8([data]):
            return line_by_line(data), [_letters_broken(file)]
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise SourceRefused(
                f"{file.name}: the mapping names an unknown encoding {candidate!r}. Next step: write one that Python knows, for example cp1252."
            ) from None
        if candidate == WESTERN and not encoding:
            refuse_foreign(file.name, data[:BLOCK])
            return text, [assumed_encoding(file.name)]
        return text, []
    tried = dict.fromkeys(["UTF-8", *encodings(encoding)[1:]])
    raise SourceRefused(
        f"{file.name} is not text in {' or '.join(map(str, tried))}: its letters are written in another way. Next step: declare its `encoding:` (shift_jis, gb18030, cp1251, ...), or export it again as CSV in UTF-8 or as XLSX."
    )


def _whole_units(data: bytes, encoding: str) -> bytes:
    """Without a last letter that was cut in two."""
    size = 4 if encoding.startswith("utf-32") else 2
    return data[: len(data) - len(data) % size]


def is_mostly_utf_8(blocks: Iterable[bytes]) -> bool:
    """Whether more lines hold letters in UTF-8 than hold bytes that can't be UTF-8, and there are such: a file whose names were pasted together, or that was cut within a letter."""
    sound, broken, rest = 0, 0, b""
    for block in blocks:
        *lines, rest = (rest + block).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            is_sound = _is_utf_8(line)
            sound, broken = sound + (is_sound and not line.isascii()), broken + (not is_sound)
    broken += not _is_utf_8(rest)
    return 0 < broken < sound + (_is_utf_8(rest) and not rest.isascii())


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def line_by_line(data: bytes) -> str:
    """Text in UTF-8 whose other lines are read as western European ones, or with a sign for each letter that can't be read. Line ends stay."""
    lines = data.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)  # of bytes: CRLF, LF and CR alone
    return "".join(_line(line) for line in lines)


def _letters_broken(file: SourceFile) -> Finding:
    broken = sum(not _is_utf_8(line) for line in file.data.splitlines())
    detail = f"{broken:,} {'line is' if broken == 1 else 'lines are'} not in UTF-8 as the others are and read as cp1252 (western Europe): look at their names, and export the file again in UTF-8"
    return Finding("letters_broken", "", file.name, detail)


def _line(line: bytes) -> str:
    for encoding in ("utf-8", WESTERN):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", errors="replace")


def assumed_encoding(file: str) -> Finding:
    """What is told of a text that isn't in Unicode and whose encoding nobody declared: letters of other parts of Europe would come out as others."""
    detail = "it isn't in UTF-8 and is read as cp1252 (western Europe); if names look wrong, export it in UTF-8 or declare its `encoding:`"
    return Finding("encoding_assumed", "", file, detail)


def refuse_foreign(file: str, start: bytes) -> None:
    """Raise `SourceRefused` where bytes read as western European ones would make names that nobody has (`foreign_words`)."""
    found = foreign_words(start)
    if found is not None:
        raise SourceRefused(
            f"{file} isn't in UTF-8, and read as western European text {found[0]:,} of its {found[1]:,} words with other letters than a to z would be no words. "
            "Next step: declare its `encoding:` (cp1251, gb18030, shift_jis, euc_kr, ...), or export it again in UTF-8."
        )


def foreign_words(start: bytes) -> tuple[int, int] | None:
    """How many of how many words with letters beyond a to z consist mostly of such, or of signs, if bytes are read as western European ones: Russian, Greek, Chinese or Japanese names. None where most are words. start: a file's first bytes."""
    words = {word for word in _WORD.findall(start.decode(WESTERN, errors="replace")) if not word.isascii()}
    foreign = sum(2 * sum(letter > "\x7f" for letter in word) > len(word) for word in words)
    return (foreign, len(words)) if len(words) > 1 and foreign > _FOREIGN_WORDS * len(words) else None


def has_mojibake(text: str) -> bool:
    """Whether UTF-8 was read as cp1252 somewhere before, so that `ü` stands there as `Ã¼`."""
    return any(mark in text for mark in _MOJIBAKE_MARKS) and _MOJIBAKE.search(text) is not None


def repaired(lines: list[str]) -> tuple[list[str], int]:
    """Lines with `Ã¼` read as `ü` again, and how many changed. What isn't UTF-8 read as cp1252 stays."""

    def again(match: re.Match[str]) -> str:
        try:
            return match.group().encode("cp1252").decode("utf-8")
        except UnicodeError:
            return match.group()

    fixed = [_MOJIBAKE.sub(again, line) for line in lines]
    return fixed, sum(new != old for new, old in zip(fixed, lines, strict=True))
