"""How soon the server is ready, what memory it takes, and how it serves many visitors at once; prints Markdown.

    python -m benchmarks.serving [--visitors 50] [--seconds 20] [--helpers 1]

First as many questions in other words as can be asked in that time, each once; then the golden questions over and over:
what a generation was asked before is remembered. Each visitor has a connection, as visitors have. The index is built
first, outside the measurement. Client and server share the machine, so the figures are on the safe side.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import httpx

from benchmarks.unseen_questions import QUESTIONS as UNSEEN
from benchmarks.unseen_questions import questions

START_TIMEOUT_S, SETTLING_S = 180.0, 5.0
GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "golden_questions.jsonl"
QUESTIONS = tuple(
    dict.fromkeys(json.loads(line)["turns"][0] for line in GOLDEN.read_text(encoding="utf-8").splitlines())
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--helpers", type=int, default=0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as data_dir:
        subprocess.run([sys.executable, "-m", "assistant", "index"], env=_environment(data_dir), check=True)
        with serving(data_dir, helpers=wanted.helpers) as (url, process, ready_s):
            time.sleep(SETTLING_S * (1 + wanted.helpers))
            idle_mb = _resident_mb(process.pid)
            new = [query for _, query in questions(UNSEEN)]
            random.Random(1).shuffle(new)
            new_ms, new_failures = asyncio.run(visit(url, new, visitors=wanted.visitors, seconds=wanted.seconds))
            again = itertools.cycle(QUESTIONS)
            times_ms, failures = asyncio.run(visit(url, again, visitors=wanted.visitors, seconds=wanted.seconds))
            busy_mb, helpers_mb = _resident_mb(process.pid), _children_mb(process.pid)
    rows = [
        ("cold start to /readyz, index built", f"{ready_s:.1f} s"),
        ("memory when ready", f"{idle_mb:.0f} MB"),
        (f"memory after {wanted.visitors} visitors for {wanted.seconds:g} s", f"{busy_mb:.0f} MB"),
        ("memory of its helpers then", f"{helpers_mb:.0f} MB"),
        ("questions answered, each new", f"{len(new_ms)}"),
        ("questions answered, asked before", f"{len(times_ms)} ({len(times_ms) / wanted.seconds:.0f} each second)"),
        ("failed", str(new_failures + failures)),
        ("time to the whole reply, each question new, p50", f"{quantile(new_ms, 0.50):.0f} ms"),
        ("time to the whole reply, each question new, p99", f"{quantile(new_ms, 0.99):.0f} ms"),
        ("time to the whole reply, p50", f"{quantile(times_ms, 0.50):.0f} ms"),
        ("time to the whole reply, p99", f"{quantile(times_ms, 0.99):.0f} ms"),
    ]
    print("| what | measured |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


def quantile(values: list[float], share: float) -> float:
    """Return the value that ``share`` of ``values`` do not exceed; nan when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


@contextmanager
def serving(data_dir: str, *, helpers: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Yield the address of a fresh server, its process and the seconds until it was ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "serve", "--port", str(port)],
        env={**_environment(data_dir), "ASSISTANT_HELPERS": str(helpers)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        while not _ready(url):
            if process.poll() is not None or time.perf_counter() - started > START_TIMEOUT_S:
                raise SystemExit("the server did not become ready")
            time.sleep(0.02)
        yield url, process, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


async def visit(
    url: str, questions: Iterable[str], *, visitors: int, seconds: float = START_TIMEOUT_S
) -> tuple[list[float], int]:
    """Let ``visitors`` ask ``questions``, each the next one as soon as it is answered, until there is none or time is up.

    :returns: the times in ms, and how many failed.
    """
    times_ms: list[float] = []
    failures = 0
    end, waiting = time.perf_counter() + seconds, iter(questions)

    async def one() -> None:
        nonlocal failures
        async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=1)) as client:
            for question in waiting:
                asked = time.perf_counter()
                async with client.post("/api/v1/ask", json={"query": question}) as answer:
                    await answer.read()
                if answer.status == 200:
                    times_ms.append((time.perf_counter() - asked) * 1e3)
                else:
                    failures += 1
                if time.perf_counter() >= end:
                    return

    await asyncio.gather(*(one() for _ in range(visitors)))
    return times_ms, failures


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _environment(data_dir: str) -> dict[str, str]:
    return {**os.environ, "ASSISTANT_DATA_DIR": data_dir}


def _resident_mb(pid: int) -> float:
    """Return a process's resident memory in MB, from Linux's /proc."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _children_mb(pid: int) -> float:
    """Return the resident memory of a process's children in MB."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return sum(_resident_mb(int(child)) for task in tasks for child in task.read_text(encoding="ascii").split())


if __name__ == "__main__":
    main()
