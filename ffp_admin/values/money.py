"""Amounts of money: read as typed, rounded half up, written in capital figures (domain 5.2)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ffp_admin.values.cleaned import Cleaned, Raw, Refused
from ffp_admin.values.numbers import LARGEST, Figure, exact, take_apart
from ffp_admin.values.text import is_blank_mark, without_spaces

CENT = Decimal("0.01")
#: written before the capital figures without a gap
PREFIX = "人民币"
DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTIONS = ("", "万", "亿", "万")
_YUAN = ("", "元", "圆", "块", "元整")
_WAN = ("万", "万元")


def rounded(amount: Decimal) -> Decimal:
    """`amount` to the cent, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def parse(raw: Raw) -> Cleaned[Decimal | None] | Refused:
    """An amount in yuan with two decimals; None when empty or a blank mark.

    Notes: money_wan (1.2万), money_comma, money_unit (8000元), money_fullwidth, money_spaces, money_blank_mark.
    Codes: money_unreadable, money_decimals (more than two decimals: never rounded in silence), money_too_large.
    A float is read as the 15 digits a spreadsheet shows.
    """
    if raw is None:
        return Cleaned(None)
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        number = exact(raw)
        return _unreadable(raw) if number is None else _to_cents(number, (), raw)
    if not isinstance(raw, str):
        return _unreadable(raw)
    if not without_spaces(raw):
        return Cleaned(None)
    if is_blank_mark(raw):
        return Cleaned(None, ("money_blank_mark",))
    figure = take_apart(raw, "money")
    return _in_yuan(figure, raw) if figure else _unreadable(raw)


def _in_yuan(figure: Figure, raw: Raw) -> Cleaned[Decimal | None] | Refused:
    if figure.unit in _WAN:
        return _to_cents(figure.number * 10_000, (*figure.notes, "money_wan"), raw)
    if figure.unit not in _YUAN:
        return _unreadable(raw)
    known = not figure.unit or "money_unit" in figure.notes
    return _to_cents(figure.number, figure.notes if known else (*figure.notes, "money_unit"), raw)


def _to_cents(number: Decimal, notes: tuple[str, ...], raw: Raw) -> Cleaned[Decimal | None] | Refused:
    if abs(number) >= LARGEST:
        return Refused("money_too_large", {"value": str(raw)})
    amount = rounded(number)
    if amount != number:
        return Refused("money_decimals", {"value": str(raw)}, str(amount))
    return Cleaned(amount, notes)


def _unreadable(raw: Raw) -> Refused:
    return Refused("money_unreadable", {"value": str(raw)})


def in_words(amount: Decimal) -> str:
    """The capital figures of an amount below 10^16 yuan: 16409.02 is 壹万陆仟肆佰零玖元零贰分.

    By 支付结算办法 附一. Where the rule leaves the 零 open, it is written only at the yuan (107000.53 is
    壹拾万柒仟元零伍角叁分); 整 follows only 元. ValueError for a negative amount or parts of a cent.
    """
    if amount < 0 or amount >= Decimal(10) ** 16 or amount != amount.quantize(CENT):
        raise ValueError(f"no capital figures for {amount}")
    yuan, cents = divmod(int(amount * 100), 100)
    jiao, fen = divmod(cents, 10)
    whole = _whole_in_words(yuan)
    if not cents:
        return f"{whole or DIGITS[0]}元整"
    words = f"{whole}元" if whole else ""
    if whole and (not jiao or yuan % 10 == 0):
        words += DIGITS[0]
    words += f"{DIGITS[jiao]}角" if jiao else ""
    return words + (f"{DIGITS[fen]}分" if fen else "")


def _whole_in_words(number: int) -> str:
    """The digits of a whole number, one 零 for inner zeros, '' for 0."""
    words, gap = "", False
    for power in range(15, -1, -1):
        digit = number // 10**power % 10
        if digit:
            words += (DIGITS[0] if gap and words else "") + DIGITS[digit] + _PLACES[power % 4]
        gap = not digit and (gap or power % 4 != 0)
        if power % 4 == 0:
            words += _section_word(number // 10**power, power // 4)
    return words


def _section_word(higher: int, section: int) -> str:
    """万 or 亿 behind a section of four digits that has any; 亿 also when only the section above it has."""
    if section == 2 and higher:
        return _SECTIONS[2]
    return _SECTIONS[section] if higher % 10_000 else ""
