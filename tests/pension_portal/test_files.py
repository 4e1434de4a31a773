"""An uploaded file is kept sealed, and comes back as it was or not at all."""

import pytest

from pension_portal.files import PIECE, open_file, read_file, store_bytes
from tests import county

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path
    county.areas()
    zhao = county.staff("赵")

    def stored(content, name="a.csv"):
        return store_bytes(content, name=name, county_code=county.COUNTY, purpose="test", by=zhao)[
            0
        ]

    return stored


def test_nothing_of_a_file_stands_on_the_disk(store, tmp_path):
    file = store("990101197503020017,张桂兰\n".encode())

    sealed = (tmp_path / file.stored_as).read_bytes()

    assert b"990101197503020017" not in sealed
    assert "张桂兰".encode() not in sealed


def test_a_long_file_is_read_back_piece_by_piece(store):
    content = b"".join(b"%d,a\n" % number for number in range(400_000))
    file = store(content)

    with open_file(file) as stream:
        first = stream.read(10)
        rest = stream.read()

    assert first + rest == content == read_file(file)
    assert len(content) > 2 * PIECE


def test_a_file_whose_pieces_changed_places_is_not_believed(store, tmp_path):
    file = store(b"a" * PIECE + b"b" * PIECE)
    path = tmp_path / file.stored_as
    sealed = path.read_bytes()
    half = len(sealed) // 2
    path.write_bytes(sealed[half:] + sealed[:half])

    with pytest.raises(AssertionError, match="changed on disk"):
        read_file(file)
