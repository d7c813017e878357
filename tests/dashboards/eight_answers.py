"""What the organisation of the demo asked for, each answer with the links that lead to it from the landing page.

`python -m tests.dashboards.eight_answers http://localhost:8501` looks on a dashboard of the demo that is running.
"""

import re
import sys
import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.chromium import find_chromium

DESKTOP = (1366, 768)
MOST_CLICKS = 2
MOST_WORDS = 250
"""On the landing page: a minute's reading."""


@dataclass(frozen=True)
class Answer:
    """clicks: names of the links, in order. says: patterns that must all stand on the page where they lead. on_one_screen: cards that must be seen without scrolling."""

    question: str
    clicks: tuple[str, ...]
    says: tuple[str, ...]
    on_one_screen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One answer as it was found: where, after how many clicks and seconds."""

    question: str
    clicks: int
    seconds: float
    title: str


ANSWERS = (
    Answer("Are new hires at full output sooner?", (), (r"Days to 80 % of the role's target [−+]\d+ days", r"Consistent with an effect|No clear difference")),
    Answer("Will 20 percent more of leadership be from under-represented groups in 18 months?", ("Representation",), (r"\d+% of leaders are in the group", r"the goal of \d+\.\d% (is|was)", r"The goal needs \d+ more by 1 March 2027")),
    Answer("How many of 100 students are guided?", ("Goals",), (r"\d+ of 100 count", r"100 final-year students")),
    Answer("Are project people's own goals set and updated monthly, and is their confidence rising?", ("Project confidence", "Learning"), (r"\d+% of people's own goals were reached; \d+% were kept up every month", r"Skill confidence, change")),
    Answer("What do mentors and mentees set out to learn, and do they reach it?", ("Project confidence", "Learning"), (r"Own goals by kind", r"Set by.*Mentee ?[\d,]+ ?\d+%", r"Set by.*Mentor ?[\d,]+ ?\d+%|No goal of a mentor is recorded")),
    Answer("Who passes knowledge to whom?", ("Learning",), (r"Who learns from whom", r"Hours held, from the mentors' department", r"Network reach")),
    Answer("Do people take part, meet and like it?", ("First 90 days",), (r"Participation", r"Satisfaction of mentees"), ("Participation", "Meetings a month", "Satisfaction of mentees")),
    Answer("What is it for, and what does it serve?", ("Inclusive leadership",), (r"“People from under-represented groups reach leadership as often as everybody else.”", r"Serves: Board resolution")),
)  # fmt: skip


def looked_up(page: Page, one: Answer) -> Found:
    """Begin on the landing page, follow the links, and see that the answer stands there."""
    page.goto("/")
    _drawn(page)
    began = time.monotonic()
    for name in one.clicks:
        link = page.get_by_role("link", name=re.compile(rf"(^|\s){re.escape(name)}$")).first
        expect(link).to_be_visible()
        link.click()
        page.wait_for_load_state()
        _drawn(page)
    main = page.get_by_test_id("stMain")
    for pattern in one.says:
        expect(main, f"{one.question} after {' > '.join(one.clicks) or 'no click'}").to_contain_text(
            re.compile(pattern)
        )
    for name in one.on_one_screen:
        assert _is_seen(page.get_by_test_id("stMetric").filter(has_text=name).first), f"{name} is below the fold"
    return Found(
        one.question, len(one.clicks), time.monotonic() - began, page.get_by_role("heading", level=1).first.inner_text()
    )


def words_on(page: Page) -> int:
    """Words that a reader of the page sees: names of icons, separators and what only a screen reader says aren't among them."""
    shown = page.evaluate("""() => { const words = node => node.innerText.split(/\\s+/).filter(word => word && word !== '·').length
      const main = document.querySelector('[data-testid=stMain]')
      return words(main) - [...main.querySelectorAll('.wide-hidden, .sr, [data-testid=stIconMaterial]')].reduce((sum, node) => sum + words(node), 0) }""")
    return int(shown)


def _drawn(page: Page) -> None:
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def _is_seen(card: Locator) -> bool:
    box = card.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= DESKTOP[1]


def look_up_all(address: str) -> tuple[list[Found], int]:
    """Every answer, and the words on the landing page, in a browser of its own. Raises AssertionError where an answer isn't where it should be."""
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, base_url=address)
        found = [looked_up(page, one) for one in ANSWERS]
        page.goto("/")
        _drawn(page)
        words = words_on(page)
        browser.close()
    return found, words


if __name__ == "__main__":
    answers, words = look_up_all(sys.argv[1])
    sys.stdout.write(f"{words} words on the landing page\n")
    for found in answers:
        sys.stdout.write(f"{found.clicks} clicks, {found.seconds:.1f} s: {found.question} {found.title}\n")
