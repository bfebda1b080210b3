"""Reads PDF files: text runs by PDFium, ruled tables by pdfplumber on the pages that have rules, scans by optional OCR."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_raw

from corpus.errors import BrokenFileError, EncryptedFileError, FileTooLargeError, ScannedFileError
from corpus.readers.base import Block, Content, Limits, Paragraph, Table
from corpus.readers.ocr import ocr_lines
from corpus.readers.pdf_layout import Run, continues, is_running_head, page_lines, paragraphs, running_heads
from corpus.readers.pdf_tables import PlacedTable, ruled_tables

_FEWEST_RULES = 4
_FEWEST_CHARACTERS = 10
_MOST_PICTURE_PAGES = 0.2
_PDFIUM = threading.Lock()  # PDFium may be used by one thread at a time only


def read_pdf(data: bytes, limits: Limits) -> Content:
    """Read a PDF file.

    :raises EncryptedFileError: when it needs a password.
    :raises ScannedFileError: when more than a fifth of its pages are pictures and no OCR is installed.
    :raises FileTooLargeError: when it has too many pages.
    :raises BrokenFileError: when it cannot be opened.
    """
    with _PDFIUM:
        document = _open(data)
        try:
            if len(document) > limits.max_pages:
                raise FileTooLargeError(f"found {len(document)} pages, wanted at most {limits.max_pages}")
            pages = [_Page(document, number) for number in range(len(document))]
        finally:
            document.close()
    _check_pictures(pages)
    return Content(tuple(_blocks(pages, data)))


def _open(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium_raw.FPDF_ERR_PASSWORD:
            raise EncryptedFileError("found a PDF file behind a password; save it without one") from error
        raise BrokenFileError(f"found a PDF file that cannot be opened: {error}") from error


class _Page:
    """What PDFium gives for one page."""

    def __init__(self, document: Any, number: int) -> None:
        try:
            page = document[number]
            self.width, self.height = page.get_size()
            self.runs = _runs(page, self.height)
            kinds = [item.type for item in page.get_objects(max_depth=3)]
        except pypdfium2.PdfiumError as error:
            raise BrokenFileError(f"found a damaged page {number + 1}: {error}") from error
        self.number = number
        self.ruled = kinds.count(pdfium_raw.FPDF_PAGEOBJ_PATH) >= _FEWEST_RULES and not page.get_rotation()
        is_picture = (
            pdfium_raw.FPDF_PAGEOBJ_IMAGE in kinds and sum(len(run.text) for run in self.runs) < _FEWEST_CHARACTERS
        )
        self.is_picture = is_picture
        if is_picture and (lines := ocr_lines(page)) is not None:
            self.runs, self.is_picture = lines, False
        page.close()


def _runs(page: Any, height: float) -> list[Run]:
    text_page = page.get_textpage()
    runs = []
    for index in range(text_page.count_rects()):
        left, bottom, right, top = text_page.get_rect(index)
        text = text_page.get_text_bounded(left, bottom, right, top).replace("\r", "").replace("\n", "")
        if text.strip():
            runs.append(Run(left, height - top, right, height - bottom, text))
    text_page.close()
    return runs


def _check_pictures(pages: Sequence[_Page]) -> None:
    pictures = sum(page.is_picture for page in pages)
    if pictures > _MOST_PICTURE_PAGES * len(pages):
        raise ScannedFileError(
            f"found {pictures} of {len(pages)} pages that are pictures; wanted text: "
            "pip install 'ip-consultation-assistant[ocr]', or add a file with text"
        )


def _blocks(pages: Sequence[_Page], data: bytes) -> Iterator[Block]:
    """Yield the blocks of all pages, with paragraphs and tables that a page break parts joined again."""
    last: Block | None = None
    for page_blocks in _by_page(pages, data):
        for position, block in enumerate(page_blocks):
            joined = _join(last, block) if position == 0 and last is not None else None
            if joined is None and last is not None:
                yield last
            last = joined or block
    if last is not None:
        yield last


def _join(last: Block, block: Block) -> Block | None:
    match last, block:
        case Paragraph(text), Paragraph(following) if continues(text, following):
            return Paragraph(text + following)
        case Table(), Table() if len(last.names) == len(block.names):
            more = block.rows if block.names == last.names else (block.names, *block.rows)
            return replace(last, rows=(*last.rows, *more))
    return None


def _by_page(pages: Sequence[_Page], data: bytes) -> Iterator[list[Block]]:
    heads = running_heads([(page.runs, page.height) for page in pages])
    tables = ruled_tables(data, [page.number for page in pages if page.ruled])
    for page in pages:
        runs = [run for run in page.runs if not is_running_head(run, page.height, heads)]
        yield list(_page_blocks(runs, page.width, tables.get(page.number, [])))


def _page_blocks(runs: Sequence[Run], width: float, tables: Sequence[PlacedTable]) -> Iterator[Block]:
    """Yield paragraphs and tables of one page from top to bottom."""
    free = [run for run in runs if not any(table.holds(run) for table in tables)]
    for placed in sorted(tables, key=lambda table: table.top):
        above = [run for run in free if run.top < placed.top]
        free = [run for run in free if run.top >= placed.top]
        yield from map(Paragraph, paragraphs(page_lines(above, width)))
        yield placed.table
    yield from map(Paragraph, paragraphs(page_lines(free, width)))
