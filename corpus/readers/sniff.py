"""What a file is by its content; its suffix is not believed."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum

from corpus.errors import EncryptedFileError, UnsupportedFormatError
from corpus.readers.archive import open_archive
from corpus.readers.base import Limits
from corpus.readers.lawbook import is_lawbook
from corpus.readers.text import decode

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_FRONT_MATTER = re.compile(r"\ufeff?---\s*\n.*?^(?:id|kind|title)\s*:", re.DOTALL | re.MULTILINE)
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")


class Format(StrEnum):
    """The formats that are told apart."""

    GUIDE = "markdown with front matter"
    LAWBOOK = "law as markdown"
    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    OFD = "ofd"
    DOC = "doc"
    ARCHIVE = "zip"


def sniff(data: bytes, name: str, limits: Limits) -> Format:
    """Return what the content is; ``name`` decides only between plain text and Markdown.

    :raises EncryptedFileError: for an office file behind a password.
    :raises UnsupportedFormatError: when no reader knows the content.
    """
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data, limits)
    if data.startswith(_OLE):
        return _compound(data)
    if data.startswith(b"{\\rtf"):
        return Format.DOC
    if data.startswith(_PICTURES):
        raise UnsupportedFormatError("found a picture; wanted a document with text")
    return _textual(data, name)


def _zipped(data: bytes, limits: Limits) -> Format:
    with open_archive(data, limits) as archive:
        names = set(archive.namelist())
        if "OFD.xml" in names:
            return Format.OFD
        if "[Content_Types].xml" in names:
            return _office(archive, names)
    return Format.ARCHIVE


def _office(archive: zipfile.ZipFile, names: set[str]) -> Format:
    if any(name.startswith("word/") for name in names):
        return Format.DOCX
    if "xl/workbook.xml" in names:
        return Format.XLSX
    raise UnsupportedFormatError(
        "found an office file that is neither a text nor a spreadsheet; save it as DOCX or PDF"
    )


def _compound(data: bytes) -> Format:
    """Tell OLE files apart by the names of their streams, which stand in the directory as UTF-16."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise EncryptedFileError("found an office file behind a password; save it without one")
    if has("WordDocument"):
        return Format.DOC
    if has("Workbook") or has("Book"):
        raise UnsupportedFormatError("found an old spreadsheet (XLS or ET); save it as XLSX")
    raise UnsupportedFormatError("found an old office file that is no text; save it as DOCX or PDF")


def _textual(data: bytes, name: str) -> Format:
    text = decode(data)
    if _HTML.match(text):
        return Format.HTML
    if _FRONT_MATTER.match(text):
        return Format.GUIDE
    if is_lawbook(text):
        return Format.LAWBOOK
    return Format.MARKDOWN if name.lower().endswith((".md", ".markdown")) else Format.TEXT
