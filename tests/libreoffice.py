"""Save a file once more with LibreOffice, as an office does that does not have Excel."""

import shutil
import subprocess

import pytest

FORMS = ("xlsx", "xls", "ods")
needs_libreoffice = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is not here"
)


def saved_again(path, form, folder):
    """Return the path of the workbook as LibreOffice saves it in this form."""
    folder.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", folder, path]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (found,) = folder.glob(f"*.{form}")
    return found
