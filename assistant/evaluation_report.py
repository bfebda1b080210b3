"""An evaluation as one HTML page: figures, a plot of confidence against being right, and each failure with its evidence."""

from __future__ import annotations

from html import escape
from pathlib import Path

from assistant import cli_messages as messages
from assistant.evaluation import Outcome

_SIZE, _MARGIN = 280, 36


def write_report(outcome: Outcome, path: Path) -> None:
    """Write the report; it needs nothing but the file itself."""
    rows = "".join(
        f"<tr><td>{escape(group)}</td><td>{passed}</td><td>{asked}</td><td>{passed / asked:.0%}</td></tr>"
        for group, (passed, asked) in outcome.groups().items()
    )
    failures = "".join(
        f"<details><summary>{escape(judgement.question.question_id)} {escape(' / '.join(judgement.question.turns))} — "
        f"{escape(judgement.why)}</summary><pre>{escape(judgement.turn.reply.text)}</pre>"
        f"<p>{escape('; '.join(judgement.evidence))}</p></details>"
        for judgement in outcome.judgements
        if not judgement.passed
    )
    median, largest = outcome.latency_ms()
    html = f"""<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{messages.REPORT_TITLE}</title>
<style>body{{font:16px/1.6 sans-serif;max-width:60rem;margin:2rem auto}}td,th{{border:1px solid #ccc;padding:.2rem .6rem}}
table{{border-collapse:collapse}}pre{{white-space:pre-wrap;background:#f4f6f8;padding:.6rem}}</style>
<h1>{messages.REPORT_TITLE}</h1><p>{outcome.passed}/{len(outcome.judgements)}，{median:.1f} ms / {largest:.1f} ms</p>
<table><tr>{"".join(f"<th>{name}</th>" for name in messages.REPORT_COLUMNS)}</tr>{rows}</table>
<h2>{messages.REPORT_CALIBRATION}</h2>{_plot(outcome.calibration())}<h2>{messages.REPORT_FAILURES}</h2>{failures}</html>"""
    path.write_text(html, encoding="utf-8")


def _plot(points: list[tuple[float, float, int]]) -> str:
    """Return an SVG: confidence from left to right, share right from bottom to top; the diagonal is perfect."""
    inner = _SIZE - 2 * _MARGIN

    def place(x: float, y: float) -> tuple[float, float]:
        return _MARGIN + x * inner, _SIZE - _MARGIN - y * inner

    dots = ""
    for confidence, right, count in points:
        x, y = place(confidence, right)
        dots += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#0b5cab"><title>{confidence:.2f} / {right:.2f} (n={count})</title></circle>'
    (left, bottom), (rightmost, top) = place(0, 0), place(1, 1)
    return (
        f'<svg width="{_SIZE}" height="{_SIZE}" role="img"><rect x="{left}" y="{top}" width="{inner}" height="{inner}" '
        f'fill="none" stroke="#999"/><line x1="{left}" y1="{bottom}" x2="{rightmost}" y2="{top}" stroke="#ccc"/>{dots}'
        f'<text x="{left}" y="{bottom + 20}" font-size="12">0</text><text x="{rightmost - 8}" y="{bottom + 20}" font-size="12">1</text></svg>'
    )
