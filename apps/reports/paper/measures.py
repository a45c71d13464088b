"""The measures of GB/T 9704-2012, in the units that Word counts in.

Source: GB/T 9704-2012 §5.2 (page and type area), §5.2.2-5.2.4 (type and grid), §7.5 (page number).
A twip is a twentieth of a point; a point is 1/72 inch; an inch is 25.4 mm.
"""

from __future__ import annotations

from fractions import Fraction

PAGE_WIDTH, PAGE_HEIGHT = 210, 297
TOP, RIGHT, BOTTOM, LEFT = 37, 26, 35, 28
TYPE_WIDTH, TYPE_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
LINES, CHARACTERS = 22, 28

# Sizes of type in half-points, as Word counts them.
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4, SIZE_5, SIZE_SMALL_5 = 44, 32, 28, 24, 21, 18

# The dash stands half a line of the page number's type below the line's top.
NUMBER_BELOW = 7
NUMBER_LINE = Fraction(SIZE_4, 2) * Fraction(254, 720)


def twips(millimetres: int | Fraction | float) -> int:
    """Return a length in twips."""
    return round(Fraction(millimetres) * 14400 / 254)


def emu(millimetres: int | Fraction | float) -> int:
    """Return a length in English Metric Units, in which pictures are measured."""
    return round(Fraction(millimetres) * 36000)


# 22 lines fill the height of the type area: 28.95 points, never a fraction more.
LINE_PITCH = int(Fraction(TYPE_HEIGHT) * 14400 / 254 / LINES)
# 28 characters of 16 points are wider than 156 mm: each gives up a little (in 1/4096 of a point).
CHARACTER_SPACE = round((Fraction(TYPE_WIDTH) * 720 / 254 / CHARACTERS - Fraction(SIZE_3, 2)) * 4096)
# Programs differ in how they press a character into a cell narrower than itself: LibreOffice gives it two
# cells. So the grid is declared, no text snaps to it, and every character is 98 % wide in all of them. (With
# spacing taken away instead, LibreOffice loses marks that hang at the end of a line.)
NARROWED = 98
# From the page's edge to the bottom of the number's line, so that the dash lies 7 mm below the type area.
FOOTER = BOTTOM - NUMBER_BELOW - NUMBER_LINE / 2


def characters(count: int, size: int = SIZE_3) -> int:
    """Return the width of so many characters of a size, in twips."""
    return count * size * 10
