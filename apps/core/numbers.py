"""Numbers as people really type them: read what is unambiguous, refuse the rest and say why. Pure.

Full-width digits, `。` for the point, thousands separators, counting words after the number, `2.0E+03`: read
and echoed in the standard form. `约1200`, `1200+`, a percentage or a share where a count is asked, `—` for
"does not apply", another unit than the one asked: refused with advice. Nothing is guessed, nothing rounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from apps.core.typed import ABSENT, Unreadable, tidy

APPROXIMATE = re.compile(
    r"[约近余多几±≈~～><≥≤]|大概|左右|以上|以下|以内|不到|超过|不足|上下|至|\d\s*\+|\d\s*-\s*\d"
)
FAMILIES = (
    frozenset({"人", "名", "位", "个"}),
    frozenset({"所", "家", "个", "间", "校"}),
    frozenset({"次", "场", "回", "期"}),
    frozenset({"节", "课时"}),
    frozenset({"个", "项", "件", "条", "处", "份", "篇", "门", "套", "台", "辆", "册", "班", "个班"}),
    frozenset({"小时", "时", "h"}),
    frozenset({"分钟", "分", "min"}),
    frozenset({"平方米", "㎡", "m²", "m2", "平米"}),
    frozenset({"元", "块", "圆"}),
)
OTHER_UNITS = frozenset(
    {
        "人次",
        "万元",
        "亿元",
        "千元",
        "天",
        "日",
        "周",
        "月",
        "年",
        "学期",
        "万",
        "亿",
        "%",
        "户",
        "对",
        "组",
        "支",
        "分",
        "级",
    }
)
UNITS = sorted(OTHER_UNITS.union(*FAMILIES), key=len, reverse=True)
PLAIN = re.compile(r"\d+(\.\d+)?|\.\d+")
SCIENTIFIC = re.compile(r"(\d+(?:\.\d+)?)e([+-]?\d{1,2})", re.IGNORECASE)
GROUPED = re.compile(r"\d{1,3}((?:,\d{3})+|(?: \d{3})+)(\.\d+)?")
LONGEST = 15


@dataclass(frozen=True)
class Number:
    """An exact value and the standard spelling it is echoed in."""

    value: Decimal
    echo: str


def read_number(
    text: str, *, unit: str = "", whole: bool = False, decimals: int = 4, signed: bool = False
) -> Number:
    """Read one number.

    Args:
        unit: the unit asked, e.g. 人; it and its equals may follow the number, another one is refused.
        whole: a count is asked: no decimals, no percentage.
        decimals: how many decimals are asked when not `whole`; more are refused, never rounded away.
        signed: negative numbers make sense here.

    Raises:
        Unreadable: with a code of MESSAGES.
    """
    if text.isascii() and text.isdigit() and len(text) <= LONGEST:
        value = Decimal(int(text))  # most of what a file holds; every rule below lets it pass
        return Number(value, plain_text(value))
    shown, written = text.strip(), tidy(text)
    _refuse_what_is_no_number(shown, written)
    digits, written_unit = _split_unit(written)
    value = _value(shown, digits)
    value = _in_unit(shown, value, written_unit, unit)
    _refuse_wrong_kind(shown, value, whole=whole, decimals=0 if whole else decimals, signed=signed)
    return Number(value, plain_text(value))


def plain_text(value: Decimal) -> str:
    """Return the standard spelling: digits, a point, a minus; no exponent, no trailing zeros."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _refuse_what_is_no_number(shown: str, written: str) -> None:
    lowered = written.lower()
    if not written:
        raise Unreadable("blank")
    if lowered in ABSENT:
        raise Unreadable("not_applicable", text=shown)
    if written[0] in "=#@":
        raise Unreadable("formula", text=shown)
    if not SCIENTIFIC.match(written) and APPROXIMATE.search(written):
        raise Unreadable("approximate", text=shown)
    if "‰" in written:
        raise Unreadable("per_mille")
    if re.fullmatch(r"[\d.,]+ ?[/:] ?[\d.,]+", written):
        raise Unreadable("fraction", text=shown)


def _split_unit(written: str) -> tuple[str, str]:
    """Split `1234人` into its number and its unit (either may be wrong yet)."""
    for unit in UNITS:
        if written.endswith(unit) and len(written) > len(unit):
            digits = written.removesuffix(unit).rstrip()
            if digits.endswith(("万", "亿")) and unit not in ("万", "亿"):
                return digits[:-1].rstrip(), digits[-1] + unit
            return digits, unit
    return written, ""


def _value(shown: str, digits: str) -> Decimal:
    sign, body = ("-", digits[1:].lstrip()) if digits.startswith("-") else ("", digits)
    if sum(map(str.isdigit, body)) > LONGEST:
        raise Unreadable("too_long", text=shown)
    if scientific := SCIENTIFIC.fullmatch(body):
        return _plain(shown, Decimal(f"{sign}{scientific[1]}e{scientific[2]}"))
    if GROUPED.fullmatch(body):
        body = body.replace(",", "").replace(" ", "")
    if not body.isascii() or not PLAIN.fullmatch(body):
        looks_grouped = re.fullmatch(r"[\d., ']+", body) and re.search(r"\d", body)
        raise Unreadable("separators" if looks_grouped else "not_a_number", text=shown)
    return _plain(shown, Decimal(sign + body))


def _plain(shown: str, value: Decimal) -> Decimal:
    text = plain_text(value)
    if len(text.lstrip("-").replace(".", "")) > LONGEST:
        raise Unreadable("too_long", text=shown)
    return Decimal(text)


def _in_unit(shown: str, value: Decimal, written: str, asked: str) -> Decimal:
    """Return the value in the asked unit; only what cannot be mistaken is converted (1.2万 → 12000)."""
    if written in ("", asked):
        return value
    if asked.startswith("万") and written == "万":
        return value
    if written == "%":
        raise Unreadable("percent")
    scale = {"万": 10_000, "亿": 100_000_000}.get(written[0], 1) if written[:1] in "万亿" else 1
    base = written[1:] if scale > 1 else written
    if not (scale > 1 and asked[:1] in ("万", "亿")) and _same_unit(base, asked):
        return _plain(shown, value * scale)
    raise Unreadable("other_unit", text=shown, unit=asked, written=written)


def _same_unit(written: str, asked: str) -> bool:
    if not asked or written in ("", asked):
        return True
    return any(written in family and asked in family for family in FAMILIES)


def _refuse_wrong_kind(shown: str, value: Decimal, *, whole: bool, decimals: int, signed: bool) -> None:
    if value < 0 and not signed:
        raise Unreadable("negative", text=shown)
    places = -int(value.normalize().as_tuple().exponent) if value else 0
    if whole and places > 0:
        raise Unreadable("share" if abs(value) < 1 else "decimal", text=shown)
    if places > decimals:
        raise Unreadable("too_precise", decimals=decimals)


YES = frozenset({"是", "1", "1.0", "yes", "y", "true", "√", "✓", "对", "已完成", "已"})
NO = frozenset({"否", "0", "0.0", "no", "n", "false", "×", "✗", "不是", "未完成", "未"})


def read_yes_no(text: str) -> Number:
    """Read a yes or a no as 1 or 0; anything else is refused."""
    written = tidy(text).lower()
    if not written:
        raise Unreadable("blank")
    if written in ABSENT:
        raise Unreadable("not_applicable", text=text.strip())
    if written not in YES | NO:
        raise Unreadable("yes_or_no", text=text.strip())
    value = Decimal(int(written in YES))
    return Number(value, plain_text(value))


def plain_decimal(value: float | int) -> str:
    """Return a spreadsheet's number in the standard spelling: 3143000001.0 is 3143000001, 0.1 is 0.1."""
    return plain_text(Decimal(repr(value)))
