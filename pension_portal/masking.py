"""Show a person without showing all of a person (脱敏).

`341202********1234` is enough for a clerk to tell two people apart and too little to use elsewhere.
What is shorter than it should be is hidden whole, because showing "the ends" of a short text shows
nearly everything.
"""

SHORTEST_ID = 15
SHORTEST_BANK_CARD = 12


def mask_id(text):
    """Return the first 6 and the last 4 of an ID number, the rest starred; '' for ''."""
    if len(text) < SHORTEST_ID:
        return "*" * len(text)
    return text[:6] + "*" * (len(text) - 10) + text[-4:]


def mask_name(text):
    """Return 张* for two characters, 张*三 for more; the length stays to tell namesakes apart."""
    if len(text) <= 2:
        return text[:1] + "*" * (len(text) - 1)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def mask_phone(text):
    """Return 138****0011 for a mobile number; for any other number only its last four."""
    if len(text) == 11 and text.startswith("1"):
        return text[:3] + "****" + text[-4:]
    return "****" + text[-4:] if len(text) > 4 else "*" * len(text)


def mask_bank_card(text):
    """Return the first 3 and the last 4 of a bank card or account, the rest starred."""
    if len(text) < SHORTEST_BANK_CARD:
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]
