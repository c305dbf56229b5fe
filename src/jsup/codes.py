"""Unified social credit codes (统一社会信用代码): 18 characters, the last of which checks the others.

Source: GB 32100-2015.
"""

import re
from typing import Final

from jsup.errors import N_, UsageError

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters that a code may have, each with its place as its value: no I, O, S, V, Z. Source: GB 32100-2015, table 3."""

LENGTH: Final = 18
_AREA: Final = range(3, 9)
"""Places 3 to 8, the code of the registration authority's area, are digits."""
_DIGITS: Final = ALPHABET[:10]

_DIGITS_OF_34: Final = str.maketrans(ALPHABET, "0123456789ABCDEFGHIJKLMNOPQRSTU")
"""The characters as digits to the base of 34: it leaves 3 when divided by 31, so that its powers weigh the places of a code as
the powers of 3 do. Source: GB 32100-2015, table 4."""
_SHAPE = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}", re.ASCII)
_NUMBER = re.compile(r"[0-9]+([.,][0-9]*)?[Ee]\+?[0-9]+", re.ASCII)
"""What Excel makes of digits; a code may look so too, but has neither point nor plus and the right length."""


def credit_code(text: str) -> str:
    """Return a unified social credit code, checked: without blanks at its ends, its letters as capitals.

    The organisation code inside it (places 9 to 17) may be any, for only the last place checks the whole.

    >>> credit_code(" 91350100m000100y43 ")
    '91350100M000100Y43'

    Raises:
        UsageError: it is no such code; the sentence says why.
    """
    if _SHAPE.fullmatch(text) and check_character(text[:-1]) == text[-1]:
        return text  # nearly all are so, and come by the hundred thousand
    code = text.strip(" \u3000\u00a0")
    code = code.upper() if code.isascii() else code  # a ligature would become two letters
    if _NUMBER.fullmatch(code) and not (len(code) == LENGTH and code.isalnum()):
        raise UsageError(
            N_("{code}: Excel has turned the code into a number: set the column to text and type it again"), code=code
        )
    if len(code) != LENGTH:
        raise UsageError(
            N_("{code} has {count} characters, and a unified social credit code has 18: type it again"),
            code=code,
            count=len(code),
        )
    for place, character in enumerate(code, 1):
        if character not in (_DIGITS if place in _AREA else ALPHABET):
            allowed = N_("digits") if place in _AREA else N_("digits and the capitals without I, O, S, V, Z")
            raise UsageError(
                N_("{code}: {character} cannot stand in place {place}, where only {because} may: type it again"),
                code=code,
                character=character,
                place=place,
                because=allowed,
            )
    if check_character(code[:-1]) != code[-1]:
        raise UsageError(
            N_("{code}: its last character does not agree with the other 17, so one of them is wrong: look it up again"),
            code=code,
        )
    return code


def check_character(first17: str) -> str:
    """Return the character that stands behind the first 17 of a code.

    >>> check_character("91350100M000100Y4")
    '3'
    """
    total = int(first17.translate(_DIGITS_OF_34)[::-1], 34)
    return ALPHABET[-total % len(ALPHABET)]
