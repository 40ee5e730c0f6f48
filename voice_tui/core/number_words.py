"""Numbers as people say them: the words that a recogniser must be able to hear."""

from __future__ import annotations

_ONES = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen
"""
ONES = tuple(_ONES.split())
TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def number_words(number: int) -> tuple[str, ...]:
    """Say a whole number from 0 to 999.

    Args:
        number: what to say.

    Returns:
        Its words, without "and": `142` is `("one", "hundred", "forty", "two")`.

    Raises:
        ValueError: it is out of that range.
    """
    if not 0 <= number <= 999:
        raise ValueError(f"cannot say {number}: only 0 to 999")
    hundreds, rest = divmod(number, 100)
    said: tuple[str, ...] = (ONES[hundreds], "hundred") if hundreds else ()
    if rest == 0 and hundreds:
        return said
    if rest < len(ONES):
        return (*said, ONES[rest])
    tens, ones = divmod(rest, 10)
    return (*said, TENS[tens], ONES[ones]) if ones else (*said, TENS[tens])


def digit_words(digits: str) -> tuple[str, ...]:
    """Say digits one by one, as order numbers are read out: `"142"` is one four two."""
    return tuple(ONES[int(digit)] for digit in digits)
