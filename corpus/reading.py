"""From the bytes of any file that is taken in to a Document."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from zipfile import BadZipFile

from yaml import YAMLError

from corpus.errors import BrokenFileError, EmptyFileError, FileTooLargeError, UnsupportedFormatError
from corpus.readers.assemble import assemble
from corpus.readers.base import MIB, Limits, Reader
from corpus.readers.lawbook import read_lawbook
from corpus.readers.markdown import read_markdown
from corpus.readers.sniff import Format, sniff
from corpus.readers.text import decode
from corpus.records import Document

READER_VERSION = 2
"""Raise it when readers give something else for the same file; files that are here already are then read again."""

# By name: the libraries behind them take a third of a second to import, which only those who read files should wait for.
_READERS: Mapping[Format, tuple[str, str]] = {
    Format.DOC: ("doc_wps", "read_doc"),
    Format.DOCX: ("docx", "read_docx"),
    Format.HTML: ("html", "read_html"),
    Format.MARKDOWN: ("text", "read_plain_markdown"),
    Format.OFD: ("ofd", "read_ofd"),
    Format.PDF: ("pdf", "read_pdf"),
    Format.TEXT: ("text", "read_text"),
    Format.XLSX: ("xlsx", "read_xlsx"),
}


def _reader(kind: Format) -> Reader:
    module, function = _READERS[kind]
    reader: Reader = getattr(import_module(f"corpus.readers.{module}"), function)
    return reader


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
            return assemble(_reader(kind)(data, limits), name=PurePath(name).stem, sha256="")
