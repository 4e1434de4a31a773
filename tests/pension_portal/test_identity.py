"""Who a number can belong to, and what is said when it can be nobody's."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pension_portal.identity import (
    SENTENCES,
    WEIGHTS,
    IdFault,
    IdNumber,
    check_character,
    check_id_number,
    faults,
    looks_like_receipt,
    upgrade,
)

TODAY = date(2021, 3, 20)
GUI_LAN = "990101196801010013"


def id_number(area="990101", born="19680101", sequence="001"):
    seventeen = area + born + sequence
    return seventeen + check_character(seventeen)


@pytest.mark.requirement("A51")
def test_a_right_number_tells_birthday_and_sex():
    assert check_id_number(GUI_LAN, TODAY) == IdNumber(GUI_LAN, date(1968, 1, 1), "m", "foreigner")
    assert check_id_number(id_number(sequence="002"), TODAY).sex == "f"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("810000199408230021", "residence_permit"),
        ("830000199201300022", "residence_permit"),
        ("932682198501010017", "foreigner"),
    ],
)
def test_published_samples_of_other_documents_are_right(text, kind):
    assert check_id_number(text, TODAY).kind == kind
    assert faults([text], TODAY) == [None]


@pytest.mark.requirement("A51")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("990101196801010014", "checksum"),
        ("99010119680101001", "length"),
        ("9901011968010100133", "length"),
        ("99010119680101OO13", "characters"),
        ("9901011968010100X3", "characters"),
        ("９９０１０１１９６８０１０１００１３", "characters"),
        (id_number(area="080101"), "area"),
        (id_number(born="19681301"), "date"),
        (id_number(born="19690229"), "date"),
        (id_number(born="17680101"), "date"),
        (id_number(born="20210321"), "future"),
        ("320160127000275387", "receipt"),
        ("334126210305012345", "receipt"),
        (GUI_LAN + "43", "disability_card"),
        (GUI_LAN + "43B1", "disability_card"),
        ("CHN110199901011", "old_permit"),
        ("990101196801010000", "damaged"),
    ],
)
def test_each_fault_has_its_own_name(text, code):
    found = check_id_number(text, TODAY)

    assert found == IdFault(code, SENTENCES[code])
    assert faults([text], TODAY) == [code]


def test_a_child_born_today_is_not_in_the_future():
    assert faults([id_number(born="20210320")], TODAY) == [None]


@pytest.mark.parametrize("mark", ["number", "exponent"])
def test_a_damaged_number_is_named_even_if_the_check_fits_by_chance(mark):
    assert check_id_number(GUI_LAN, TODAY, mark).code == "damaged"
    assert faults([GUI_LAN, GUI_LAN], TODAY, ["", mark]) == [None, "damaged"]


def test_a_right_number_that_ends_in_three_noughts_is_right():
    text = next(
        number
        for sequence in range(1000)
        if (number := id_number(sequence=f"{sequence:03d}")).endswith("000")
    )

    assert faults([text], TODAY) == [None]


def test_fifteen_digits_are_upgraded_and_survive_a_number_cell():
    upgraded = check_id_number("990101680101001", TODAY, "number")

    assert upgraded.text18 == GUI_LAN
    assert faults(["990101680101001"], TODAY, ["number"]) == [None]


def test_a_centenarian_of_the_old_numbers_was_born_in_the_1800s():
    assert upgrade("990101850101998")[6:14] == "18850101"
    assert upgrade("990101850101995")[6:14] == "19850101"


def test_the_sentences_say_where_to_look():
    assert str(SENTENCES["checksum"]) == "身份证号最后一位对不上，应核对第 17、18 位"
    assert "000" in str(SENTENCES["damaged"])


def test_a_receipt_is_told_from_an_id():
    assert looks_like_receipt("320160127000275387")
    assert not looks_like_receipt("320102196801010013")
    assert not looks_like_receipt(GUI_LAN)


@given(st.text(alphabet="0123456789X ", max_size=22) | st.text(max_size=20))
def test_one_number_and_a_whole_column_are_judged_alike(text):
    found = check_id_number(text, TODAY)

    assert faults([text], TODAY) == [found.code if isinstance(found, IdFault) else None]


@given(
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
    st.sampled_from(["110101", "341202", "650000", "990102"]),
)
def test_every_number_made_by_the_standard_passes(born, sequence, area):
    text = id_number(area, f"{born:%Y%m%d}", f"{sequence:03d}")

    digits = [10 if c == "X" else int(c) for c in text]
    assert sum(d * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11 == 1
    assert faults([text], TODAY) == [None]
    assert check_id_number(text, TODAY).born_on == born


@given(st.integers(0, 17), st.integers(1, 9), st.dates(date(1900, 1, 1), TODAY))
def test_one_wrong_digit_is_always_found(place, shift, born):
    text = id_number(born=f"{born:%Y%m%d}")
    digit = 0 if text[place] == "X" else int(text[place])
    wrong = text[:place] + str((digit + shift) % 10) + text[place + 1 :]
    if wrong == text:
        return

    assert faults([wrong], TODAY) != [None]


@given(
    st.lists(
        st.sampled_from(
            [GUI_LAN, "830000199201300022", "990101196801010014", "", "320160127000275387"]
        )
        | st.text(alphabet="0123456789X", min_size=18, max_size=18)
        | st.text(max_size=20),
        max_size=30,
    )
)
def test_a_number_is_judged_the_same_whoever_stands_beside_it(texts):
    assert faults(texts, TODAY) == [faults([text], TODAY)[0] for text in texts]
