"""How fast passive replies come: real callback messages at a steady rate against a server of its own on this machine.

Messages are sent when they are due, whether or not earlier ones have been answered, and each is timed from the moment
it was due: a slow server cannot slow its own measurement down. Targets: 95 % within 300 ms; none over 5 s, also with
a chat model that takes 20 s; there half of the visitors write to an account that may send, half to one that may not,
and at the end every acknowledged question must have been sent or fetched.

    python -m benchmarks.wechat [--rate 30] [--seconds 60] [--model-s 20] [--data-dir FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.channels import messages
from corpus.shipped import shipped_documents

TOKEN = "benchmark-token"
FETCHES, SENDS = "fetches", "sends"
TARGET_P95_MS, TARGET_MAX_MS = 300, 5000
VISITORS = 600
_KINDS = (
    "ACK_SEND", "ACK_FETCH", "NEW_QUESTION_WAITS", "STILL_WORKING", "NOTHING_WAITS", "CROWDED", "BUSY", "TOO_FAST", "FAILED",
)  # fmt: skip
_MODEL_TEXT = "根据材料，这件事可以办[1]。"


@dataclass(frozen=True)
class Outcome:
    """One message: how long its passive reply took, and what kind it was."""

    elapsed_ms: float
    kind: str
    account: str
    visitor: str


def questions(count: int) -> list[str]:
    """Return questions as people type them, from the guides' own lists, in an order that is always the same."""
    asked = [each for document in shipped_documents() for passage in document.passages for each in passage.questions]
    return random.Random(7).choices(asked, k=count)


def message(visitor: str, text: str) -> str:
    """Return a text message."""
    return (
        f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{visitor}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{secrets.randbits(62)}</MsgId></xml>"
    )


def signed() -> dict[str, str]:
    """Return the query parameters of a delivery."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(8)
    signature = hashlib.sha1("".join(sorted([TOKEN, stamp, nonce])).encode()).hexdigest()
    return {"signature": signature, "timestamp": stamp, "nonce": nonce}


def kind_of(response: httpx.Response) -> str:
    """Name what a passive reply says."""
    if response.status_code != 200:
        return f"HTTP {response.status_code}"
    for name in _KINDS:
        if getattr(messages, name) in response.text:
            return name.lower()
    return "answer" if "<Content>" in response.text else "silence"


async def ask(client: httpx.AsyncClient, account: str, visitor: str, text: str) -> str:
    """Deliver one message and name the reply."""
    try:
        body = message(visitor, text).encode()
        return kind_of(await client.post(f"/wechat/{account}", params=signed(), content=body))
    except httpx.HTTPError as error:
        return type(error).__name__


def connected(url: str) -> httpx.AsyncClient:
    """Return a client with as many connections as a platform would open."""
    limits = httpx.Limits(max_connections=500, max_keepalive_connections=100)
    return httpx.AsyncClient(base_url=url, timeout=30, limits=limits)


async def send_all(url: str, rate: float, texts: list[str], accounts: tuple[str, ...]) -> list[Outcome]:
    """Send each text when it is due, to the accounts in turn, and return the outcomes in that order."""
    async with connected(url) as client:
        started = time.perf_counter()

        async def deliver(number: int, text: str) -> Outcome:
            account, visitor = accounts[number % len(accounts)], f"visitor-{number % VISITORS}"
            due = started + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            kind = await ask(client, account, visitor, text)
            return Outcome((time.perf_counter() - due) * 1e3, kind, account, visitor)

        return await asyncio.gather(*(deliver(number, text) for number, text in enumerate(texts)))


async def fetched(url: str, data_dir: Path, outcomes: list[Outcome]) -> str:
    """Wait until every question is answered, fetch what waits, and say from the database whether anything is left."""
    with sqlite3.connect(data_dir / "assistant.db") as database:
        for _ in range(300):
            if not database.execute("SELECT 1 FROM channel_inbox WHERE state != 'answered'").fetchone():
                break
            await asyncio.sleep(1)
        async with connected(url) as client:
            for visitor in sorted({each.visitor for each in outcomes if each.account == FETCHES}):
                while (await ask(client, FETCHES, visitor, "1")) not in ("nothing_waits", "too_fast"):
                    pass
        for _ in range(60):
            if not database.execute("SELECT 1 FROM channel_outbox WHERE state = 'waiting'").fetchone():
                break
            await asyncio.sleep(1)
        inbox = database.execute("SELECT state, count(*) FROM channel_inbox GROUP BY 1").fetchall()
        outbox = database.execute("SELECT state, count(*) FROM channel_outbox GROUP BY 1").fetchall()
    return f"messages {dict(inbox)}, answers given later {dict(outbox)}"


@asynccontextmanager
async def answering(body: bytes, content_type: str, delay_s: float = 0) -> AsyncIterator[str]:
    """Run a server that says ``body`` to whatever it is asked, after ``delay_s`` seconds; yields its address."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n".encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(asked.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0))
            await asyncio.sleep(delay_s)
            writer.write(head + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # whoever asked has gone, or the run is over
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def slow_model(delay_s: float) -> AbstractAsyncContextManager[str]:
    """Run a chat model in the OpenAI wire format that says nothing for ``delay_s`` seconds."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": _MODEL_TEXT}, "finish_reason": None}
    chunk = {"id": "b", "object": "chat.completion.chunk", "created": 1, "model": "slow", "choices": [choice]}
    last = {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    body = f"data: {json.dumps(chunk)}\n\ndata: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode()
    return answering(body, "text/event-stream", delay_s)


def platform() -> AbstractAsyncContextManager[str]:
    """Run the platform's message API: it gives a token and takes every message."""
    return answering(b'{"errcode": 0, "access_token": "t", "expires_in": 7200}', "application/json")


@asynccontextmanager
async def served(data_dir: Path, api: str, extra: dict[str, str]) -> AsyncIterator[str]:
    """Run a server with an account of each kind; yields its address once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    account = {"app_id": "wx-benchmark", "token": TOKEN}
    sends = {**account, "secret": "s" * 32, "customer_service": True, "api_base": api}
    environment = {
        **os.environ,
        "ASSISTANT_DATA_DIR": str(data_dir),
        "ASSISTANT_PUBLIC_URL": "https://ip.example.cn",
        "ASSISTANT_WECHAT_ACCOUNTS": json.dumps({FETCHES: account, SENDS: sends}),
        **extra,
    }
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
    server = await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=url) as client:
            while not await _ready(client):
                if server.returncode is not None:
                    raise SystemExit(f"the server ended with {server.returncode}")
                await asyncio.sleep(0.5)
        yield url
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.HTTPError:
        return False


def report(title: str, outcomes: list[Outcome]) -> str:
    """Return the table of one run."""
    times = sorted(outcome.elapsed_ms for outcome in outcomes)

    def percentile(share: float) -> float:
        return times[min(int(share * len(times)), len(times) - 1)]

    kinds = ", ".join(f"{kind} {count}" for kind, count in Counter(each.kind for each in outcomes).most_common())
    p50, p95, p99 = (percentile(share) for share in (0.50, 0.95, 0.99))
    return f"| {title} | {len(times)} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {times[-1]:.0f} | {kinds} |"


async def run(arguments: argparse.Namespace, data_dir: Path) -> None:
    """Measure and print."""
    texts = questions(int(arguments.rate * arguments.seconds))
    print("| run | messages | p50 ms | p95 ms | p99 ms | max ms | replies |\n|---|---|---|---|---|---|---|")
    if not arguments.only_model:
        async with served(data_dir, "", {}) as url:
            await send_all(url, 10, texts[:60], (FETCHES,))
            outcomes = await send_all(url, arguments.rate, texts, (FETCHES,))
        print(report(f"extractive, {arguments.rate:g}/s", outcomes), flush=True)
    if arguments.model_s > 0:
        async with slow_model(arguments.model_s) as model, platform() as api:
            patience = str(min(arguments.model_s * 3, 120))
            extra = {
                "ASSISTANT_CHAT_MODEL": "slow",
                "ASSISTANT_CHAT_MODEL_BASE_URL": f"{model}/v1",
                "ASSISTANT_CHAT_MODEL_TIMEOUT_S": patience,
                "ASSISTANT_CHAT_MODEL_SILENCE_S": patience,
            }
            async with served(data_dir, api, extra) as url:
                outcomes = await send_all(url, arguments.rate, texts, (FETCHES, SENDS))
                left = await fetched(url, data_dir, outcomes)
        print(report(f"chat model of {arguments.model_s:g} s, {arguments.rate:g}/s", outcomes))
        print(f"\nin the end: {left}", flush=True)
    print(f"\ntargets: p95 <= {TARGET_P95_MS} ms (extractive), max <= {TARGET_MAX_MS} ms")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--model-s", type=float, default=20, help="0 leaves the chat model out")
    parser.add_argument("--only-model", action="store_true")
    parser.add_argument("--data-dir", type=Path, help="a data folder to use, with its index; default is a new one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(arguments, arguments.data_dir or Path(folder)))


if __name__ == "__main__":
    main()
