"""Answers as tools and people write them: which say nothing, and which number the others are."""

import unicodedata

import polars as pl

from pipelines.sources.shared.surveys.catalogue import Question
from pipelines.sources.shared.surveys.pictures import one_form, without_pictures

NO_ANSWER = frozenset(
    "n/a|na|n.a|n. a|#n/a|-|--|---|–|—|null|nan|(blank)|not applicable|not answered|no answer|no response|no opinion|don't know|do not know|i don't know|unsure|not sure|cannot say|can't say|"
    "prefer not to say|prefer not to answer|rather not say|skipped|keine angabe|k.a|k. a|keine antwort|keine meinung|weiß nicht|weiss nicht|ich weiß nicht|nicht zutreffend|nicht beantwortet|möchte ich nicht sagen|"
    "sans réponse|pas de réponse|sans objet|sans avis|sans opinion|non applicable|non concerné|ne sait pas|je ne sais pas|ne se prononce pas|nsp|je préfère ne pas répondre|préfère ne pas répondre|"
    "no sabe|no sé|no contesta|ns/nc|no aplica|no procede|sin respuesta|prefiero no contestar|prefiero no decirlo|prefiero no responder|non so|non applicabile|preferisco non rispondere|nessuna risposta|weet niet|niet van toepassing|não sei|prefiro não responder".split(
        "|"
    )
)
"""What people choose or tools write where nothing was answered; as `folded_answer` writes it. `trifft nicht zu` is an answer."""
_QUOTES = str.maketrans("’‘´`“”„", "''''\"\"\"")
_NUMBER = r"(\d{1,3}(?:[.,]\d{1,2})?)"
_LABELLED = rf"^[(\[]?\s*{_NUMBER}\s*(?:[-–—=:.)(\]]\s*|\s+)\p{{L}}.*$"
_AT_THE_END = rf"^\p{{L}}[^\d]*[(\[\-–—=:]\s*{_NUMBER}\s*[)\]]?$"
_OUT_OF = rf"^{_NUMBER}\s*(?:/|of|out of|von|sur|de|di|van|su)\s*(\d{{1,3}})$"
_SEVERAL = rf"(?i)^{_NUMBER}\s*(?:or|to|and|bis|oder|und|ou|et|à|o|e|y|a|of|tot|en)\s*\d"
"""`3 or 4` is no answer on a scale, and neither of both."""
_DECIMAL_COMMA = r"^(-?\d+),(\d{1,2})$"
_STARS = r"^[★⭐]+[☆\s]*$"


def folded_answer(text: str) -> str:
    """An answer in words for comparison: without case, marks at its end, curly quotation marks and doubled blanks."""
    plain = " ".join(one_form(unicodedata.normalize("NFKC", text)).translate(_QUOTES).split()).casefold()
    return plain.rstrip(" .!") or plain


def answered(text: pl.Expr, question: Question) -> pl.Expr:
    """The answer, null for words that say nothing; the options of a choice are kept as they are."""
    if question.kind in ("choice", "text"):
        return text
    return pl.when(~text.map_batches(says_nothing, return_dtype=pl.Boolean())).then(text)


def says_nothing(texts: pl.Series) -> pl.Series:
    """Which texts only say that nothing was answered."""
    words = {text: folded_answer(text) in NO_ANSWER for text in texts.unique().drop_nulls()}
    return texts.replace_strict(words, default=False, return_dtype=pl.Boolean)


def number_of(text: pl.Expr, question: Question) -> pl.Expr:
    """The number that an answer is; null for none. On a scale a step may have its words beside it: `4 - Agree`, `Agree (4)`, `4/5`, `80 %`, `★★★★`."""
    return text.map_batches(lambda texts: _numbers(texts, question), return_dtype=pl.Float64())


def _numbers(texts: pl.Series, question: Question) -> pl.Series:
    """Patterns are tried on what is no plain number, each text once: most exports hold plain numbers alone, and a pattern costs more to make ready than to use."""
    texts = _in_digits(texts)
    plain = texts.str.replace(_DECIMAL_COMMA, "${1}.${2}").cast(pl.Float64, strict=False)
    worded = texts.filter(plain.is_null()).drop_nulls().unique()
    if worded.is_empty() or question.scale_min is None or question.scale_max is None:
        return plain
    found = pl.select(_worded_number(pl.lit(worded), f"{question.scale_max:g}")).to_series()
    return plain.fill_null(texts.replace_strict(worded, found, default=None, return_dtype=pl.Float64()))


def _in_digits(texts: pl.Series) -> pl.Series:
    """Numbers of other scripts, and those beside a picture, as plain numbers."""
    odd = texts.filter(texts.str.contains(r"[^\x00-\x7f]")).unique().drop_nulls()
    return texts.replace(odd, [without_pictures(text) for text in odd]) if odd.len() else texts


def _worded_number(text: pl.Expr, top: str) -> pl.Expr:
    out_of = pl.when(text.str.extract(f"(?i){_OUT_OF}", 2) == top).then(_number(text, f"(?i){_OUT_OF}"))
    percent = _number(text, rf"^{_NUMBER}\s*%$") if top == "100" else pl.lit(None, pl.Float64)
    stars = pl.when(text.str.contains(_STARS)).then(text.str.count_matches("[★⭐]").cast(pl.Float64))
    is_out_of = text.str.contains(f"(?i){_OUT_OF}")
    labelled = pl.when(~is_out_of & ~text.str.contains(_SEVERAL)).then(
        pl.coalesce(_number(text, _LABELLED), _number(text, _AT_THE_END))
    )
    return pl.coalesce(out_of, percent, stars, labelled)


def _number(text: pl.Expr, pattern: str) -> pl.Expr:
    return text.str.extract(pattern, 1).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
