"""What Spark says in other words, beyond what sqlglot knows. ANSI mode is on, as it is by default since Spark 4."""

from sqlglot import exp

from pipelines.engines.rewrites import NotTranslated

DOUBLE = exp.DataType.Type.DOUBLE


def in_spark(template: str, **parts: exp.Expr) -> exp.Expr:
    """The expression of `template` in Spark's words, where `:name` stands for a part."""
    tree: exp.Expr = exp.maybe_parse(template, dialect="spark")
    return exp.replace_placeholders(tree, **{name: part.copy() for name, part in parts.items()})


def without_database(tree: exp.Expr) -> None:
    """Schemas stand by themselves there."""
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)


def fractions(tree: exp.Expr) -> None:
    """`0.5` is a floating-point number: as a decimal it would cut what it is multiplied with after some places."""
    for number in list(tree.find_all(exp.Literal)):
        if not number.is_string and "." in number.name:
            number.replace(exp.cast(number.copy(), DOUBLE))


def recursions(tree: exp.Expr) -> None:
    """`union` in a recursive query isn't known there; what is reached by it is worked out before (fixpoints.py)."""
    for block in tree.find_all(exp.With):
        for cte in block.expressions if block.recursive else ():
            union = cte.this
            if isinstance(union, exp.Union) and union.args.get("distinct") and any(table.name == cte.alias for table in union.expression.find_all(exp.Table)):  # fmt: skip
                raise NotTranslated(f"union in the recursive query {cte.alias}, which isn't the first of its model, has no words in spark")  # fmt: skip


def dates_apart(tree: exp.Expr) -> None:
    """A day minus a day is a number of days."""
    for apart in list(tree.find_all(exp.Sub))[::-1]:
        if all(side.type and side.type.is_type(exp.DataType.Type.DATE) for side in (apart.left, apart.right)):
            apart.replace(in_spark("datediff(:later, :earlier)", later=apart.left, earlier=apart.right))


def any_values(tree: exp.Expr) -> None:
    """`any_value(x order by y)`: the first that isn't null."""
    for call in list(tree.find_all(exp.AnyValue)):
        outer = call.parent if isinstance(call.parent, exp.IgnoreNulls) else call
        value = call.this.this if isinstance(call.this, exp.Order) else call.this
        order = [part.this for part in call.this.expressions] if isinstance(call.this, exp.Order) else []
        first = in_spark("min_by(:x, :y)", x=value, y=_sorted_like_duckdb(order)) if order else in_spark("min(:x)", x=value)  # fmt: skip
        _filtered(outer, first, exp.paren(value.copy()).is_(exp.null()).not_())


def extremes(tree: exp.Expr) -> None:
    """`arg_max(x, y)`: of those with a known x."""
    for call in list(tree.find_all(exp.ArgMax, exp.ArgMin)):
        by = call.expression
        many = isinstance(by, exp.Tuple)
        known = call.this.copy().is_(exp.null()).not_()
        if not many:
            known = exp.and_(known, by.copy().is_(exp.null()).not_())
        name = "max_by" if isinstance(call, exp.ArgMax) else "min_by"
        order = _sorted_like_duckdb(by.expressions if many else [by])
        _filtered(call, in_spark(f"{name}(:x, :y)", x=call.this, y=order), known)


def _sorted_like_duckdb(columns: list[exp.Expr]) -> exp.Expr:
    """A struct that sorts with nulls last."""
    parts = [part for column in columns for part in (exp.paren(column.copy()).is_(exp.null()), column.copy())]
    return exp.func("struct", *parts, dialect="spark")


def _filtered(call: exp.Expr, instead: exp.Expr, condition: exp.Expr) -> None:
    if isinstance(call.parent, exp.Filter):
        call = call.parent
        condition = exp.and_(condition, call.expression.this)
    call.replace(exp.Filter(this=instead, expression=exp.Where(this=condition)))


def windows_with_filters(tree: exp.Expr) -> None:
    """`sum(x) filter (where c) over w`: no filter may stand there."""
    for window in list(tree.find_all(exp.Window)):
        if isinstance(window.this, exp.Filter):
            call, condition = window.this.this.copy(), window.this.expression.this
            value = exp.Literal.number(1) if isinstance(call.this, exp.Star) else call.this
            call.set("this", exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())]))
            window.set("this", call)


def numbered_rows(tree: exp.Expr) -> None:
    """`row_number()` in any order: an order must be named all the same."""
    for window in tree.find_all(exp.Window):
        if isinstance(window.this, exp.RowNumber) and not window.args.get("order"):
            window.set("order", exp.Order(expressions=[exp.Ordered(this=exp.null(), nulls_first=True)]))


def divisions(tree: exp.Expr) -> None:
    """What is divided by 0 is null; in ANSI mode the whole query would end, in a branch too whose condition isn't met."""
    for division in list(tree.find_all(exp.Div))[::-1]:
        whole, part = division.left, division.right
        division.replace(in_spark("try_divide(cast(:whole as double), cast(:part as double))", whole=whole, part=part))


def lists(tree: exp.Expr) -> None:
    """Lists in an order, and functions of lists."""
    for gathered in list(tree.find_all(exp.ArrayAgg)):
        if isinstance(gathered.this, exp.Order):
            value, order = gathered.this.this, [part.this for part in gathered.this.expressions]
            rows = in_spark("transform(array_sort(collect_list(struct(:o as o, :x as x))), s -> s.x)", o=_sorted_like_duckdb(order), x=value)  # fmt: skip
            gathered.replace(rows)
    for words in list(tree.find_all(exp.GroupConcat)):
        value = words.this.this if isinstance(words.this, exp.Order) else words.this
        value = value.expressions[0] if isinstance(value, exp.Distinct) else value
        separator = words.args.get("separator") or exp.Literal.string(",")
        words.replace(in_spark("array_join(array_sort(collect_set(:x)), :by)", x=value, by=separator))
    for total in _called(tree, "list_sum"):
        total.replace(in_spark("aggregate(:rows, cast(0 as double), (a, b) -> a + b)", rows=total.expressions[0]))
    for length in [node for node in tree.find_all(exp.Length) if isinstance(node.this, exp.ArrayFilter)]:
        length.replace(in_spark("size(:rows)", rows=length.this))
    for part in list(tree.find_all(exp.Bracket)):
        if isinstance(part.expressions[0], exp.Slice):
            piece = part.expressions[0]
            part.replace(in_spark("slice(:rows, :first, :last - :first + 1)", rows=part.this, first=piece.this, last=piece.expression))  # fmt: skip


def medians(tree: exp.Expr) -> None:
    """`quantile_disc(x, q)` of whatever can be ordered, days too."""
    for call in list(tree.find_all(exp.PercentileDisc)):
        value, share = call.this, call.expression
        call.replace(in_spark("element_at(array_sort(collect_list(:x)), cast(greatest(1, ceil(:q * count(:x))) as int))", x=value, q=share))  # fmt: skip


def products(tree: exp.Expr) -> None:
    """`product(x)`: multiplied one by one."""
    for call in _called(tree, "product"):
        window = call.parent if isinstance(call.parent, exp.Window) else None
        gathered: exp.Expr = in_spark("collect_list(cast(:x as double))", x=call.expressions[0])
        if window:
            over = window.copy()
            over.set("this", gathered)
            gathered = over
        (window or call).replace(in_spark("case when size(:rows) > 0 then aggregate(:rows, cast(1 as double), (a, b) -> a * b) end", rows=gathered))  # fmt: skip


def digests(tree: exp.Expr) -> None:
    """`md5_number_lower(text)`: the second half of the digest, its first byte the smallest."""
    half = ", ".join(f"substr(md5(:text), {place}, 2)" for place in range(31, 16, -2))
    for call in _called(tree, "md5_number_lower"):
        call.replace(in_spark(f"cast(conv(concat({half}), 16, 10) as decimal(20, 0))", text=call.expressions[0]))


def unsigned(tree: exp.Expr) -> None:
    """Unsigned numbers of 64 bits, which don't fit into a `bigint`."""
    for kind in list(tree.find_all(exp.DataType)):
        if kind.this == exp.DataType.Type.UBIGINT:
            kind.replace(exp.DataType.build("decimal(20, 0)"))


def series(tree: exp.Expr) -> None:
    """`cast(unnest(range(...)) as integer)`: rows may be made only at the outside of a column."""
    for cast in list(tree.find_all(exp.Cast)):
        if isinstance(cast.this, exp.Explode):
            rows = cast.this.this
            kind = cast.to.sql("spark")
            cast.replace(exp.Explode(this=in_spark(f"cast(:rows as array<{kind}>)", rows=rows)))


def _called(tree: exp.Expr, name: str) -> list[exp.Anonymous]:
    return [node for node in tree.find_all(exp.Anonymous) if node.name.lower() == name]


SPARK = (recursions, without_database, fractions, dates_apart, extremes, any_values, windows_with_filters, numbered_rows, divisions, lists, medians, products, digests, unsigned, series)  # fmt: skip
