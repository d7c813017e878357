"""Regular expressions that are compiled when they are first asked, not when their module is imported: compiling all that know people's sheets costs more than reading a small one."""

import re
from typing import Any, cast


class _Unread:
    """Stands for a compiled expression until one of its methods is asked for."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        """Compile, and keep the method, so that the next call goes straight to it."""
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


def expression(text: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, compiled at first use. For calls of its methods only: `re.sub` and its like want a compiled one."""
    return cast("re.Pattern[str]", _Unread(text, flags))
