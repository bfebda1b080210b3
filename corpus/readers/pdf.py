"""Reads PDF files: text runs by PDFium, ruled tables by pdfplumber on the pages that have rules, scans by optional OCR."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_raw

from corpus.errors import BrokenFileError, EncryptedFileError, FileTooLargeError, ScannedFileError
from corpus.readers.base import Block, Content, Limits, Paragraph, Table
from corpus.readers.ocr import ocr_lines
from corpus.readers.pdf_layout import (
    Run,
    continues,
    is_running_head,
    page_lines,
    paragraphs,
    running_heads,
    segments_of,
)
from corpus.readers.pdf_runs import runs_of
from corpus.readers.pdf_tables import Box, PlacedTable, find_cells, place_table

_FEWEST_CHARACTERS = 10
_MOST_PICTURE_PAGES = 0.2
_PDFIUM = threading.Lock()  # PDFium may be used by one thread at a time only


@dataclass(slots=True)
class _Page:
    """What stands on one page; sizes in points."""

    width: float
    height: float
    runs: list[Run]
    has_rules: bool
    is_picture: bool
    by_ocr: bool
    tables: Sequence[PlacedTable] = ()


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
            pages = _pages(document, data, limits)
        except pypdfium2.PdfiumError as error:
            raise BrokenFileError(f"found a damaged page: {error}") from error
        finally:
            document.close()
    return Content(tuple(_blocks(pages)), transcribed=any(page.by_ocr for page in pages))


def _open(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium_raw.FPDF_ERR_PASSWORD:
            raise EncryptedFileError("found a PDF file behind a password; save it without one") from error
        raise BrokenFileError(f"found a PDF file that cannot be opened: {error}") from error


def _pages(document: Any, data: bytes, limits: Limits) -> list[_Page]:
    if len(document) > limits.max_pages:
        raise FileTooLargeError(f"found {len(document)} pages, wanted at most {limits.max_pages}")
    pages = [_page(document[number]) for number in range(len(document))]
    pictures = sum(page.is_picture for page in pages)
    if pictures > _MOST_PICTURE_PAGES * len(pages):
        raise ScannedFileError(
            f"found {pictures} of {len(pages)} pages that are pictures; wanted text: "
            ".venv/bin/pip install rapidocr-onnxruntime, or a file with text"
        )
    cells = find_cells(data, [number for number, page in enumerate(pages) if page.has_rules])
    for number, tables in cells.items():
        pages[number].tables = _tables(document[number], pages[number].height, tables)
    return pages


def _page(page: Any) -> _Page:
    width, height = page.get_size()
    runs = runs_of(page, height)
    kinds = {item.type for item in page.get_objects(max_depth=3)}
    has_rules = pdfium_raw.FPDF_PAGEOBJ_PATH in kinds and not page.get_rotation()
    is_picture = pdfium_raw.FPDF_PAGEOBJ_IMAGE in kinds and sum(len(run.text) for run in runs) < _FEWEST_CHARACTERS
    lines = ocr_lines(page) if is_picture else None
    page.close()
    if lines is not None:
        return _Page(width, height, segments_of(lines), has_rules=False, is_picture=False, by_ocr=True)
    return _Page(width, height, runs, has_rules, is_picture, by_ocr=False)


def _tables(page: Any, height: float, tables: Sequence[Sequence[Box]]) -> list[PlacedTable]:
    text_page = page.get_textpage()

    def text_in(box: Box) -> str:
        x0, top, x1, bottom = box
        text: str = text_page.get_text_bounded(x0, height - bottom, x1, height - top)
        return text

    placed = [place_table(boxes, text_in) for boxes in tables]
    text_page.close()
    page.close()
    return [table for table in placed if table is not None]


def _blocks(pages: Sequence[_Page]) -> Iterator[Block]:
    """Yield the blocks of all pages, with paragraphs and tables that a page break parts joined again."""
    heads = running_heads([(page.runs, page.height) for page in pages])
    last: Block | None = None
    for page in pages:
        for position, block in enumerate(_page_blocks(page, heads)):
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


def _page_blocks(page: _Page, heads: set[str]) -> Iterator[Block]:
    """Yield paragraphs and tables of one page from top to bottom."""
    free = [
        run
        for run in page.runs
        if not is_running_head(run, page.height, heads) and not any(table.holds(run) for table in page.tables)
    ]
    for placed in sorted(page.tables, key=lambda table: table.box[1]):
        above = [run for run in free if run.top < placed.box[1]]
        free = [run for run in free if run.top >= placed.box[1]]
        yield from map(Paragraph, paragraphs(page_lines(above, page.width)))
        yield placed.table
    yield from map(Paragraph, paragraphs(page_lines(free, page.width)))
