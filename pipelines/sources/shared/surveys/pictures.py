"""Small pictures in answers, and digits of other scripts: what stands beside a number is taken off, what stands alone is told from another by its shape."""

import re
import unicodedata

_PICTURE = re.compile(
    r"[\U0001F000-\U0001FAFF\u2600-\u2604\u2607-\u27BF\u2B00-\u2B4F\u2B56-\u2BFF\u200d\ufe0f\ufe0e\u20e3]"
)
_VARIANT = re.compile("[\ufe0f\ufe0e\U0001f3fb-\U0001f3ff]")


def plain_digits(text: str) -> str:
    """An answer with the digits of any script and width as 0 to 9: `٤` and `４` are 4."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(mark)) if mark.isdigit() and mark.isdecimal() else mark for mark in text)


def without_pictures(text: str) -> str:
    """A number without the picture beside it: `5 😀` and `4️⃣` are 5 and 4. Without a digit a picture is the answer itself."""
    digits = plain_digits(text)
    return (
        text
        if (digits.isascii() and digits == text) or not re.search(r"\d", digits)
        else _PICTURE.sub("", digits).strip()
    )


def words_alone(text: str) -> str:
    """A text without the pictures beside its words: `🔴 Withdrawn` is Withdrawn. A picture alone stays."""
    return text if text.isascii() else _PICTURE.sub("", text).strip() or text


def one_form(text: str) -> str:
    """A picture without its skin tone and variant: ☹ and ☹️ are one."""
    return text if text.isascii() else _VARIANT.sub("", text)
