"""Messages that are due, drafted at the end of each run; nothing is sent by it."""

from datetime import UTC, datetime

import dagster as dg

from pipelines.message_inputs.rounds import draft_due
from pipelines.messages.outbox import Outbox, OutboxUnreachable
from pipelines.settings import settings

RESTS_ON = ("pairs", "milestones", "sessions", "survey_invitations", "survey_scores", "published_pairs", "persons")


@dg.asset(
    key=["messages", "drafts"],
    group_name="messages",
    description="What is due to mentors, mentees and coordinators by the rules of pipelines/messages, kept in the outbox as drafts. Names and addresses aren't read here.",
    owners=["team:programme-office"],
    kinds={"sqlite"},
    deps=[dg.AssetKey(["marts", name]) for name in RESTS_ON] + [dg.AssetKey(["serving", "snapshot"])],
)
def drafts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Read the facts, draft what is new, withdraw what is no longer due. An outbox that doesn't answer is a warning: what was published stays published."""
    workspace = settings()
    try:
        found = draft_due(workspace, Outbox(workspace.outbox), datetime.now(UTC))
    except OutboxUnreachable as problem:
        context.log.warning(str(problem))
        return dg.MaterializeResult(metadata={"problem": str(problem)})
    return dg.MaterializeResult(metadata={"due": found.due, "new": found.new})
