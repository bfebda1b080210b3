"""Reading a file takes at most three times its size and 200 MB."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

MEASURE = """
import resource, sys
from pathlib import Path
from corpus.reading import read_document
read_document("关于甲的通知\\n正文若干字，说明有关事项。".encode(), "warm.txt")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
path = Path(sys.argv[1])
document = read_document(path.read_bytes(), path.name)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(document.passages), (after - before) * (1 if sys.platform == "darwin" else 1024))
"""
PARAGRAPH = "各旗县市区人民政府应当加强第{}项地理标志产品保护工作，依法查处侵权行为。"


def text_file() -> bytes:
    return "\n".join(PARAGRAPH.format(n) for n in range(100_000)).encode()


def word_file(make_docx) -> bytes:
    return make_docx("".join(f"<w:p><w:r><w:t>{PARAGRAPH.format(n * 7919)}</w:t></w:r></w:p>" for n in range(60_000)))


def spreadsheet() -> bytes:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("表")
    for number in range(15_000):
        sheet.append([f"第{number}类", number * 3.5, f"{PARAGRAPH.format(number)}", number, "是", None])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def web_page() -> bytes:
    return f"<html><body>{''.join(f'<p>{PARAGRAPH.format(n)}</p>' for n in range(60_000))}</body></html>".encode()


@pytest.mark.parametrize("kind", ["txt", "docx", "xlsx", "html", "pdf"])
def test_memory_stays_within_three_times_the_file_and_200_mb(tmp_path: Path, kind, make_docx, make_pdf):
    pytest.importorskip("resource", reason="peak memory is measured with the resource module of POSIX systems")
    pages = [
        lambda canvas, n=n: [canvas.drawString(60, 780 - 20 * y, PARAGRAPH.format(n * 35 + y)) for y in range(35)]
        for n in range(150)
    ]
    makers = {
        "txt": text_file,
        "docx": lambda: word_file(make_docx),
        "xlsx": spreadsheet,
        "html": web_page,
        "pdf": lambda: make_pdf(*pages),
    }
    path = tmp_path / f"big.{kind}"
    path.write_bytes(makers[kind]())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=300
    )
    passages, grown = map(int, done.stdout.split())
    assert passages > 100
    assert grown <= 3 * path.stat().st_size + 200_000_000
