"""Split an amount among those who bear it; the parts always add to the whole, to the fen.

split_amount(Decimal("100.00"), {"province": Decimal("0.3333"), "county": Decimal("0.6667")})
→ {"province": Decimal("33.33"), "county": Decimal("66.67")}
"""

from decimal import ROUND_DOWN, Decimal

FEN = Decimal("0.01")


def split_amount(amount, rates):
    """Return each payer's part of the amount, in the order of `rates`, which must sum to 1.

    Parts are cut down to the fen; the fen left over go one by one to the largest cut-off
    remainders, the earlier payer first among equals.
    """
    if sum(rates.values()) != 1:
        raise ValueError("The shares must add to the whole.")
    exact = {payer: amount * rate for payer, rate in rates.items()}
    parts = {payer: part.quantize(FEN, ROUND_DOWN) for payer, part in exact.items()}
    left_over = int((amount - sum(parts.values())) / FEN)
    by_remainder = sorted(rates, key=lambda payer: parts[payer] - exact[payer])
    for payer in by_remainder[:left_over]:
        parts[payer] += FEN
    return parts
