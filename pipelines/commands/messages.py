"""`impact messages`: what is due to whom, approve it, send it, hold it, and keep people's opt-outs."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from pipelines.access.account import decider
from pipelines.checkout import SettingsError
from pipelines.commands.words import stop, workspace
from pipelines.counted import counted
from pipelines.message_inputs import rounds
from pipelines.message_inputs.directory import person_with
from pipelines.messages.dispatch import OPENED
from pipelines.messages.kinds import CATEGORIES, KINDS
from pipelines.messages.outbox import EVERYTHING, Outbox, OutboxUnreachable
from pipelines.messages.outbox_rows import STATES, Message
from pipelines.settings import Settings

app = typer.Typer(no_args_is_help=True, help="See what is due to mentors, mentees and coordinators; approve, send and hold it.")  # fmt: skip

WAITING = ("draft", "approved", "held", "leased")
SHORT = 8
Answer = TypeVar("Answer")
Keys = Annotated[list[str] | None, typer.Argument(help="Beginnings of keys, as `impact messages list` shows them.")]
Programme = Annotated[str | None, typer.Option(help="Id of one programme.")]
Kind = Annotated[str | None, typer.Option(help=f"One kind: {', '.join(KINDS)}.")]
By = Annotated[str | None, typer.Option(help="Who decides. Default: IMPACT_ACTOR, else the operating system's user.")]


@app.command("list")
def list_messages(
    state: Annotated[str | None, typer.Option(help=f"One state: {', '.join(STATES)}. Default: what waits.")] = None,
    programme: Programme = None,
    kind: Kind = None,
    everything: Annotated[bool, typer.Option("--all", help="Every state, also what was sent.")] = False,
) -> None:
    """Work out what is due and show what waits. Names nobody: pairs are shown by their number."""
    settings_now, outbox = _opened()
    _draft(settings_now, outbox)
    states = (state,) if state else STATES if everything else WAITING
    found = outbox.messages(states=states, programme=programme, kind=kind)
    if not found:
        typer.echo("Nothing waits. `impact messages list --all` shows what was sent.")
        return
    _show(found)
    counts = Counter(message.state for message in found)
    typer.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    if counts["draft"]:
        typer.echo("Next step: `impact messages preview KEY`, then `impact messages approve KEY ...` or `--all`.")


@app.command()
def preview(key: Annotated[str, typer.Argument(help="Beginning of a key.")]) -> None:
    """Show one message as it would be sent now, with names. It is shown only; nothing keeps it."""
    settings_now, outbox = _opened()
    message = _one(outbox, key)
    mail = _asking(lambda: rounds.compose_one(settings_now, outbox, message))
    if isinstance(mail, str):
        stop(f"This message can't be sent: {mail}.")
    for name in ("From", "To", "Subject", "Message-ID"):
        typer.echo(f"{name}: {mail.message[name]}")
    typer.echo(f"\n{mail.words.text}")


@app.command()
def approve(
    keys: Keys = None,
    programme: Programme = None,
    kind: Kind = None,
    everything: Annotated[bool, typer.Option("--all", help="Every draft.")] = False,
    by: By = None,
) -> None:
    """Approve drafts (or held messages, by key) as one batch under your name; `impact messages send` sends them."""
    _, outbox = _opened()
    chosen = _chosen(outbox, keys, programme, kind, everything=everything, states=("draft",))
    who = by or decider()
    typer.echo(f"{outbox.approve([message.key for message in chosen], who, rounds.now())} approved by {who}. Next step: impact messages send --dry-run")  # fmt: skip


@app.command()
def hold(
    keys: Keys = None,
    programme: Programme = None,
    kind: Kind = None,
    everything: Annotated[bool, typer.Option("--all", help="Stop all sending until `--resume`.")] = False,
    resume: Annotated[bool, typer.Option(help="Undo `hold --all`.")] = False,
    by: By = None,
) -> None:
    """Keep messages from being sent until somebody approves them, or stop all sending."""
    _, outbox = _opened()
    who = by or decider()
    if everything or resume:
        outbox.keep_fact("paused", None if resume else who)
        typer.echo("Sending goes on." if resume else f"All sending is stopped by {who}. `impact messages hold --resume` takes it back.")  # fmt: skip
        return
    chosen = _chosen(outbox, keys, programme, kind, everything=False, states=("draft", "approved"))
    typer.echo(f"{outbox.hold([message.key for message in chosen], who, rounds.now())} held by {who}.")


@app.command()
def send(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write every draft and approved message as an .eml file and send nothing.")] = False,
    everyone: Annotated[bool, typer.Option(help="Open sending to everybody, once and for all; until then only addresses of `messages: allow:` get any.")] = False,
    most: Annotated[int | None, typer.Option(help="Send no more than this.", min=1)] = None,
    by: By = None,
) -> None:  # fmt: skip
    """Send what is approved, within each recipient's working hours; what can't leave now stays for the next time."""
    settings_now, outbox = _opened()
    if dry_run:
        return _dry_run(settings_now, outbox)
    if everyone:
        _open(outbox, by or decider())
    if outbox.pausing():
        stop(f"All sending is stopped by {outbox.pausing()}. Next step: impact messages hold --resume")
    if not outbox.fact(OPENED) and not settings_now.messages.allow:
        stop("Nobody is on the allow-list yet, and sending isn't opened to everybody. Next step: name your own address under `messages: {allow: [...]}` in the workspace file, and send one message to yourself.")  # fmt: skip
    tally = _asking(lambda: rounds.send(settings_now, outbox, most=most))
    typer.echo(f"{tally}.")
    if tally.stopped:
        raise typer.Exit(1)


@app.command("opt-out")
def opt_out(
    who: Annotated[str, typer.Argument(help="Beginning of a message's key, or the person's address.")],
    category: Annotated[str, typer.Option(help=f"{', '.join(CATEGORIES)}, or everything.")] = EVERYTHING,
    undo: Annotated[bool, typer.Option(help="Undo the opt-out.")] = False,
    by: By = None,
) -> None:
    """Keep somebody's opt-out, for example when they answered "unsubscribe"."""
    settings_now, outbox = _opened()
    if category not in (*CATEGORIES, EVERYTHING):
        stop(f"There is no category {category!r}. Next step: use {', '.join(CATEGORIES)}, or everything.")
    recipient = _recipient(settings_now, outbox, who)
    if undo:
        outbox.opt_in(recipient, category)
    else:
        outbox.opt_out(recipient, category, rounds.now(), by=by or decider())
    typer.echo(f"{'Taken back' if undo else 'Kept'}: {CATEGORIES.get(category, 'everything that can be declined')}.")


def _opened() -> tuple[Settings, Outbox]:
    settings_now = workspace()
    return settings_now, Outbox(settings_now.outbox)


def _draft(settings_now: Settings, outbox: Outbox) -> None:
    """What is due now; where a run writes the warehouse, what was due before is shown."""
    if not settings_now.warehouse.exists():
        stop("Nothing is loaded yet. Run `make demo` or `impact run` first.")
    try:
        drafted = rounds.draft_due(settings_now, outbox, rounds.now())
        typer.echo(
            f"Data as of {drafted.as_of.day} {drafted.as_of:%B %Y}: {drafted.due} messages due, {drafted.new} new."
        )
    except duckdb.IOException:
        typer.secho("A run is writing the warehouse; this is what was due before it.", fg=typer.colors.YELLOW)
    except (SettingsError, OutboxUnreachable, LookupError) as problem:
        stop(str(problem))


def _show(found: list[Message]) -> None:
    table = Table("Key", "Due", "Message", "To", "Programme", "State", box=None, pad_edge=False)
    for message in found:
        state = f"{message.state}: {message.reason}" if message.reason else message.state
        table.add_row(message.key[:SHORT], f"{message.due_on}", KINDS[message.kind].title, _to(message), message.programme_id, state)  # fmt: skip
    Console(width=None if os.isatty(1) else 160).print(table)


def _to(message: Message) -> str:
    """The recipient without a name: role and number of the pair."""
    if message.recipient.startswith("person:"):
        number = message.fields.get("pair")
        return f"{message.role or 'invited person'}{f' of {number}' if number else ''}"
    return "coordinator" if message.recipient.startswith("coordinator:") else "report's recipient"


def _chosen(outbox: Outbox, keys: list[str] | None, programme: str | None, kind: str | None, *, everything: bool, states: tuple[str, ...]) -> list[Message]:  # fmt: skip
    if keys:
        return [_one(outbox, key) for key in keys]
    if not (everything or programme or kind):
        stop("Say which: keys, --programme, --kind or --all. `impact messages list` shows what there is.")
    return outbox.messages(states=states, programme=programme, kind=kind)


def _one(outbox: Outbox, key: str) -> Message:
    found = outbox.find(key)
    if len(found) != 1:
        stop(f"{'No message' if not found else 'More than one message'} has a key that begins with {key!r}. `impact messages list --all` shows keys.")  # fmt: skip
    return found[0]


def _dry_run(settings_now: Settings, outbox: Outbox) -> None:
    folder = settings_now.data / "messages" / "dry_run"
    found = _asking(lambda: rounds.dry_run(settings_now, outbox, folder))
    for message, why in found.left_out:
        typer.echo(f"left out  {message.key[:SHORT]}  {KINDS[message.kind].title}: {why}")
    typer.echo(f"{counted(len(found.written), 'message')} {'is' if len(found.written) == 1 else 'are'} in {folder}; nothing was sent. They hold names and addresses: delete them when you have looked.")  # fmt: skip


def _open(outbox: Outbox, who: str) -> None:
    if not outbox.messages(states=("sent",)):
        stop("Send one message to an address of the allow-list first, and look at it in a mail program. Then open sending to everybody.")  # fmt: skip
    outbox.keep_fact(OPENED, f"{who}, {datetime.now().astimezone():%Y-%m-%d %H:%M}")


def _recipient(settings_now: Settings, outbox: Outbox, who: str) -> str:
    if "@" not in who:
        return _one(outbox, who).recipient
    person = _asking(lambda: person_with(settings_now.warehouse, settings_now.vault, who))
    if person is None:
        stop("Nobody in the vault has this address. Next step: name one of their messages by its key.")
    return f"person:{person}"


def _asking(question: Callable[[], Answer]) -> Answer:
    """An answer that needs vault, warehouse or outbox, or the end of the command in words."""
    try:
        return question()
    except duckdb.IOException:
        stop("A run is writing the warehouse. Next step: try again when it has ended.")
    except (SettingsError, OutboxUnreachable, KeyError) as problem:
        stop(str(problem))
