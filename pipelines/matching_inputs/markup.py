"""Text that was copied or exported from a page, without the page's marks: tags, entities, and links behind a title."""

import html

import polars as pl

_BREAK = r"(?i)\s*</?(?:br|p|li|ul|ol|div|tr)(?:\s[^>]*)?/?>\s*"
_TAG = r"(?i)</?(?:span|strong|b|i|em|u|font|a|h\d|td|small|sup)(?:\s[^>]*)?>"
_LINK = r"\s*\((?:https?://|\.{1,2}/)[^()]*\)|\s*\([^()]*\.(?:md|csv)\)"
_MARKDOWN = r"\[([^\]]+)\]\((?:https?://|\.{0,2}/)[^)]*\)"
_LOOKUP = r"(^|;)#?\d+;#"
_MARKED = r";#|<[/a-zA-Z]|&#?\w+;|\]\(|\((?:https?:|\.{1,2}/)|\.md\)"


def is_marked(cells: pl.Series) -> bool:
    """Whether any cell has such marks: most columns have none, and taking them away costs more than looking."""
    return bool(cells.str.contains(_MARKED).any())


def without_markup(text: pl.Expr) -> pl.Expr:
    """The text alone: `SQL<br>Excel` as two lines, `R&amp;D` as R&D, `Kim Park (https://...)` and SharePoint's `12;#Kim Park` as Kim Park. An address in `<...>` stays."""
    plain = (
        text.str.replace_all(_LOOKUP, "${1}")
        .str.replace_all(_MARKDOWN, "${1}")
        .str.replace_all(_LINK, "")
        .str.replace_all(_BREAK, "\n")
        .str.replace_all(_TAG, "")
    )
    is_marked = text.str.contains(_MARKED)
    unescaped = pl.when(is_marked).then(plain).map_elements(html.unescape, return_dtype=pl.String)
    return pl.when(is_marked).then(unescaped.str.strip_chars(" \n")).otherwise(text)
