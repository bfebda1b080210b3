"""A process that is killed while it takes documents in leaves each of them whole or absent."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.reading import read_document

FILES = 60
TEXT = "# 第{n}号条例\n\n2024年1月1日 国务院令第{n}号公布\n\n<!-- INFO END -->\n\n"
ARTICLE = "第{}条 县级以上人民政府应当加强第{}项知识产权保护工作，落实各项措施。\n\n"
CHILD = """
import sys
from pathlib import Path
from corpus.database import Database, sqlite_url, upgrade
from corpus.ingest import ingest
from corpus.library import Library

folder, files = Path(sys.argv[1]), Path(sys.argv[2])
url = sqlite_url(folder / "assistant.db")
upgrade(url)
library = Library(database=Database(url), files_dir=folder / "documents")
ingest([files], library=library, progress=lambda name, number, total: print(number, flush=True))
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(FILES):
        articles = "".join(ARTICLE.format(n, number) for n in range(1, 80))
        (folder / f"{number:02}.md").write_text(TEXT.format(n=number) + articles, encoding="utf-8")
    return folder


def kill_at(line: int, offset: int, var: Path, files: Path) -> None:
    """Start a child and kill it at a certain file, some bytes of the child's later output further on."""
    command = [sys.executable, "-c", CHILD, str(var), str(files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for told in child.stdout:
            if int(told) == line:
                break
        os.read(child.stdout.fileno(), offset) if offset else None
        child.send_signal(signal.SIGKILL)
    assert child.returncode in (-signal.SIGKILL, 0)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_at_any_moment_every_document_is_whole_or_absent(tmp_path, files, open_library):
    var = tmp_path / "var"
    wanted = {}
    for path in files.iterdir():
        document = read_document(path.read_bytes(), path.name)
        wanted[document.document_id] = document
    counts = []
    for line, offset in [(1, 0), (1, 1), (5, 0), (9, 2), (17, 1), (25, 0), (26, 3), (40, 0)]:
        kill_at(line, offset, var, files)
        library = open_library(var)
        held = list(library.documents_in_library())
        for document in held:
            assert document == wanted[document.document_id]
            original = library.original(document.document_id).read_bytes()
            assert hashlib.sha256(original).hexdigest() == document.sha256
        counts.append(len(held))
    assert counts == sorted(counts)
    assert counts[0] < FILES

    from corpus.ingest import ingest

    ingest([files], library=open_library(var))
    assert {document.document_id: document for document in open_library(var).documents_in_library()} == wanted
