"""Writes static/css/tabler-baseline.css: what Tabler says with colours that Chromium 109 cannot read.

Tabler uses oklch(), color-mix() and light-dark(); bureaus and schools still run browsers that know none of
them and would show buttons, badges and borders without colour. For each rule that needs them this computes
plain colours, inside an @supports block that newer browsers skip. To be run after an update of Tabler.
"""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
SOURCE = BASE / "node_modules/@tabler/core/dist/css/tabler.min.css"
TARGET = BASE / "static/css/tabler-baseline.css"
LOOK = BASE / "static/css/lusong.css"
MODERN = re.compile(r"\b(oklch|color-mix|light-dark)\(")
HEADER = "/* Computed from Tabler's colours by tools/tabler_for_older_browsers.py; do not edit. */\n"
Colour = tuple[float, float, float, float]
NAMED = {"transparent": (0.0, 0.0, 0.0, 0.0), "white": (1.0, 1.0, 1.0, 1.0), "black": (0.0, 0.0, 0.0, 1.0)}


class Unknown(ValueError):
    """A value that depends on where it is used."""


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def encoded(part: float) -> float:
    part = min(max(part, 0.0), 1.0)
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def from_oklab(lightness: float, a: float, b: float, alpha: float) -> Colour:
    """Return an sRGB colour, clipped to the gamut (Björn Ottosson's matrices)."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return encoded(red), encoded(green), encoded(blue), alpha


def to_oklab(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = (linear(part) for part in colour[:3])
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return `share` of the first colour and the rest of the second, mixed in OKLab, alpha premultiplied."""
    alpha = first[3] * share + second[3] * (1 - share)
    if alpha == 0:
        return NAMED["transparent"]
    one, two = to_oklab(first), to_oklab(second)
    parts = [
        (a * first[3] * share + b * second[3] * (1 - share)) / alpha for a, b in zip(one, two, strict=True)
    ]
    return from_oklab(*parts, alpha)


def split(text: str, separator: str = ",") -> list[str]:
    """Split at separators outside brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == separator and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


def arguments(text: str, start: int) -> tuple[str, int]:
    """Return what stands between the bracket at `start` and its partner, and the place after that."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return text[start + 1 : place], place + 1
    raise Unknown(text)


class Sheet:
    """Colours of a style sheet whose variables are known from its :root rules."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables

    def number(self, text: str) -> float:
        """Return a number, or a percentage as a share, of a literal, a variable or a product of them."""
        text = text.strip().removesuffix("deg")
        if text.startswith("calc("):
            return math.prod(self.number(factor) for factor in split(arguments(text, 4)[0], "*"))
        if text.startswith("var("):
            name, *default = split(arguments(text, 3)[0])
            # An opacity that a rule sets for itself is 1 in Tabler, unless another class changes it.
            fallback = default[0] if default else ("1" if name.endswith("-opacity") else "?")
            return self.number(self.variables.get(name, fallback))
        try:
            return float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError as error:
            raise Unknown(text) from error

    def colour(self, text: str) -> Colour:
        """Return a colour expression's value; Unknown when it depends on the place of use."""
        text = text.strip()
        if text in NAMED:
            return NAMED[text]
        if text.startswith("#"):
            digits = text[1:] if len(text) > 5 else "".join(digit * 2 for digit in text[1:])
            red, green, blue, *alpha = (int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2))
            return red, green, blue, alpha[0] if alpha else 1.0
        name, bracket, _rest = text.partition("(")
        if not bracket or name not in READERS:
            raise Unknown(text)
        inside, end = arguments(text, len(name))
        if end != len(text):
            raise Unknown(text)
        return READERS[name](self, inside)

    def variable(self, inside: str) -> Colour:
        name, *default = split(inside)
        if name in self.variables:
            return self.colour(self.variables[name])
        if default:
            return self.colour(default[0])
        raise Unknown(name)

    def light(self, inside: str) -> Colour:
        return self.colour(split(inside)[0])

    def oklch(self, inside: str) -> Colour:
        if darker := re.fullmatch(r"from (.+) calc\(l - ([\d.]+)\) c h", inside):
            base = self.colour(darker.group(1))
            lightness, a, b = to_oklab(base)
            return from_oklab(lightness - float(darker.group(2)), a, b, base[3])
        body, _slash, alpha = inside.partition("/")
        words = body.split()
        if len(words) != 3:
            raise Unknown(inside)
        lightness, chroma, hue = (self.number(word) for word in words)
        angle = math.radians(hue)
        opacity = self.number(alpha) if alpha else 1.0
        return from_oklab(lightness, chroma * math.cos(angle), chroma * math.sin(angle), opacity)

    def rgba(self, inside: str) -> Colour:
        red, green, blue, alpha = (self.number(part) for part in split(inside))
        return red / 255, green / 255, blue / 255, alpha

    def mixed(self, inside: str) -> Colour:
        space, first, second = split(inside)
        if space != "in oklab":
            raise Unknown(inside)
        (one, share), (two, rest) = self.weighted(first), self.weighted(second)
        if share is None:
            share = 0.5 if rest is None else 1 - rest
        return mix(one, two, min(max(share, 0.0), 1.0))

    def weighted(self, text: str) -> tuple[Colour, float | None]:
        words = split(text, " ")
        if len(words) > 1 and (words[-1].endswith("%") or words[-1].startswith("calc(")):
            return self.colour(" ".join(words[:-1])), self.number(words[-1])
        return self.colour(text), None

    def plain(self, value: str) -> str:
        """Return a declaration's value with plain colours in place of modern ones."""
        while found := MODERN.search(value):
            inside, end = arguments(value, found.end() - 1)
            name = found.group(1)
            if name == "light-dark" and not self.is_colour(split(inside)[0]):
                replacement = split(inside)[0]
            else:
                replacement = written(READERS[name](self, inside))
            value = value[: found.start()] + replacement + value[end:]
        return value

    def is_colour(self, text: str) -> bool:
        try:
            self.colour(text)
        except Unknown:
            return False
        return True


READERS = {
    "var": Sheet.variable,
    "light-dark": Sheet.light,
    "rgba": Sheet.rgba,
    "oklch": Sheet.oklch,
    "color-mix": Sheet.mixed,
}


def written(colour: Colour) -> str:
    red, green, blue = (round(part * 255) for part in colour[:3])
    if colour[3] >= 1:
        return f"#{red:02x}{green:02x}{blue:02x}"
    return f"rgba({red},{green},{blue},{round(colour[3], 3):g})"


def rules(css: str) -> list[tuple[str, str, str]]:
    """Return (at-rule or "", selector, declarations) of every style rule, in order."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found: list[tuple[str, str, str]] = []
    open_blocks: list[str] = []
    place = 0
    for match in re.finditer(r"[{}]", css):
        text = css[place : match.start()].strip()
        place = match.end()
        if match.group() == "{":
            open_blocks.append(text.rpartition(";")[2].strip())
            continue
        selector = open_blocks.pop()
        around = open_blocks[-1] if open_blocks else ""
        if text and not selector.startswith("@") and (not around or around.startswith("@media")):
            found.append((around, selector, text))
    return found


def root_variables(sheet: str, own: str) -> dict[str, str]:
    """Return the variables of :root as they stand in the light theme, ours in place of Tabler's."""
    variables: dict[str, str] = {}
    for source in (sheet, own):
        for around, selector, body in rules(source):
            if not around and (":root" in split(selector) or "[data-bs-theme=light]" in split(selector)):
                pairs = (declaration.partition(":") for declaration in split(body, ";"))
                variables |= {name: value for name, _colon, value in pairs if name.startswith("--")}
    return variables


def baseline(sheet: str, own: str) -> tuple[str, list[str]]:
    """Return the extra style sheet, and the declarations that could not be computed."""
    colours = Sheet(root_variables(sheet, own))
    ours = {name for name in root_variables("", own) if name.startswith("--tblr-")}
    lines, unknown = [], []
    for around, selector, body in rules(sheet):
        if ("dark" in selector and "data-bs-theme" in selector) or "prefers-color-scheme" in around:
            continue
        plain = []
        for declaration in split(body, ";"):
            name, _colon, value = declaration.partition(":")
            if not MODERN.search(value) or (name in ours and ":root" in selector):
                continue
            try:
                plain.append(f"{name}:{colours.plain(value)}")
            except Unknown:
                unknown.append(f"{selector} {{ {declaration} }}")
        if plain:
            rule = f"{selector}{{{';'.join(plain)}}}"
            lines.append(f"{around}{{{rule}}}" if around.startswith("@media") else rule)
    return HEADER + "@supports not (color:light-dark(red,red)){\n" + "\n".join(lines) + "\n}\n", unknown


if __name__ == "__main__":
    text, missing = baseline(SOURCE.read_text(encoding="utf-8"), LOOK.read_text(encoding="utf-8"))
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(
        f"{TARGET.relative_to(BASE)}: {text.count('{') - 1} rules, {len(missing)} left as they are\n"
    )
    if "-v" in sys.argv:
        sys.stdout.write("\n".join(missing) + "\n")
