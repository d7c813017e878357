"""What programs leave in cells beside the value: invisible marks, odd blanks, a spreadsheet's wrappings. And the words that stand where no value is.

One place for all connectors: `tidied` for the text that a file holds, and the expressions of which `cleaned.py` judges ids and addresses.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

import polars as pl

LINE = "__line"
RAW = "__raw"
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}"
_INVISIBLE = r"\x{ad}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{feff}"
_ENTITY = r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,4}|[aouAOU]uml|szlig|[aeiouAEIOU](?:acute|grave|circ)|[cC]cedil|[nN]tilde);"
_JOINERS = r"\x{200c}\x{200d}"  # some scripts need them in names; in ids and addresses they are a second spelling
_BLANKS = r"[\x{a0}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
_DASHES = r"[\x{2010}-\x{2013}\x{2212}\x{fe63}\x{ff0d}]"  # what programs make of a hyphen while somebody types
_HEADER_MARKS = {ord(mark): None for mark in "\x00\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"}

ERROR_WORDS = (
    "#n/a #n/v #n/d #nv #ref! #value! #div/0! #name? #null! #num! #spill! #calc! #field! #blocked! #unknown! #connect! #getting_data #busy! #python! #external! #bezug! #wert! #zahl! "
    "#überlauf! #valeur! #nom? #nombre! #nul! #champ! #¡ref! #¡valor! #¡div/0! #¿nombre? #¡num! #¡nulo! #campo! #rif! #valore! #nome? #error! err:502 err:508"
).split()
"""What a formula shows instead of a value, in English, German, French, Spanish and Italian; folded."""
NO_VALUE_WORDS = "anonymous anonym anonyme anónimo anônimo anonimo anoniem null (null) <null> none nil n/a na n.a. nan undefined \\n <na> (blank) (leer) (vide) blank k.a. s/d - -- --- – — ? . unknown tbd tbc tba n.n. pending vacant offen keine keiner unbekannt aucun aucune inconnu ninguno ninguna desconocido".split()
"""What programs and people write where an id or an address is missing; folded."""
NOBODY_YET = r"^([-–—=_*.~]{2,}|to be (assigned|allocated|confirmed|determined|announced|decided|matched|found|named)|(not|un)[ -]?(yet )?(assigned|allocated|matched|paired|known|found|confirmed|decided|filled)( yet)?|none yet|no ?(body|one)( yet)?|no (mentor|mentee|match)( yet| assigned| found)?|searching|looking( for .*)?|needs? (a )?(mentor|mentee|match)|waiting( list| for .*)?|on (the )?waiting list|open position|wird (noch )?(gesucht|bekannt\w*|benannt|zugeteilt|zugewiesen)|gesucht|noch (offen|keine[rn]?|niemand|unbekannt|nicht .*|zu .*)|nicht zugewiesen|steht noch (nicht fest|aus)|warteliste|niemand|en (attente|cours|recherche)|[àa] (définir|déterminer|confirmer|pourvoir|trouver)|non (attribuée?|affectée?|défini)|personne|liste d['’]attente|por (definir|asignar|confirmar|determinar)|pendiente( de .*)?|sin (asignar|mentor|mentora)|nadie|lista de espera|(ancora )?da (definire|assegnare|determinare|confermare|individuare|trovare)|nessun[oa]?|non (ancora )?assegnat[oa]|in attesa( di .*)?|nog (geen|niet|te|onbekend)( .*)?|n\.?v\.?t\.?|geen|niet toegewezen|wachtlijst|[ao] (definir|atribuir|confirmar)|por atribuir|não (atribuíd[oa]|definid[oa])|sem (mentor|mentora)|ninguém|ingen( ännu)?|ej tilldelad|saknas|brak|nie przydzielono)$"
"""What people write where somebody isn't found yet; lower case."""
_NO_NUMBER = r"^(?:-1(?:[.,]0+)?|0{8}-0{4}-0{4}-0{4}-0{12}|\[\]|\{\})$"
"""What programs store where they know nobody: -1, a UUID of zeros, an empty list. A nought is an id in lists that count from it."""
NO_TEXT_WORDS = frozenset("null (null) <null> \\n <na> nan undefined n/a (blank) (leer) (vide) - -- --- – —".split())
"""Those of them that can't be the name of a department or a place either."""
_PEOPLE = r"employees?|staff|people|persons?|participants?|pairs?|mentors?|mentees?|members?|students?|rows?|records?|entries|mitarbeiter\w*|personen|beschäftigte\w*|teilnehm\w*|paare|employés|personnes|binômes|empleados|personas|participantes|parejas"
_COUNTS = r"totals?|sum|summe|gesamt|gesamtsumme|gesamtzahl|insgesamt|zwischensumme|somme|suma|totale|count|anzahl|headcount|nombre|número|effectif|number"
TOTAL = (
    r"(?i)^(grand |sub)totals?\b[^@]*$|^(copyright\b|©)|^(grand |sub)?(total|totals|head ?count|personalbestand|mitarbeiterzahl|effectif|sum|summe|gesamt|gesamtsumme|insgesamt|zwischensumme|gesamtergebnis|somme|suma|totale|totaal|totaux|count|anzahl|records?|rows?|datensätze)\b\s*[:=]?\s*[\d.,]*$|^\(?\d+ (rows?|records?)\b"
    + (
        rf"|^(grand |sub|overall )?({_COUNTS})\b[^\d@]{{0,40}}[:=]\s*[\d.,]+$"
        rf"|^(grand |sub)?(total|gesamt|insgesamt|summe)\s+([\w']+ ){{0,2}}({_PEOPLE})\b"
        r"|^(average|median|durchschnitt|mittelwert|moyenne|promedio)\b[^@\d]{0,40}$"
        r"|^[^@\d]{2,60}\s(total|subtotal|sub-total|ergebnis|teilergebnis|gesamtergebnis|totale|totaal)$"
        r"|^\W*(end of|ende de[rs]|fin d[ue]( la)?|fin del) (report|file|list|data|table|export|liste|datei|berichts?|tabelle|rapport|fichier|informe|lista|archivo)\W*$"
        r"|^(notes?|n\.?b\.?|hinweise?|anmerkung(en)?|bemerkung|remarques?|nota|sources?|quelle|fuente|legend|legende)\s*:"
        r"|^(generated|created|exported|printed|report (run|generated|created|date)|erstellt|exportiert|gedruckt|généré|exporté|generado|exportado)\s*(on|by|at|am|von|um|le|par|el|por|:)"
        r"|^((strictly|streng) )?(confidential|vertraulich|confidentiel|confidencial)\b"
    )
)
"""A line that counts the others, standing among them, or that says something about the list: a note, its end, who made it."""
_USUAL_ADDRESS = r"[0-9A-Za-z._+-]+@(?:[0-9A-Za-z-]+\.)+[A-Za-z]+"
_USUAL = (
    rf"^[^:@]*:(?:[A-Za-z]{{0,4}}[-_]?[1-9][0-9]{{0,14}}|[0-9a-fA-F]{{8}}-[0-9a-fA-F-]{{27}})$|^email:{_USUAL_ADDRESS}$"
)
ADDRESS = r"^[^\s@,;:<>\"()*]+@[^\s@,;:<>\"()*.]+(?:\.[^\s@,;:<>\"()*.]+)*$"
"""An asterisk stands where an address was masked (`a***@x.example`)."""

_GUEST = r"(?i)^(.+)_([^_@]+)#ext#@[^@]+$"
"""A guest's account in somebody else's Entra directory: `ana_home.example#EXT#@host.onmicrosoft.com` is ana@home.example."""
_OF_EXCHANGE = r"(?i)^imcea(?:ex)?-.*$"
"""An address that Exchange makes of a name within itself: nobody is written to or known by it."""

_DIGITS = {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966) for digit in range(10)}
"""Arabic, Persian and Devanagari digits."""


def unusual_ids(references: pl.Series) -> pl.Series:
    """Where a reference isn't of the forms that need no second look: a number, a few letters and a number, a UUID, a plain address."""
    return ~references.str.contains(_USUAL).fill_null(value=True)


def unusual_addresses(values: pl.Series) -> pl.Series:
    """Where a value isn't a plain address."""
    usual = values.str.contains(f"^{_USUAL_ADDRESS}$") & ~values.str.ends_with(".invalid")
    return ~usual.fill_null(value=True)


def tidied(rows: pl.DataFrame) -> pl.DataFrame:
    """Text columns without invisible marks and wrappings, in Unicode's composed form (NFC); `__raw` stays as it came. Costs a look at `__raw` where there is nothing to do."""
    raw = rows[RAW]
    steps = []
    if _has_marks(raw):
        steps.append(without_marks)
    if raw.str.contains('="', literal=True).any() or raw.str.contains("'", literal=True).any():
        steps.append(unwrapped)
    if raw.str.contains("&", literal=True).any() and raw.str.contains(_ENTITY).any():
        steps.append(without_entities)
    for step in steps:
        rows = rows.with_columns(step(pl.col(name)) for name in rows.columns if name not in (LINE, RAW))
    return rows


def _has_marks(text: pl.Series) -> bool:
    """Whether a mark may be there: a letter beyond ASCII, or a zero byte."""
    is_ascii = text.str.len_bytes().sum() == text.str.len_chars().sum()
    return not is_ascii or bool(text.str.contains("\x00", literal=True).any())


def without_marks(text: pl.Expr) -> pl.Expr:
    """Without control characters, zero-width and bidirectional marks; blanks of all kinds as blanks; composed."""
    visible = text.str.replace_all(f"[{_CONTROL}{_INVISIBLE}]", "").str.replace_all(_BLANKS, " ")
    return visible.str.normalize("NFC")


def needs_cleaning(text: pl.Series) -> bool:
    """Whether `without_marks` could change a column."""
    filled = text.drop_nulls()
    return filled.len() > 0 and _has_marks(filled)


def unwrapped(text: pl.Expr) -> pl.Expr:
    """`="00124"` and `'00125`, by which people make a spreadsheet keep zeros, as the id that they mean. A name such as 't Hooft stays."""
    return text.str.replace(r'^="(.*)"$', "${1}").str.replace(r"^'([\d=+@-].*)$", "${1}")


def without_entities(text: pl.Expr) -> pl.Expr:
    """`R&amp;D` as R&D: what programs for the web write into exports."""
    return text.map_batches(_unescaped, return_dtype=pl.String())


def _unescaped(values: pl.Series) -> pl.Series:
    written = values.filter(values.str.contains(_ENTITY).fill_null(value=False)).unique()
    return values.replace(written, [html.unescape(value) for value in written]) if written.len() else values


def clean_name(name: str) -> str:
    """A header without invisible marks, blanks collapsed."""
    return " ".join(unicodedata.normalize("NFC", name).translate(_HEADER_MARKS).split())


def address(text: pl.Expr) -> pl.Expr:
    """An e-mail address out of `mailto:a@b`, `Name <a@b>` or `a@b;`; what is none, or several, stays as it is and doesn't match `ADDRESS`."""
    bare = text.str.replace_all(f"[{_JOINERS}]", "").str.strip_chars()
    bare = bare.str.replace(r"(?i)^(mailto|smtp):\s*", "").str.replace(r"\?[^@]*$", "")
    bare = bare.str.replace(r"^[^<>]*<\s*(?i:mailto:)?([^<>]+?)\s*>[;,.]?$", "${1}")
    bare = bare.str.replace(r"[;,.]+$", "").str.replace(r"\s+\([^()@]*\)$", "").str.strip_chars()
    return bare.str.replace(_GUEST, "${1}@${2}").str.replace(_OF_EXCHANGE, "(a name within Exchange)")


def id_text(text: pl.Expr) -> pl.Expr:
    """An id without joiners and wrappings, its letters and digits in their ordinary width, its hyphens as one."""
    plain = text.str.replace_all(f"[{_JOINERS}]", "").str.replace_all(_DASHES, "-")
    plain = plain.str.replace_all(r"\s+", " ").str.strip_chars()
    plain = pl.when(plain.str.contains(r"[^\x00-\x7f]")).then(plain.str.replace_many(_DIGITS)).otherwise(plain)
    is_wide = plain.str.contains(r"[\x{ff01}-\x{ff5e}]")
    return unwrapped(pl.when(is_wide).then(plain.str.normalize("NFKC")).otherwise(plain))


def says_nobody(text: pl.Expr) -> pl.Expr:
    """Whether a cell that should name somebody says that there is nobody, or nobody yet: `n/a`, `TBD`, `to be assigned`."""
    plain = text.str.strip_chars().str.to_lowercase()
    return (plain.is_in(NO_VALUE_WORDS) | plain.str.contains(NOBODY_YET)).fill_null(value=False)


def is_nobody(reference: pl.Expr) -> pl.Expr:
    """Whether the id or address of a person is nobody's: such a word, or a number that stands for none. As a part of a record's key -1 is a number like any other."""
    return says_nobody(reference) | reference.str.strip_chars().str.contains(_NO_NUMBER).fill_null(value=False)


def mail_of(value: str) -> str | None:
    """The address of a `mailto:` URI (RFC 6068), or of a bare address, without headers and escapes; None where there is none."""
    bare = value.strip()
    if bare.lower().startswith("mailto:"):
        bare = unquote(bare[7:].partition("?")[0])
    named = re.match(r"^[^<>]*<\s*(?:mailto:)?([^<>]+?)\s*>[;,.]?$", bare, re.IGNORECASE)
    bare = re.sub(_GUEST, r"\1@\2", (named[1] if named else bare).strip(" <>;,"))
    return bare if "@" in bare and not re.match(_OF_EXCHANGE, bare) else None


def spelled(words: Iterable[str]) -> list[str]:
    """Words as they are written: small, capital and with a first capital; far cheaper to look up than every value folded."""
    return sorted({form for word in words for form in (word, word.upper(), word.capitalize())})
