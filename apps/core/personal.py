"""Identity card and mobile phone numbers in people's files: found by their check digit, shown masked. Pure.

`apps.core.typed.has_personal_number` guards what is typed, by shape alone; files hold many long numbers
that are nothing of the kind, so here an identity number must also have the right check digit (GB 11643).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from apps.core.typed import tidy

IDENTITY = re.compile(
    r"(?<![0-9])[1-9]\d{5}[ \-]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"[ \-]?\d{3}[0-9Xx](?![0-9])"
)
MOBILE = re.compile(r"(?<![0-9.])(?:\+?86[ \-]?)?(1[3-9]\d[ \-]?\d{4}[ \-]?\d{4})(?![0-9])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
LENGTH = 18


@dataclass(frozen=True)
class PersonalNumber:
    """What kind of number was found, and as much of it as may be shown: `430***********001X` never whole."""

    kind: Literal["identity", "mobile"]
    masked: str


def personal_numbers(text: str, *, is_number_cell: bool = False) -> list[PersonalNumber]:
    """Return the identity and mobile numbers of a text, in order.

    Args:
        is_number_cell: the text is a spreadsheet's number. It keeps 15 digits only, so an identity number has
            lost its end (`…000`): its check digit cannot be asked for.
    """
    written = tidy(text)
    found = [
        (match.start(), PersonalNumber("identity", masked(digits)))
        for match in IDENTITY.finditer(written)
        if has_check_digit(digits := _digits(match[0])) or (is_number_cell and digits.endswith("000"))
    ]
    found += [
        (match.start(), PersonalNumber("mobile", masked(_digits(match[1]))))
        for match in MOBILE.finditer(written)
    ]
    return [number for _place, number in sorted(found, key=lambda item: item[0])]


def has_check_digit(number: str) -> bool:
    """Tell whether 18 characters end in the check digit of the first 17 (ISO 7064 MOD 11-2)."""
    if len(number) != LENGTH or not number[:-1].isdecimal():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK_DIGITS[total % 11] == number[-1].upper()


def masked(number: str) -> str:
    """Return a number with only its first three and last two characters readable."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "")
