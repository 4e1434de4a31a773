"""Enough of a person to tell two apart, and no more."""

import pytest

from pension_portal.masking import mask_bank_card, mask_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (mask_id, "341202199001011234", "341202********1234"),
        (mask_id, "341202900101123", "341202*****1123"),
        (mask_id, "3412021990", "**********"),
        (mask_id, "", ""),
        (mask_name, "张三", "张*"),
        (mask_name, "张小三", "张*三"),
        (mask_name, "买买提·艾力", "买****力"),
        (mask_name, "张", "张"),
        (mask_name, "", ""),
        (mask_phone, "13812340011", "138****0011"),
        (mask_phone, "0558-2581234", "****1234"),
        (mask_phone, "1234", "****"),
        (mask_bank_card, "6217001234567890123", "621************0123"),
        (mask_bank_card, "12345", "*****"),
    ],
)
def test_what_is_shown_of_a_person(mask, text, shown):
    assert mask(text) == shown
