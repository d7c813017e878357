"""Rewrites that every other engine needs: words of DuckDB that stand for a longer query, written out.

Each takes a tree whose stars are spelt out and whose columns name their table, and changes it in place.
"""

from sqlglot import exp

NEIGHBOUR = "asof_neighbour"


def built(template: str, **parts: exp.Expr) -> exp.Expr:
    """The expression of `template`, where `:name` stands for a part, in DuckDB's words."""
    tree: exp.Expr = exp.maybe_parse(template, dialect="duckdb")
    return exp.replace_placeholders(tree, **{name: part.copy() for name, part in parts.items()})


def group_by_all(tree: exp.Expr) -> None:
    """`group by all`: the columns that aren't aggregates, written out."""
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group and group.args.get("all"):
            keys = [column.unalias() for column in select.expressions if _is_group_key(column.unalias())]
            select.set("group", exp.Group(expressions=[key.copy() for key in keys]) if keys else None)


def _is_group_key(column: exp.Expr) -> bool:
    aggregates = any(_is_of(node, column) for node in column.find_all(exp.AggFunc))
    return not aggregates and any(_is_of(node, column) for node in column.find_all(exp.Column))


def _is_of(node: exp.Expr, column: exp.Expr) -> bool:
    """Whether a node belongs to the column's own query, not to one in brackets within it."""
    inner = node.find_ancestor(exp.Subquery, exp.Exists, exp.Select)
    return inner is None or inner not in set(column.find_all(exp.Subquery, exp.Exists, exp.Select))


def union_by_name(tree: exp.Expr) -> None:
    """`union all by name`: the columns of each part in one order, with null for what it lacks."""
    for union in list(tree.find_all(exp.SetOperation))[::-1]:
        if union.args.get("by_name"):
            names = list(dict.fromkeys([*union.this.named_selects, *union.expression.named_selects]))
            _arrange(union.this, names)
            _arrange(union.expression, names)
            union.set("by_name", False)


def _arrange(query: exp.Expr, names: list[str]) -> None:
    if isinstance(query, exp.SetOperation):
        _arrange(query.this, names)
        _arrange(query.expression, names)
        return
    select = query.unnest()
    given = {column.alias_or_name: column for column in select.expressions}
    select.set("expressions", [given.get(name) or exp.alias_(exp.null(), name, quoted=True) for name in names])


def qualify_clauses(tree: exp.Expr) -> None:
    """`qualify`: the query as a subquery, whose windows are columns that the outer query asks for."""
    for select in list(tree.find_all(exp.Select))[::-1]:
        condition = select.args.get("qualify")
        if condition:
            select.set("qualify", None)
            names = select.named_selects
            asked = _columns_asked(condition.this, select)
            outer = exp.select(*(exp.column(name, quoted=True) for name in names))
            _become(select, outer.from_(select.copy().subquery("qualified")).where(asked))


def _columns_asked(condition: exp.Expr, select: exp.Select) -> exp.Expr:
    """The condition on columns of the subquery, which gets one for each window and column in it."""
    asked = condition.copy()
    found = [node for node in asked.find_all(exp.Window, exp.Column) if not node.find_ancestor(exp.Window)]
    for number, node in enumerate(found):
        column = exp.column(f"qualify_{number}", quoted=True)
        select.select(exp.alias_(node.copy(), column.name, quoted=True), copy=False)
        if node is asked:
            return column
        node.replace(column)
    return asked


def _become(select: exp.Select, other: exp.Select) -> None:
    """Turn a query into another one where it stands, at the root too."""
    for part in [*select.args]:
        select.set(part, None)
    for part, value in other.args.items():
        select.set(part, value)


def asof_joins(tree: exp.Expr) -> None:
    """`asof join`: each row of the right side holds until the next one of its key, so that an ordinary join finds it."""
    for join in list(tree.find_all(exp.Join)):
        if join.method == "ASOF":
            _as_interval(join)


def _as_interval(join: exp.Join) -> None:
    conditions = list(join.args["on"].flatten()) if isinstance(join.args["on"], exp.And) else [join.args["on"]]
    name = join.this.alias_or_name
    keys = [condition for condition in conditions if isinstance(condition, exp.EQ)]
    bounds = [
        condition for condition in conditions if isinstance(condition, exp.Binary) and type(condition) in NEIGHBOURS
    ]
    if len(bounds) != 1 or len(keys) != len(conditions) - 1:
        raise NotTranslated(f"asof join on {join.args['on'].sql()}")
    neighbour, unless = NEIGHBOURS[type(bounds[0])]
    asked, since = bounds[0].left, bounds[0].right
    own = [
        side for key in keys for side in (key.left, key.right) if isinstance(side, exp.Column) and side.table == name
    ]
    beside = exp.Window(this=neighbour(this=since.copy()), partition_by=[key.copy() for key in own], order=_ordered(since))  # fmt: skip
    rows = exp.select("*", exp.alias_(beside, NEIGHBOUR, quoted=True)).from_(join.this.copy())
    limit = exp.column(NEIGHBOUR, table=name, quoted=True)
    join.set("this", rows.subquery(name))
    join.set("method", None)
    join.set("on", exp.and_(join.args["on"], exp.or_(unless(this=asked.copy(), expression=limit), limit.is_(exp.null()))))  # fmt: skip


NEIGHBOURS: dict[type[exp.Expr], tuple[type[exp.AggFunc], type[exp.Binary]]] = {exp.GTE: (exp.Lead, exp.LT), exp.GT: (exp.Lead, exp.LTE), exp.LTE: (exp.Lag, exp.GT), exp.LT: (exp.Lag, exp.GTE)}  # fmt: skip
"""How the day asked for compares -> which row beside the found one ends its time, and how the day compares with that."""


def _ordered(column: exp.Expr) -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=column.copy(), nulls_first=False)])


def doubles_as_text(tree: exp.Expr) -> None:
    """A floating-point number as text always has its point, as DuckDB writes it."""
    for cast in list(tree.find_all(exp.Cast)):
        of = cast.this.type
        if (
            cast.to.is_type(*exp.DataType.TEXT_TYPES)
            and of
            and of.is_type(exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)
        ):
            text = exp.cast(exp.cast(cast.this.copy(), exp.DataType.Type.DOUBLE), exp.DataType.Type.TEXT)
            cast.replace(built("case when :x = floor(:x) and abs(:x) < 1e15 then cast(cast(:x as bigint) as varchar) || '.0' else :text end", x=cast.this, text=text))  # fmt: skip


class NotTranslated(ValueError):
    """A construct that has no words in the other engine; the message names it."""


EVERYWHERE = (group_by_all, union_by_name, qualify_clauses, asof_joins, doubles_as_text)
