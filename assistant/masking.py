"""Takes phone and ID-card numbers out of what visitors write, before anything is stored. Pure."""

from __future__ import annotations

import re
import unicodedata

_GAP = r"[ \-]?"
_ID_CARD = re.compile(rf"(?<!\d)\d{{6}}{_GAP}(?:19|20)\d{{2}}{_GAP}(?:0[1-9]|1[0-2])\d{{2}}{_GAP}\d{{3}}[\dXx](?![\dXx])")
_OLD_ID_CARD = re.compile(r"(?<!\d)\d{6}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")


def mask_personal(text: str) -> str:
    """Return ``text`` (NFKC form, so that full-width digits count) with personal numbers replaced by what they were."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, name in ((_ID_CARD, "身份证号"), (_OLD_ID_CARD, "身份证号"), (_MOBILE, "手机号"), (_LANDLINE, "电话号")):
        text = pattern.sub(f"[{name}]", text)
    return text
