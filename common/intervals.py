"""How sure a share is that was counted: pure numbers."""

from math import sqrt

# Of the normal distribution: 95 % lie within.
Z95 = 1.959963984540054


def wilson(found: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score method (1927), as (low, high) in 0..1; all of it for none.

    Also good for few and for shares at the ends, unlike the share plus and minus its standard error.
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = found / of, Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    # Exactly at the ends, where rounding would leave a hair.
    return (middle - half if found else 0.0), (middle + half if found < of else 1.0)
