"""From the bytes of any file that is taken in to a Document."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from zipfile import BadZipFile

from yaml import YAMLError

from corpus.errors import BrokenFileError, EmptyFileError, FileTooLargeError, UnsupportedFormatError
from corpus.readers.assemble import assemble
from corpus.readers.base import MIB, Limits, Reader
from corpus.readers.doc_wps import read_doc
from corpus.readers.docx import read_docx
from corpus.readers.html import read_html
from corpus.readers.lawbook import read_lawbook
from corpus.readers.markdown import read_markdown
from corpus.readers.ofd import read_ofd
from corpus.readers.pdf import read_pdf
from corpus.readers.sniff import Format, sniff
from corpus.readers.text import decode, read_plain_markdown, read_text
from corpus.readers.xlsx import read_xlsx
from corpus.records import Document

READER_VERSION = 1
"""Raise it when readers give something else for the same file; files that are here already are then read again."""

_READERS: Mapping[Format, Reader] = {
    Format.DOC: read_doc,
    Format.DOCX: read_docx,
    Format.HTML: read_html,
    Format.MARKDOWN: read_plain_markdown,
    Format.OFD: read_ofd,
    Format.PDF: read_pdf,
    Format.TEXT: read_text,
    Format.XLSX: read_xlsx,
}

# What parsers of foreign formats raise on damaged files, besides errors of their own.
_PARSER_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    YAMLError,
    struct.error,
    zlib.error,
)


def read_document(data: bytes, name: str, *, limits: Limits | None = None) -> Document:
    """Read one file, whatever its format.

    :param name: the file name, for the day in a law's name and as title of last resort.
    :returns: the document; ``sha256`` is the digest of ``data``.
    :raises ReadError: naming what was found and what to do.
    :raises FrontMatterError: for a Markdown file of ours with wrong front matter.
    """
    limits = limits or Limits()
    if not data.strip():
        raise EmptyFileError("found an empty file")
    if len(data) > limits.max_bytes:
        raise FileTooLargeError(f"found {len(data) / MIB:.0f} MiB, wanted at most {limits.max_bytes // MIB} MiB")
    try:
        document = _read(data, name, limits)
    except _PARSER_FAILURES as error:
        raise BrokenFileError(f"found a damaged file: {type(error).__name__}: {error}") from error
    return replace(document, sha256=hashlib.sha256(data).hexdigest())


def _read(data: bytes, name: str, limits: Limits) -> Document:
    kind = sniff(data, name, limits)
    match kind:
        case Format.GUIDE:
            return read_markdown(decode(data).removeprefix("\ufeff"))
        case Format.LAWBOOK:
            return read_lawbook(decode(data), name)
        case Format.ARCHIVE:
            raise UnsupportedFormatError("found an archive inside an archive; unpack it first")
        case _:
            return assemble(_READERS[kind](data, limits), name=PurePath(name).stem, sha256="")
