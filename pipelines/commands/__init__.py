"""Commands around sources and matching, each in a module of its own; `register` adds them to the command line."""

import typer


def register(app: typer.Typer) -> None:
    """Add every command of this package to `app`."""
    from pipelines.commands import (
        audit,
        backup,
        check,
        draw,
        erase,
        fetch,
        forms,
        handbook,
        health,
        init,
        log,
        map_file,
        match,
        messages,
        quarantine,
        report,
        retain,
        sources,
        start,
        template,
    )

    app.command("start")(start.start)
    app.command("template")(template.write_template)
    app.command("init")(init.init)
    app.command("sources")(sources.sources)
    app.command("check")(check.check)
    app.command("map")(map_file.map_file)
    app.command("fetch")(fetch.fetch)
    app.command("audit")(audit.audit)
    app.command("backup")(backup.backup)
    app.command("restore")(backup.restore)
    app.command("retain")(retain.retain)
    app.command("erase")(erase.erase)
    app.command("match")(match.match)
    app.command("draw")(draw.draw)
    app.command("health")(health.health)
    app.command("handbook")(handbook.handbook)
    app.command("forms")(forms.forms)
    app.add_typer(quarantine.app, name="quarantine")
    app.add_typer(log.app, name="log")
    app.add_typer(report.app, name="report")
    app.add_typer(messages.app, name="messages")
