"""Icons of judgement. A circle speaks of variation, a square of what was agreed, so that the two are told apart without reading; words always stand beside them."""

from dashboards.design.blocks import esc, picture
from dashboards.design.tokens import palette

VARIATION = {
    "common": ("Usual variation", "grey"),
    "concern": ("Worse than usual", "concern"),
    "improvement": ("Better than usual", "accent"),
    "unknown": ("Too few months to tell", "grey"),
}
ASSURANCE = {
    "pass": ("Meets the agreed level", "accent"),
    "fail": ("Will miss it unless something changes", "concern"),
    "hit_miss": ("Sometimes meets it", "grey"),
    "unknown": ("Can't tell yet", "grey"),
}
GOAL = {
    "achieved": ("Achieved", "accent"),
    "achieved_within_margin": ("Achieved within the margin", "accent"),
    "on_track": ("On track", "accent"),
    "at_risk": ("At risk", "concern"),
    "off_track": ("Off track", "concern"),
    "missed": ("Missed", "concern"),
    "cannot_tell": ("Can't tell yet", "grey"),
}
TAGS = {"decide": "concern", "watch": "text", "steady": "accent", "ask": "text"}

_QUESTION = '<text x="12" y="16.6" text-anchor="middle" font-family="sans-serif" font-size="13" font-weight="700" fill="{c}">?</text>'
_LINE = 'fill="none" stroke="{c}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"'
_RING = '<circle cx="12" cy="12" r="10.5" fill="none" stroke="{c}" stroke-width="1.8"/>'
_OPEN_RING = '<circle cx="12" cy="12" r="10.5" fill="none" stroke="{c}" stroke-width="1.8" stroke-dasharray="3 2.4"/>'
_FRAME = '<rect x="1.5" y="1.5" width="21" height="21" rx="4" fill="none" stroke="{c}" stroke-width="1.8"/>'
_OPEN_FRAME = '<rect x="1.5" y="1.5" width="21" height="21" rx="4" fill="none" stroke="{c}" stroke-width="1.8" stroke-dasharray="3 2.4"/>'


def _level(y: float) -> str:
    return f'<path d="M4.5 {y}H19.5" stroke="{{c}}" stroke-width="1.8" stroke-dasharray="3 2"/>'


def _dots(*heights: float) -> str:
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="1.9" fill="{{c}}"/>' for x, y in zip((7, 12, 17), heights, strict=True)
    )


_VARIATION = {
    "common": _RING + f'<path d="M5 13l3-4 3.5 6 3.5-6 4 4" {_LINE}/>',
    "concern": _RING + f'<path d="M6 8l4 3 3 0 5 6m0-4.4V17h-4.4" {_LINE}/>',
    "improvement": _RING + f'<path d="M6 16l4-3 3 0 5-6m-4.4 0H18v4.4" {_LINE}/>',
    "unknown": _OPEN_RING + _QUESTION,
}
_ASSURANCE = {
    "pass": _FRAME + _level(16.5) + _dots(10, 7.5, 9.5),
    "fail": _FRAME + _level(7.5) + _dots(14, 16.5, 14.5),
    "hit_miss": _FRAME + _level(12) + _dots(8, 16, 8),
    "unknown": _OPEN_FRAME + _QUESTION,
}
_TICK = '<path d="M7 12.4l3.4 3.4L17 9" fill="none" stroke="{ink}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>'
_GOAL = {
    "achieved": '<circle cx="12" cy="12" r="10" fill="{c}"/>' + _TICK.replace("{ink}", "{bg}"),
    "achieved_within_margin": f'<circle cx="12" cy="12" r="9.4" {_LINE}/>' + _TICK.replace("{ink}", "{c}"),
    "on_track": f'<circle cx="12" cy="12" r="9" {_LINE}/><path d="M8 13.5L12 9l4 4.5" {_LINE}/>',
    "at_risk": f'<path d="M12 2.5L21.5 12 12 21.5 2.5 12z" {_LINE}/><path d="M12 7.5v5.5M12 16.2v.1" {_LINE}/>',
    "off_track": '<path d="M2.5 4.5h19L12 21z" fill="{c}" stroke="{c}" stroke-width="1.6" stroke-linejoin="round"/>'
    '<path d="M12 7.5v5M12 15.6v.1" stroke="{bg}" stroke-width="2.2" stroke-linecap="round"/>',
    "missed": '<rect x="3" y="3" width="18" height="18" rx="2" fill="{c}"/>'
    '<path d="M8 8l8 8M16 8l-8 8" stroke="{bg}" stroke-width="2.4" stroke-linecap="round"/>',
    "cannot_tell": _OPEN_RING + _QUESTION,
}
_TAG = {
    "decide": '<path d="M7 1l6 6-6 6-6-6z" fill="{c}"/>',
    "watch": '<circle cx="7" cy="7" r="5.4" fill="none" stroke="{c}" stroke-width="1.6"/><path d="M7 1.6a5.4 5.4 0 010 10.8z" fill="{c}"/>',
    "steady": '<circle cx="7" cy="7" r="5.4" fill="none" stroke="{c}" stroke-width="1.6"/>',
    "ask": '<circle cx="7" cy="7" r="5.4" fill="none" stroke="{c}" stroke-width="1.6" stroke-dasharray="2.4 2"/>',
}


def _icon(body: str, colour: str, words: str, size: int) -> str:
    colours = palette()
    return picture(body.replace("{c}", colours[colour]).replace("{bg}", colours["bg"]), words, size, size, (24, 24))


def variation(kind: str, size: int = 22, *, labelled: bool = False) -> str:
    """Circle: is this month unlike the months before? labelled: its words stand beside it."""
    words, colour = VARIATION[kind]
    return _icon(_VARIATION[kind], colour, "" if labelled else words, size)


def assurance(kind: str, size: int = 22, *, labelled: bool = False) -> str:
    """Square: is the agreed level met?"""
    words, colour = ASSURANCE[kind]
    return _icon(_ASSURANCE[kind], colour, "" if labelled else words, size)


def goal(status: str, size: int = 20, *, labelled: bool = False) -> str:
    """How a goal stands, each status with a shape of its own."""
    words, colour = GOAL[status]
    return _icon(_GOAL[status], colour, "" if labelled else words, size)


def rating(points: int, size: int = 11) -> str:
    """Five dots: how much the design can bear, fixed before results."""
    colours, step = palette(), size + 3
    dots = "".join(
        f'<circle cx="{size / 2 + place * step}" cy="{size / 2}" r="{size / 2 - 1}" fill="{colours["text"] if place < points else "none"}" '
        f'stroke="{colours["text" if place < points else "grey"]}" stroke-width="1.4"/>'
        for place in range(5)
    )
    return picture(dots, f"Rating {points} of 5", step * 5 - 3, size)


def tag(kind: str, words: str) -> str:
    """A word in a frame with its shape: decide, watch, steady, ask."""
    colour = palette()[TAGS[kind]]
    shape = picture(_TAG[kind].replace("{c}", colour), "", 11, 11, (14, 14))
    return f'<span class="tag {kind}">{shape}{esc(words)}</span>'


def legend() -> str:
    """Every icon with its words."""
    shown = [(variation(kind, labelled=True), words) for kind, (words, _) in VARIATION.items()]
    shown += [(assurance(kind, labelled=True), words) for kind, (words, _) in ASSURANCE.items()]
    shown += [(goal(kind, labelled=True), words) for kind, (words, _) in GOAL.items()]
    cells = "".join(f'<span class="ic">{icon}<span>{esc(words)}</span></span>' for icon, words in shown)
    return f'<div class="legend">{cells}</div>'
