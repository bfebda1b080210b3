"""A library in a temporary folder, and makers of files in each format."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.database import Database, sqlite_url, upgrade
from corpus.library import Library


@pytest.fixture
def open_library() -> Callable[[Path], Library]:
    def open_(folder: Path) -> Library:
        url = sqlite_url(folder / "assistant.db")
        upgrade(url)
        return Library(database=Database(url), files_dir=folder / "documents")

    return open_


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory, open_library: Callable[[Path], Library]) -> Library:
    return open_library(tmp_path_factory.mktemp("var"))


@pytest.fixture
def make_pdf():
    """Return a maker: each page is a function that draws on a canvas of A4 size, 595 by 842 points from the bottom."""
    canvas_module = pytest.importorskip(
        "reportlab.pdfgen.canvas", reason="reportlab writes the PDF files of these tests"
    )
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import cidfonts, pdfmetrics

    pdfmetrics.registerFont(cidfonts.UnicodeCIDFont("STSong-Light"))

    def make(*pages: Callable, password: str | None = None) -> bytes:
        stream = io.BytesIO()
        encrypt = StandardEncryption(password, ownerPassword="owner") if password else None
        canvas = canvas_module.Canvas(stream, pagesize=(595, 842), encrypt=encrypt)
        for draw in pages:
            canvas.setFont("STSong-Light", 11)
            draw(canvas)
            canvas.showPage()
        canvas.save()
        return stream.getvalue()

    return make


@pytest.fixture
def make_zip():
    def make(entries: dict[str, bytes]) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return stream.getvalue()

    return make


@pytest.fixture
def make_docx(make_zip):
    """Return a maker of the smallest Word file around the XML of a body."""

    def make(body: str, **parts: str) -> bytes:
        word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        entries = {
            "[Content_Types].xml": b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "_rels/.rels": (
                b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship "
                b"Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' "
                b"Target='word/document.xml'/></Relationships>"
            ),
            "word/document.xml": f"<w:document xmlns:w='{word}'><w:body>{body}</w:body></w:document>".encode(),
        }
        for name, content in parts.items():
            entries[f"word/{name}.xml"] = content.replace("xmlns:w=''", f"xmlns:w='{word}'").encode()
        return make_zip(entries)

    return make


@pytest.fixture
def make_ofd(make_zip):
    """Return a maker of OFD files: each page is a list of (x, y, text) in mm, or the XML of its layer."""

    def make(*pages: list[tuple[float, float, str]] | str, extra: dict[str, bytes] | None = None) -> bytes:
        ns = "xmlns:ofd='http://www.ofdspec.org/2016'"
        entries = {
            "OFD.xml": f"<ofd:OFD {ns}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": (
                f"<ofd:Document {ns}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
                "</ofd:PageArea></ofd:CommonData><ofd:Pages>"
                + "".join(f"<ofd:Page ID='{n}' BaseLoc='Pages/Page_{n}/Content.xml'/>" for n in range(len(pages)))
                + "</ofd:Pages></ofd:Document>"
            ),
        }
        for number, page in enumerate(pages):
            layer = (
                page
                if isinstance(page, str)
                else "".join(
                    f"<ofd:TextObject Boundary='{x} {y} {len(text) * 4} 4.5' Size='4'>"
                    f"<ofd:TextCode X='0' Y='4'>{text}</ofd:TextCode></ofd:TextObject>"
                    for x, y, text in page
                )
            )
            entries[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
                f"<ofd:Page {ns}><ofd:Content><ofd:Layer>{layer}</ofd:Layer></ofd:Content></ofd:Page>"
            )
        return make_zip({name: content.encode() for name, content in entries.items()} | (extra or {}))

    return make
