"""Text runs of a PDF page, by PDFium, from the places of single characters.

What stands on one baseline is one line: by its ink a comma would lie below it, and “ of another font above.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2.raw as pdfium_raw

from corpus.readers.pdf_layout import Run, segments_of

_GAP = 0.2
_SAME_LINE = 0.5
_ASCENT, _DESCENT = 0.8, 0.2
_BREAKS = (10, 13)
_SURROGATES = range(0xD800, 0xE000)


def runs_of(page: Any, height: float) -> list[Run]:
    """Return what stands together on the lines of a page, from top to bottom.

    :param height: of the page, in points; runs count from its top.
    """
    text_page = page.get_textpage()
    runs = segments_of(_grouped(_characters(text_page.raw, text_page.count_chars(), height)))
    text_page.close()
    return runs


def _characters(text_page: Any, count: int, height: float) -> Iterator[Run | None]:
    """Yield each character as a run; None for a line break of PDFium."""
    box, x, y = pdfium_raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(count):
        code = pdfium_raw.FPDFText_GetUnicode(text_page, index)
        if code in _BREAKS:
            yield None
            continue
        placed = pdfium_raw.FPDFText_GetLooseCharBox(text_page, index, box)
        placed = placed and pdfium_raw.FPDFText_GetCharOrigin(text_page, index, x, y)
        if placed and code and code not in _SURROGATES:
            baseline, size = height - y.value, box.top - box.bottom
            yield Run(box.left, baseline - _ASCENT * size, box.right, baseline + _DESCENT * size, chr(code))


def _grouped(characters: Iterator[Run | None]) -> Iterator[Run]:
    run: Run | None = None
    for character in characters:
        if run is not None and character is not None and character.text.isspace():
            run = replace(run, text=run.text.rstrip() + " ")  # the box of a blank may reach over to the next column
            continue
        if run is not None and character is not None and _goes_on(run, character):
            run = Run(
                run.x0,
                min(run.top, character.top),
                max(run.x1, character.x1),
                max(run.bottom, character.bottom),
                run.text + character.text,
            )
            continue
        if run is not None and run.text.strip():
            yield run
        run = character
    if run is not None and run.text.strip():
        yield run


def _goes_on(run: Run, character: Run) -> bool:
    apart = abs((run.top + run.bottom) - (character.top + character.bottom)) / 2
    same_line = apart < _SAME_LINE * min(run.height, character.height)
    return same_line and -0.5 * run.height <= character.x0 - run.x1 <= _GAP * run.height
