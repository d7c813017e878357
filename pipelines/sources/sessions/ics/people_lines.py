"""Lines of a calendar that name people, as programs write them whose names hold signs that the standard wants quoted (`CN=Doe; Jane`, `CN="O"Neil"`): such a line is no line to a parser, and the person would be gone without a word."""

import re

_LINE = re.compile(r"^(ATTENDEE|ORGANIZER);(.*)$", re.IGNORECASE | re.MULTILINE)
_PLAIN = r"(?:\"[^\"]*\"|[^\";:,]*)"
_SOUND = re.compile(
    rf"(?:[A-Za-z0-9-]+={_PLAIN}(?:,{_PLAIN})*;)*[A-Za-z0-9-]+={_PLAIN}(?:,{_PLAIN})*:(?!.*:mailto:).*", re.IGNORECASE
)
_VALUE = re.compile(r":\s*(mailto:[^:]*|(?:urn|invalid|https?):[^\s;]*|/[^\s:;]*)$", re.IGNORECASE)
_OF_A_WORD = re.compile(r"(?:^|;)((?:PARTSTAT|ROLE|CUTYPE|RSVP)=[A-Za-z-]+)(?=[;:])", re.IGNORECASE)
_OF_MAIL = re.compile(r"(?:^|;)EMAIL=\"?([^\";:,\s]+@[^\";:,\s]+)\"?(?=[;:])", re.IGNORECASE)


def with_sound_people(text: str) -> str:
    """The text with each such line kept to what is sound of it: address, answer and role; the name isn't read."""
    return _LINE.sub(_sound_line, text)


def _sound_line(found: re.Match[str]) -> str:
    name, rest = found.groups()
    value = _VALUE.search(rest)
    if value is None or _SOUND.fullmatch(rest):
        return found[0]
    parameters = rest[: value.start() + 1]
    mail = [f'EMAIL="{one}"' for one in _OF_MAIL.findall(parameters)[:1]]
    return ";".join([name, *_OF_A_WORD.findall(parameters), *mail]) + f":{value[1]}"
