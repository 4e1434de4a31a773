import pytest

from townships.headcounts import in_ten_thousands, read_headcount


@pytest.mark.requirement("Y02")
@pytest.mark.parametrize(
    "text", ["223300", "223,300", "22.33万人", "22.33 万", "22.33万", "223300人"]
)
def test_a_task_may_be_written_in_persons_or_in_ten_thousands(text):
    assert read_headcount(text) == 223300


@pytest.mark.parametrize("text", ["", "万", "22.333331万", "1.5", "-3", "约两万", "1,23"])
def test_what_is_no_number_of_people_is_none(text):
    assert read_headcount(text) is None


@pytest.mark.requirement("Y02")
def test_persons_are_shown_in_ten_thousands_with_the_places_they_need():
    assert [in_ten_thousands(people) for people in (223300, 10000, 4600, 0)] == [
        "22.33",
        "1",
        "0.46",
        "0",
    ]
