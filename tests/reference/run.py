"""Recompute every reference case from the library's public functions: `python -m tests.reference.run [cases.json] [data folder] [--brief]`.

Prints, for each figure, expected, computed, difference and pass or fail. Traps are recomputed and shown as traps, a refusal must also be refused by the
verdict rules, and simulations are named with the command that runs them. With --brief passing cases show their largest difference only.
A case that names an `estimator` is computed by it, whatever its id (tests/reference/declared.py): bring your own data and figures.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from pathlib import Path

from tests.reference import computed_effects, computed_small, computed_survival, declared

HERE = Path(__file__).parent
COMPUTED = {**computed_survival.CASES, **computed_effects.CASES, **computed_small.CASES}
GIVEN = ("truth", "truth_hr")  # planted by the generator, not estimated
USUAL = {"kind": "reference", "tolerance": {"abs": 1e-6}}
"""What a case needn't say."""
TRAP_WORDS = "TRAP: this analysis is wrong; the product refuses to show it as an effect"


@dataclass(frozen=True)
class Figure:
    name: str
    expected: object
    computed: object
    difference: float
    passed: bool


@dataclass(frozen=True)
class Result:
    case: dict
    figures: list[Figure]
    note: str

    @property
    def state(self) -> str:
        if self.case["kind"] == "simulation":
            return "SIMULATION"
        return "pass" if self.figures and all(figure.passed for figure in self.figures) else "FAIL"


def leaves(expected: object, computed: object, name: str = "") -> Iterator[tuple[str, object, object]]:
    """Pairs of figures by name; what is missing on the computed side is None, so that it fails."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            inner = computed.get(key) if isinstance(computed, dict) else None
            yield from leaves(value, inner, f"{name}.{key}" if name else str(key))
    elif isinstance(expected, list):
        for i, value in enumerate(expected):
            inner = computed[i] if isinstance(computed, list) and i < len(computed) else None
            yield from leaves(value, inner, f"{name}[{i}]")
    else:
        yield name, expected, computed


def compare(name: str, expected: object, computed: object, tolerance: dict) -> Figure:
    if not isinstance(expected, Real) or not isinstance(computed, Real):
        return Figure(name, expected, computed, 0.0 if expected == computed else float("nan"), expected == computed)
    gap = abs(float(computed) - float(expected))
    allowed = max(tolerance.get("abs", 0.0), tolerance.get("coef_abs", 0.0))
    allowed = max(allowed, tolerance.get("rel", 0.0) * abs(float(expected)))
    return Figure(name, expected, computed, gap, gap <= allowed)


def recompute(case: dict, data: Path) -> Result:
    if case["kind"] == "simulation":
        return Result(case, [], "run `make simulate`")
    by_name = "estimator" in case or case["id"] not in COMPUTED
    try:
        computed = declared.computed(data, case) if by_name else COMPUTED[case["id"]](data, case)
    except declared.UnknownEstimator as problem:
        return Result(case, [], str(problem))
    expected = case["expected"]
    if isinstance(expected, dict):
        expected = {key: value for key, value in expected.items() if key not in GIVEN}
    figures = [compare(*leaf, case["tolerance"]) for leaf in leaves(expected, computed)]
    note = TRAP_WORDS if case["kind"] == "trap" else ""
    if case["kind"] == "refusal":
        verdict = computed_effects.verdict_of(data, "psid_controls", dehejia_wahba=True)
        note = f"{verdict.verdict.upper()}: {'; '.join(verdict.reasons)}"
        figures.append(Figure("verdict", "no figure shown", verdict.verdict, 0.0, not verdict.shows_figure))
    return Result(case, figures, note)


def shown(value: object) -> str:
    if isinstance(value, dict):
        return f"one of {', '.join(f'{key!r}' for key in value)}"
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def lines(result: Result, *, every: bool) -> Iterator[str]:
    worst = max((figure.difference for figure in result.figures), default=0.0)
    tolerance = ", ".join(f"{name} {value}" for name, value in result.case["tolerance"].items())
    head = f"{result.state:<10} {result.case['id']:<24} {result.case['kind']:<10} {len(result.figures):>3} figures"
    yield f"{head}  largest difference {worst:.1e} (tolerance {tolerance})"
    if result.note:
        yield f"           {result.note}"
    for figure in result.figures:
        if every or not figure.passed:
            mark = "pass" if figure.passed else "FAIL"
            figures = f"expected {shown(figure.expected):>18}  computed {shown(figure.computed):>18}"
            yield f"           {figure.name:<34} {figures}  difference {figure.difference:.1e}  {mark}"


def main(arguments: list[str]) -> int:
    paths = [argument for argument in arguments if not argument.startswith("--")]
    cases = Path(paths[0]) if paths else HERE / "expected.json"
    data = Path(paths[1]) if len(paths) > 1 else (HERE / "data" if not paths else cases.parent)
    began = time.perf_counter()
    results = []
    for place, given in enumerate(json.loads(cases.read_text(encoding="utf-8"))["cases"], start=1):
        case = {"id": f"case {place}", **USUAL, **given}
        try:
            result = recompute(case, data)
        except (OSError, ValueError, KeyError) as problem:
            result = Result(case, [], f"{type(problem).__name__}: {problem}")
        results.append(result)
        for line in lines(result, every="--brief" not in arguments):
            sys.stdout.write(line + "\n")
    states = [result.state for result in results]
    passed, failed, left = (states.count(state) for state in ("pass", "FAIL", "SIMULATION"))
    seconds = time.perf_counter() - began
    sys.stdout.write(
        f"\n{passed} passed, {failed} failed, {left} simulations not run here; {len(results)} cases in {seconds:.1f} s\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
