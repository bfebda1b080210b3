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


_ONLY_A_PHONE = re.compile(
    rf"\W*(?:我的?|本人)?(?:联系)?(?:电话|手机|方式)?(?:号码?)?(?:是|为)?\W*{_MOBILE.pattern}"
    r"\W*(?:请?(?:给我)?(?:回|打)个?电话|请?联系我)?\W*"
)


def phone_in(text: str) -> str | None:
    """Return the first mobile number that a visitor left, its 11 digits; None when there is none."""
    match = _MOBILE.search(_ID_CARD.sub(" ", unicodedata.normalize("NFKC", text)))
    return re.sub(r"\D", "", match[0])[-11:] if match else None


def only_a_phone(text: str) -> bool:
    """Return whether somebody left a mobile number and asks nothing."""
    return _ONLY_A_PHONE.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def masked_phone(digits: str) -> str:
    """Return a mobile number as ``138****5678``."""
    return f"{digits[:3]}****{digits[-4:]}"
