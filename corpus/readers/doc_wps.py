"""Reads old Word and WPS files (DOC, WPS, RTF) by having LibreOffice write them as DOCX."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from corpus.errors import ConverterMissingError
from corpus.readers.base import Content, Limits
from corpus.readers.docx import read_docx

_PROGRAMS = ("soffice", "libreoffice")
# Without it LibreOffice would load pictures and texts that the file links to on other machines.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link"
 oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""


def converter() -> str | None:
    """Return the path of LibreOffice, or None."""
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


def read_doc(data: bytes, limits: Limits) -> Content:
    """Read an old Word, WPS or RTF file.

    :raises ConverterMissingError: when LibreOffice is not installed, or fails, or takes too long.
    """
    program = converter()
    if program is None:
        raise ConverterMissingError(
            "found an old Word or WPS file; wanted LibreOffice (soffice) to read it: install libreoffice-writer, "
            "or save the file as DOCX"
        )
    with tempfile.TemporaryDirectory(prefix="convert-") as name:
        return read_docx(_converted(program, Path(name), data, limits), limits)


def _converted(program: str, folder: Path, data: bytes, limits: Limits) -> bytes:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    # LibreOffice takes .wps for Microsoft Works; by its content a WPS file is a Word file.
    source = folder / ("text.rtf" if data.startswith(b"{\\rtf") else "text.doc")
    source.write_bytes(data)
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder),
        str(source),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.conversion_timeout_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise ConverterMissingError(f"LibreOffice took more than {limits.conversion_timeout_s} s") from error
    result = folder / "text.docx"
    if not result.exists():
        raise ConverterMissingError(
            f"LibreOffice could not read the file (exit {done.returncode}): {done.stderr.decode(errors='replace')[-200:]}"
        )
    return result.read_bytes()
