"""Takes phone and ID-card numbers out of what visitors write, before anything is stored. Pure."""

from __future__ import annotations

import re
import unicodedata

_GAP = r"[ \-]?"
_ID_CARD = re.compile(
    rf"(?<!\d)\d{{6}}{_GAP}(?:19|20)\d{{2}}{_GAP}(?:0[1-9]|1[0-2])\d{{2}}{_GAP}\d{{3}}[\dXx](?![\dXx])"
)
_OLD_ID_CARD = re.compile(r"(?<!\d)\d{6}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")


def mask_personal(text: str) -> str:
    """Return ``text`` (NFKC form, so that full-width digits count) with personal numbers replaced by what they were."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, name in (
        (_ID_CARD, "身份证号"),
        (_OLD_ID_CARD, "身份证号"),
        (_MOBILE, "手机号"),
        (_LANDLINE, "电话号"),
    ):
        text = pattern.sub(f"[{name}]", text)
    return text


_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def mask_in_staff_text(text: str) -> str:
    """Return what staff wrote with ID-card and mobile numbers masked; a window's own landline may stand."""
    text = text.translate(_FULL_WIDTH_DIGITS)
    for pattern, name in ((_ID_CARD, "身份证号"), (_OLD_ID_CARD, "身份证号"), (_MOBILE, "手机号")):
        text = pattern.sub(f"[{name}]", text)
    return text


def contact_in(text: str) -> str | None:
    """Return the first mobile number that a visitor left, as ``138****5678``; None when there is none."""
    text = _ID_CARD.sub(" ", unicodedata.normalize("NFKC", text))
    match = _MOBILE.search(text)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match[0])[-11:]
    return f"{digits[:3]}****{digits[-4:]}"
