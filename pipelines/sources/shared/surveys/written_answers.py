"""Answers as tools and people write them: which say nothing, and which number the others are."""

import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.sources.shared.surveys.catalogue import Question
from pipelines.sources.shared.surveys.export import cleaned
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


def written_answers(
    rows: pl.DataFrame, kept: Sequence[str], columns: Mapping[str, str], questions: Sequence[Question]
) -> pl.DataFrame:
    """One row per response and question, question by question: the columns `kept`, `question_id`, `__position`, `__is_choice`, `__low`, `__high`;
    `__text`, null for words that say nothing, but the options of a choice as they are; and `__number`, the number that the answer is.

    columns: question to its column of `rows`. On a scale a step may have its words beside it: `4 - Agree`, `Agree (4)`, `4/5`, `80 %`, `★★★★`. All questions are read at
    once, since a pattern costs more to make ready than to use.
    """
    spread = rows.select(
        *kept, *(cleaned(columns[one.question_id]).alias(f"{at}") for at, one in enumerate(questions))
    ).unpivot(index=kept, variable_name="__at", value_name="__text")
    cells = spread.join(_asked(questions), on="__at", how="left", maintain_order="left").drop("__at")
    nothing = says_nothing(cells["__text"]) & ~cells["__as_it_is"]
    top = pl.when(pl.col("__low").is_not_null()).then("__high")
    numbers = _numbers(cells["__text"], cells.select(top).to_series())
    text = pl.when(~nothing).then("__text")
    return cells.with_columns(text.alias("__text"), numbers.alias("__number")).drop("__as_it_is")


def _asked(questions: Sequence[Question]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                f"{at}",
                one.question_id,
                at,
                one.kind == "choice",
                one.kind in ("choice", "text"),
                one.scale_min,
                one.scale_max,
            )
            for at, one in enumerate(questions)
        ],
        schema={
            "__at": pl.String,
            "question_id": pl.String,
            "__position": pl.Int64,
            "__is_choice": pl.Boolean,
            "__as_it_is": pl.Boolean,
            "__low": pl.Float64,
            "__high": pl.Float64,
        },
        orient="row",
    )


def says_nothing(texts: pl.Series) -> pl.Series:
    """Which texts only say that nothing was answered."""
    words = [text for text in texts.unique().drop_nulls() if folded_answer(text) in NO_ANSWER]
    return texts.is_in(words)


def _numbers(texts: pl.Series, tops: pl.Series) -> pl.Series:
    """Patterns are tried on what is no plain number, each text of a scale once: most exports hold plain numbers alone. tops: the scale's end, null for an open one."""
    texts = _in_digits(texts)
    plain = texts.str.replace(_DECIMAL_COMMA, "${1}.${2}").cast(pl.Float64, strict=False)
    told = pl.DataFrame([texts.alias("text"), tops.alias("top"), plain.alias("plain")])
    worded = told.filter(pl.col("plain").is_null()).drop_nulls(["text", "top"]).select("text", "top").unique()
    if worded.is_empty():
        return plain
    found = pl.concat(
        one.with_columns(_worded_number(pl.col("text"), f"{top:g}").alias("found"))
        for (top,), one in worded.partition_by("top", as_dict=True).items()
    )
    with_words = told.join(found, on=["text", "top"], how="left", maintain_order="left")
    return with_words.select(pl.coalesce("plain", "found")).to_series()


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
