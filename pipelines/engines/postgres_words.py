"""What PostgreSQL says in other words, beyond what sqlglot knows."""

from sqlglot import exp


def in_postgres(template: str, **parts: exp.Expr) -> exp.Expr:
    """The expression of `template` in PostgreSQL's words, where `:name` stands for a part."""
    tree: exp.Expr = exp.maybe_parse(template, dialect="postgres")
    return exp.replace_placeholders(tree, **{name: part.copy() for name, part in parts.items()})


def any_values(tree: exp.Expr) -> None:
    """`any_value(x order by y)`: the first that isn't null."""
    for call in list(tree.find_all(exp.AnyValue)):
        outer = call.parent if isinstance(call.parent, exp.IgnoreNulls) else call
        value = call.this.this if isinstance(call.this, exp.Order) else call.this
        _first(outer, call.this.copy(), exp.paren(value.copy()).is_(exp.null()).not_())


def lists(tree: exp.Expr) -> None:
    """Functions of lists: queries over their elements."""
    for total in _called(tree, "list_sum"):
        total.replace(in_postgres("(select sum(x) from unnest(:rows) as elements(x))", rows=total.expressions[0]))
    for length in [node for node in tree.find_all(exp.Length) if isinstance(node.this, exp.ArrayFilter)]:
        length.replace(in_postgres("cardinality(:rows)", rows=length.this))
    for ordered in list(tree.find_all(exp.ArraySort)):
        ordered.replace(in_postgres("(select array_agg(x order by x) from unnest(:rows) as elements(x))", rows=ordered.this))  # fmt: skip
    for distinct in list(tree.find_all(exp.ArrayDistinct)):
        distinct.replace(in_postgres("array(select distinct x from unnest(:rows) as elements(x))", rows=distinct.this))


def _called(tree: exp.Expr, name: str) -> list[exp.Anonymous]:
    return [node for node in tree.find_all(exp.Anonymous) if node.name.lower() == name]


def digests(tree: exp.Expr) -> None:
    """`md5_number_lower(text)`: the second half of the digest, as an unsigned number of 64 bits, its first byte the smallest."""
    for call in _called(tree, "md5_number_lower"):
        call.replace(in_postgres(f"(select {HALF} from (select decode(md5(:text), 'hex') as d offset 0) as digest)", text=call.expressions[0]))  # fmt: skip


# PostgreSQL has no unsigned number of 64 bits, so the last byte is added as a decimal. `offset 0` above keeps it from working out the digest once for each byte.
HALF = f"({' + '.join(f'(get_byte(d, {8 + place})::bigint << {8 * place})' for place in range(7))})::numeric + get_byte(d, 15) * 72057594037927936::numeric"


def extremes(tree: exp.Expr) -> None:
    """`arg_max(x, y)`: the first of those with a known x, by y."""
    for call in list(tree.find_all(exp.ArgMax, exp.ArgMin)):
        by = call.expression
        known = call.this.copy().is_(exp.null()).not_()
        if not isinstance(by, exp.Tuple):
            known = exp.and_(known, by.copy().is_(exp.null()).not_())
        order = exp.Ordered(this=by.copy(), desc=isinstance(call, exp.ArgMax), nulls_first=False)
        _first(call, exp.Order(this=call.this.copy(), expressions=[order]), known)


def _first(call: exp.Expr, ordered: exp.Expr, condition: exp.Expr) -> None:
    """Put the first of the ordered values that meet the condition, and that of a filter around the call, in the place of both."""
    if isinstance(call.parent, exp.Filter):
        call = call.parent
        condition = exp.and_(condition, call.expression.this)
    rows = exp.Filter(this=exp.ArrayAgg(this=ordered), expression=exp.Where(this=condition))
    call.replace(in_postgres("(:rows)[1]", rows=rows))


def unsigned(tree: exp.Expr) -> None:
    """Unsigned numbers of 64 bits, which don't fit into a `bigint`."""
    for kind in list(tree.find_all(exp.DataType)):
        if kind.this == exp.DataType.Type.UBIGINT:
            kind.replace(exp.DataType.build("decimal(20, 0)"))


def joins_with_nulls(tree: exp.Expr) -> None:
    """`is not distinct from` in a join: beside it an equality, since PostgreSQL hashes and sorts by nothing else."""
    for join in tree.find_all(exp.Join):
        for pair in list(join.args["on"].find_all(exp.NullSafeEQ)) if join.args.get("on") else []:
            alike = in_postgres("coalesce((:a)::text, '') = coalesce((:b)::text, '')", a=pair.left, b=pair.right)
            pair.replace(exp.paren(exp.and_(pair.copy(), alike)))


PRODUCT = "create or replace aggregate main.product(double precision) (sfunc = float8mul, stype = double precision)"
"""The aggregate that `products` asks for; `main` is on the search path."""


def products(tree: exp.Expr) -> None:
    """`product(x)`: multiplied one by one as DuckDB does it. By logarithms the last digits would be others, and whether a curve ends at 1 hangs on them."""
    for call in _called(tree, "product"):
        call.set("expressions", [exp.cast(call.expressions[0], exp.DataType.Type.DOUBLE)])


def bounds_of_numbers(tree: exp.Expr) -> None:
    """PostgreSQL refuses powers that are too small or too large for a number; elsewhere they are 0 and infinite."""
    for call in list(tree.find_all(exp.Exp, exp.Pow))[::-1]:
        if isinstance(call, exp.Exp):
            size = call.this
        elif isinstance(call.expression, exp.Literal):
            continue
        else:
            size = in_postgres("case when :base > 0 then :exponent * ln(:base) end", base=exp.paren(call.this.copy()), exponent=exp.paren(call.expression.copy()))  # fmt: skip
        call.replace(in_postgres("case when :size < -700 then 0.0::double precision when :size > 700 then 'infinity'::double precision else :power end", size=exp.paren(size.copy()), power=call.copy()))  # fmt: skip


def json_texts(tree: exp.Expr) -> None:
    """JSON that stands in a column of text."""
    for call in list(tree.find_all(exp.JSONExtractScalar)):
        call.set("this", in_postgres("(:text)::json", text=call.this))


def series(tree: exp.Expr) -> None:
    """`unnest(range(...))` in a select: a series is rows already."""
    for call in list(tree.find_all(exp.Explode)):
        if isinstance(call.this, exp.GenerateSeries):
            call.replace(call.this)


def nan(tree: exp.Expr) -> None:
    """`isnan(x)`: a number like any other there, equal to itself."""
    for call in list(tree.find_all(exp.IsNan)):
        call.replace(in_postgres("(:x) = 'NaN'::double precision", x=call.this))


POSTGRES = (
    any_values,
    extremes,
    products,
    lists,
    digests,
    nan,
    bounds_of_numbers,
    json_texts,
    joins_with_nulls,
    series,
    unsigned,
)
