"""A process that is killed while it takes texts in leaves each of them whole or absent, and an index that answers."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.indexes import Indexes
from corpus.database import Database, sqlite_url, upgrade
from corpus.library import Library
from corpus.reading import read_document
from index.embedder import load_embedder
from index.store import IndexStore

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")

MOMENTS = 20
FILES = 6
TEXT = "# 第{n}号条例\n\n2024年1月1日 国务院令第{n}号公布\n\n<!-- INFO END -->\n\n"
ARTICLE = "第{}条 县级以上人民政府应当加强第{}项知识产权保护工作，落实各项措施。\n\n"

# Imports once, then forks for each order. A child counts its calls of functions; at the one that it is given it starts
# a process that kills it a little later, wherever it is by then. Told no number it finishes and says how many there were.
FORGE = """
import json, os, signal, sys
from pathlib import Path
from corpus.database import Database, sqlite_url
from corpus.ingest import ingest
from corpus.library import Library
from index.embedder import load_embedder
from index.lay_questions import shipped_questions
from index.question_vectors import shipped_vectors
from index.store import IndexStore
from index.terms import default_analyzer

embedder = load_embedder(embedding_model=None)
embedder.encode_passages(["预热"]), default_analyzer().words("预热"), shipped_questions(), shipped_vectors()

def take_in(var, files):
    library = Library(database=Database(sqlite_url(var / "assistant.db")), files_dir=var / "documents")
    ingest([files], library=library)
    IndexStore(var).refresh(library.held, embedder=embedder)

def counted(order):
    calls = 0
    def count(*_):
        nonlocal calls
        calls += 1
        if calls == order["call"] and os.fork() == 0:
            sys.setprofile(None)
            for _ in range(order["later"]):
                pass
            os.kill(os.getppid(), signal.SIGKILL)
            os._exit(0)
    sys.setprofile(count)
    take_in(Path(order["var"]), Path(order["files"]))
    sys.setprofile(None)
    return calls

for line in sys.stdin:
    order = json.loads(line)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(counted(order)).encode())
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 100).decode()
    os.close(reading)
    print(json.dumps({"signal": os.waitpid(child, 0)[1] & 127, "calls": int(said or 0)}), flush=True)
"""

Forge = Callable[..., dict[str, int]]


def library_in(var: Path) -> Library:
    return Library(database=Database(sqlite_url(var / "assistant.db")), files_dir=var / "documents")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    for number in range(FILES):
        articles = "".join(ARTICLE.format(n, number) for n in range(1, 8))
        (folder / f"{number:02}.md").write_text(TEXT.format(n=number) + articles, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def forge(files: Path) -> Iterator[Forge]:
    """Return what takes the files in, in a process of its own, and tells how that ended."""
    with subprocess.Popen([sys.executable, "-c", FORGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def order(var: Path, *, call: int = 0, later: int = 0, only: str = "") -> dict[str, int]:
            given = {"var": str(var), "files": str(files / only), "call": call, "later": later}
            process.stdin.write(json.dumps(given).encode() + b"\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            ended: dict[str, int] = json.loads(process.stdout.readline())  # type: ignore[union-attr]
            return ended

        yield order
        process.stdin.close()


@pytest.fixture(scope="module", params=["a first index is built", "an index is brought up to date"])
def before(request: pytest.FixtureRequest, forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with an empty database, or one with two of the texts."""
    var = tmp_path_factory.mktemp("before")
    upgrade(sqlite_url(var / "assistant.db"))
    if "up to date" in request.param:
        for name in ("00.md", "01.md"):
            assert forge(var, only=name)["signal"] == 0
    return var


def test_killed_at_any_moment_every_text_is_whole_or_absent_and_the_index_answers(
    before: Path, files: Path, forge: Forge, tmp_path: Path
) -> None:
    shutil.copytree(before, tmp_path / "unharmed")
    calls = forge(tmp_path / "unharmed")["calls"]
    wanted = {
        each.document_id: each for each in (read_document(path.read_bytes(), path.name) for path in files.iterdir())
    }
    embedder = load_embedder(embedding_model=None)
    chance, counts, ends = random.Random(20261123), [], []
    for moment in range(MOMENTS // 2):
        var = tmp_path / str(moment)
        shutil.copytree(before, var)
        ends.append(forge(var, call=chance.randint(1, calls), later=chance.randint(0, 30_000))["signal"])
        library = library_in(var)
        held = list(library.documents_in_library())
        for document in held:
            assert document == wanted[document.document_id]
            original = library.original(document.document_id).read_bytes()
            assert hashlib.sha256(original).hexdigest() == document.sha256
        counts.append(len(held))
        indexes = Indexes(store=IndexStore(var), embedder=embedder, documents=library.held)
        index = indexes.ensure()
        assert index.documents.keys() == {document.document_id for document in held}
        if held:
            hits = indexes.retriever().search("县级以上人民政府保护工作", as_of=dt.date(2026, 11, 23)).hits
            assert hits[0].document.document_id in wanted
        assert not [path for path in (var / "index").iterdir() if path.name.startswith(".building")]
    assert set(ends) <= {signal.SIGKILL, 0}
    assert ends.count(0) <= 2, "blows fell when all was done"
    assert min(counts) < FILES
    assert forge(tmp_path / "0")["signal"] == 0
    assert {each.document_id: each for each in library_in(tmp_path / "0").documents_in_library()} == wanted
