"""Links by which somebody declines a category: signed, so that nobody declines for others; without date, since they must work from an old message."""

from itsdangerous import BadData, URLSafeSerializer

from pipelines.messages.kinds import CATEGORIES

PATH = "/unsubscribe/"


class LinkRefused(ValueError):
    """The link was changed on its way, or isn't one of ours."""


def token(secret: str, recipient: str, category: str) -> str:
    """What stands at the end of the link."""
    return _signer(secret).dumps([recipient, category])


def read_token(secret: str, text: str) -> tuple[str, str]:
    """(recipient, category). Raises LinkRefused."""
    try:
        recipient, category = _signer(secret).loads(text)
    except (BadData, ValueError, TypeError) as broken:
        raise LinkRefused("This link isn't valid any more. Write to your programme team instead.") from broken
    if category not in CATEGORIES:
        raise LinkRefused("This link names nothing that can be declined.")
    return str(recipient), str(category)


def headers(secret: str, recipient: str, category: str, *, public_url: str | None, reply_to: str) -> dict[str, str]:
    """RFC 2369 and RFC 8058: one click where the app can be reached from outside, else a message to the programme team; none for what can't be declined."""
    if category not in CATEGORIES:
        return {}
    signed = token(secret, recipient, category)
    mail = f"<mailto:{reply_to}?subject=unsubscribe%20{category}>"
    if not public_url:
        return {"List-Unsubscribe": mail}
    return {"List-Unsubscribe": f"<{public_url.rstrip('/')}{PATH}{signed}>, {mail}", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}  # fmt: skip


def footer(secret: str, recipient: str, category: str, *, public_url: str | None, reply_to: str) -> str:
    """The same in words, for the end of a message."""
    if category not in CATEGORIES:
        return "You get this message because you take part. It is needed for that, so it can't be declined; to leave the programme, write to us."
    words = CATEGORIES[category]
    if public_url:
        return f"If you no longer want {words}: <{public_url.rstrip('/')}{PATH}{token(secret, recipient, category)}>"
    return f"If you no longer want {words}, answer with the word “unsubscribe” to {reply_to}."


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="mentorship-impact opt-out")
