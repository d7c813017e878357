"""What the headers of Zoom's reports mean in the languages of its portal: the columns are known by the words in them, since wordings differ between versions."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.sources.delimited_head import HEADER_WITHIN, SEPARATORS
from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.records import SourceFile
from pipelines.sources.text_encodings import decode
from pipelines.sources.text_lines import lines_of

NAME, MAIL, JOINED, LEFT, MINUTES, WAITED, MEETING, START, END = (
    "name mail joined left minutes waited meeting start end".split()
)
_WORDS: Mapping[str, re.Pattern[str]] = {
    column: re.compile(words)
    for column, words in {
        WAITED: r"waiting room|warteraum|salle d attente|sala de espera|sala d attesa|wachtkamer|wachtruimte",
        MINUTES: r"(duration|dauer|duree|duracion|duracao|durata|duur).*\bminu|minu.*(duration|dauer|duree)",
        MEETING: r"^(meeting )?id$|^(meeting|reunion|webinar) id$|^id (de (la |l )?)?(reunion|reuniao)$|^id (della |de la )?riunione$|^vergaderings? ?id$",
        START: r"^start ?(time|zeit)|^beginn|^(heure|date) de debut|^(hora|fecha) de (inicio|comienzo)|^ora (di )?inizio|^starttijd",
        END: r"^end ?(time|zeit)|^ende|^(heure|date) de fin|^(hora|fecha) (de )?(fin|finalizacion|termino)|^ora (di )?fine|^eindtijd",
        MAIL: r"\be ?mail\b|\bmail\b|courriel|\bcorreo\b",
        LEFT: r"^le(ave|ft)\b|verlass|austritt|depart|deconnexion|sortie|\bsal(ida|ir|iu|io|ir)\b|\bsaida\b|uscita|abbandon|vertrek|verlaat|hora de desconexion",
        JOINED: r"^join|beitritt|teilnahme|eintritt|arriv|connexion|entree|\bentra(r|da)\b|\bunirse\b|ingreso|ingresso|incorporacion|conexion|accesso|deelname|toetred|participation",
        NAME: r"^(name|nom|nombre|nome|naam|teilnehmername)\b",
    }.items()
}  # the first that fits: a mail address of the user is no name, a time of leaving no time of joining
_STAYS, _TOTALS, _MEETINGS = (MAIL, JOINED, LEFT), (MAIL, MINUTES), (MEETING, START)


@dataclass(frozen=True)
class Header:
    """A line of headers. columns: what a column holds to its name in the file."""

    names: tuple[str, ...]
    columns: Mapping[str, str]

    def holds(self, needed: Sequence[str]) -> bool:
        """Whether the line has all of these columns."""
        return all(column in self.columns for column in needed)


def participants_header(file: SourceFile) -> Header | None:
    """The header of the participants: of their stays, else of their totals; None where the file has neither."""
    found = _headers(file)
    stays = next((header for header in found if header.holds(_STAYS)), None)
    return stays or next((header for header in found if header.holds(_TOTALS) and not header.holds(_MEETINGS)), None)


def meeting_header(file: SourceFile) -> Header | None:
    """The header of the block about the meeting, with which some reports begin."""
    return next((header for header in _headers(file) if header.holds(_MEETINGS)), None)


def _headers(file: SourceFile) -> list[Header]:
    lines = lines_of(decode(file).lstrip("\ufeff"))[:HEADER_WITHIN]
    cells = (next(csv.reader([line], delimiter=mark), []) for line in lines for mark in SEPARATORS if mark in line)
    return [_header([cell.strip() for cell in row]) for row in cells]


def _header(names: Sequence[str]) -> Header:
    columns: dict[str, str] = {}
    for name in filter(None, names):
        column = next((column for column, words in _WORDS.items() if words.search(folded(name))), None)
        if column is not None:
            columns.setdefault(column, name)
    return Header(tuple(filter(None, names)), columns)
