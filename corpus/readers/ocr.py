"""Text of page pictures by RapidOCR, when the extra ``ocr`` is installed."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any

from corpus.errors import ScannedFileError
from corpus.readers.pdf_layout import Run

_MODULE = "rapidocr_onnxruntime"
_SCALE = 200 / 72
_LEAST_CONFIDENCE = 0.5


def ocr_lines(page: Any) -> list[Run] | None:
    """Return the lines of a PDFium page that is a picture; None when no OCR is installed.

    :raises ScannedFileError: when it is installed and cannot be loaded.
    """
    if importlib.util.find_spec(_MODULE) is None:
        return None
    picture = page.render(scale=_SCALE).to_numpy()
    result, _ = _engine()(picture)
    return [_run(corners, text) for corners, text, confidence in result or () if float(confidence) >= _LEAST_CONFIDENCE]


@cache
def _engine() -> Any:
    try:
        return importlib.import_module(_MODULE).RapidOCR()
    except ImportError as error:  # of a library of the system, most often
        raise ScannedFileError(f"found pages that are pictures, and OCR that cannot be loaded: {error}") from error


def _run(corners: list[list[float]], text: str) -> Run:
    xs, ys = [corner[0] / _SCALE for corner in corners], [corner[1] / _SCALE for corner in corners]
    return Run(min(xs), min(ys), max(xs), max(ys), text)
