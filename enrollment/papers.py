"""Keep what somebody brought to the desk (附件): a photo of the ID or the social-security card.

A phone's photo of several megabytes is made small enough to keep and large enough to read, turned
upright, and without the place where it was taken. Then it is sealed like every other file.
"""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

from enrollment.errors import PaperIsNoPicture
from enrollment.models import Paper
from pension_portal.files import store_file

PURPOSE = "paper"
LONGEST_SIDE = 1600  # pixels: a card fills the picture, and its smallest print stays readable
QUALITY = 80
MOST_PIXELS = 80_000_000  # beyond any phone; a small file may unfold into gigabytes
PDF_START = b"%PDF"


def add_paper(upload, kind, *, draft, by):
    """Keep a paper with the draft of a registration; return it.

    Refuses PaperIsNoPicture and what `store_file` refuses.
    """
    file, _is_new = store_file(
        made_small(upload), county_code=by.area_code[:6], purpose=PURPOSE, by=by
    )
    return Paper.objects.create(kind=kind, file=file, draft=draft, added_by=by)


def made_small(upload):
    """Return an upload as it is kept: a picture as a smaller JPEG, a PDF as it is.

    Refuses PaperIsNoPicture.
    """
    content = upload.read()
    upload.seek(0)
    if not content or content.startswith(PDF_START):
        return upload
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PaperIsNoPicture(name=upload.name)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as fault:
        raise PaperIsNoPicture(name=upload.name) from fault
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = io.BytesIO()
    upright.save(small, "JPEG", quality=QUALITY)
    name = upload.name.rpartition(".")[0] or upload.name
    return SimpleUploadedFile(f"{name}.jpg", small.getvalue())
