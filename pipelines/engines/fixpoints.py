"""Recursive queries with `union`, for engines that only know `union all` there: what is reached is worked out round by round, until a round brings nothing new.

Following `union all` alone would never end where rows lead back to each other, as identities and copies of meetings do.
"""

from typing import NamedTuple, TypeVar

from sqlglot import exp

Tree = TypeVar("Tree", bound=exp.Expr)


class Fixpoint(NamedTuple):
    """name: under which `step` and the rest of the query read what was found so far. start: the first rows. step: the rows that follow from the newest ones.

    helpers: what the step reads beside them, by the name under which it does; each a query of its own.
    """

    name: str
    start: exp.Query
    step: exp.Query
    helpers: dict[str, exp.Query]


def cut_fixpoints(tree: exp.Expr, prefix: str) -> list[Fixpoint]:
    """Take the recursions with `union` out of a tree, which reads views of these names instead. prefix: of the names, one for each query."""
    block = tree.args.get("with_")
    if not block or not block.recursive:
        return []
    found = []
    for cte in list(block.expressions):
        union = cte.this
        if isinstance(union, exp.Union) and union.args.get("distinct") and _reads(union.expression, cte.alias):
            before = block.expressions[: block.expressions.index(cte)]
            found.append(_fixpoint(cte, before, prefix))
            cte.pop()
            _renamed(tree, {cte.alias: found[-1].name})
    if not any(_reads(cte.this, cte.alias) for cte in block.expressions):
        block.set("recursive", False)
    return found


def _fixpoint(cte: exp.CTE, before: list[exp.CTE], prefix: str) -> Fixpoint:
    first, following = cte.this.this.copy(), cte.this.expression.copy()
    read = [other for other in before if _reads(following, other.alias)]
    names = {other.alias: f"{prefix}_{other.alias}" for other in (cte, *read)}
    helpers = {names[other.alias]: _with(before[: before.index(other)], other.this.copy()) for other in read}
    return Fixpoint(names[cte.alias], _with(before, first), _renamed(following, names), helpers)


def _with(before: list[exp.CTE], query: exp.Query) -> exp.Query:
    """The query with those of the tables before it that it needs, through others too."""
    needed: list[exp.CTE] = []
    for cte in before[::-1]:
        if any(_reads(reader, cte.alias) for reader in (query, *(other.this for other in needed))):
            needed.insert(0, cte)
    if needed:
        query.set("with_", exp.With(expressions=[cte.copy() for cte in needed]))
    return query


def _reads(query: exp.Expr, name: str) -> bool:
    return any(table.name == name and not table.db for table in query.find_all(exp.Table))


def _renamed(query: Tree, names: dict[str, str]) -> Tree:
    for table in query.find_all(exp.Table):
        if table.name in names and not table.db:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name, quoted=True)))
            table.set("this", exp.to_identifier(names[table.name], quoted=True))
    return query
