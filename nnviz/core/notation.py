"""Numbers that span many decades, written short."""

import math

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(exponent: int) -> str:
    """Write a power of ten: 10⁻³."""
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"


def significant(value: float, digits: int = 3) -> str:
    """Write a number with a few significant digits and a true minus sign; a tiny or huge one with a power of ten."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{float(f'{value:.{digits}g}'):g}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.replace('-', '−')}·{power(int(exponent))}"


def number(value: float) -> str:
    """Write a number with two significant digits, with three from 100 on."""
    return significant(value, 2 if abs(value) < 100 else 3)


def decimals(value: float, digits: int = 2) -> str:
    """Write a number with a fixed count of decimals and a true minus sign; a zero has none."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")
