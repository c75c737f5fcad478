"""What makes a string of the right shape a real number of its kind: lengths, countries and check digits."""

import ipaddress

CARD_LENGTHS = range(13, 20)
# Who issues cards, by first digits: a time in milliseconds or an order number begins otherwise.
CARD_STARTS: tuple[str, ...] = (
    "4",
    "51",
    "52",
    "53",
    "54",
    "55",
    "34",
    "37",
    "36",
    "38",
    "300",
    "301",
    "302",
    "303",
    "304",
    "305",
)
CARD_STARTS += ("35", "6011", "64", "65", "62", "50", "56", "57", "58", "59", "63", "67")
CARD_RANGE = range(2221, 2721)
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SD": 18,
    "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22,
    "VG": 24, "XK": 20,
}  # fmt: skip
PHONE_DIGITS = range(8, 16)
LARGEST_DIGIT = 9
IBAN_REMAINDER = 1
IBAN_MODULUS = 97


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    return "".join(sign for sign in text if "0" <= sign <= "9")


def is_card(text: str) -> bool:
    """A payment card's number: an issuer's first digits, a length that exists, and Luhn's check digit."""
    digits = digits_of(text)
    if len(digits) not in CARD_LENGTHS:
        return False
    issued = digits.startswith(CARD_STARTS) or int(digits[:4]) in CARD_RANGE
    return issued and len(set(digits)) > 1 and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - LARGEST_DIGIT if doubled > LARGEST_DIGIT else doubled
    return total % 10 == 0


def iban_length(text: str) -> int:
    """How many of the first characters are an IBAN, spaces included; 0 where they are none."""
    wanted = IBAN_LENGTHS.get(text[:2].upper(), 0)
    compact = ""
    for place, sign in enumerate(text, start=1):
        compact += sign if sign.isalnum() else ""
        if len(compact) == wanted:
            return place if _iban_remainder(compact.upper()) == IBAN_REMAINDER else 0
    return 0


def _iban_remainder(compact: str) -> int:
    turned = compact[4:] + compact[:4]
    if not turned.isascii() or not turned.isalnum():
        return 0
    return int("".join(str(int(sign, 36)) for sign in turned)) % IBAN_MODULUS


def is_phone(text: str) -> bool:
    """As many digits as a telephone number has, and not all the same."""
    digits = digits_of(text)
    return len(digits) in PHONE_DIGITS and len(set(digits)) > 1


def is_address(text: str) -> bool:
    """An internet address, version 4 or 6, that says something of somebody: neither this machine nor none at all."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def has_digit(text: str) -> bool:
    """Whether it looks more like a secret than like a word."""
    return any(sign.isdigit() for sign in text)
