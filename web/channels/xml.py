"""The platform's XML: read with entities and DTDs forbidden, written with CDATA. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from web.channels.wechat_crypto import RefusedError

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_fields(body: bytes) -> dict[str, str]:
    """Return the flat fields of a message; nested ones are left out.

    :raises RefusedError: when it is no XML, or declares a DTD or entities.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise RefusedError("xml") from error
    return {child.tag: (child.text or "").strip() for child in root if not len(child)}


def write_fields(fields: Mapping[str, str | int]) -> str:
    """Return a message: numbers as they are, text in CDATA, without what XML cannot carry."""
    return "<xml>" + "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items()) + "</xml>"


def _value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    text = _NOT_XML.sub("", value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"
