"""XML from strangers: no entities, no DTD, nothing fetched; names compared without their namespace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from defusedxml.ElementTree import parse as parse_tree

from corpus.errors import BrokenFileError


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def value(element: Element, name: str = "val") -> str | None:
    """Return an attribute by its name without namespace."""
    return next((text for key, text in element.attrib.items() if key.rpartition("}")[2] == name), None)


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the direct children of these names."""
    return (item for item in element if local(item) in names)


def child(element: Element, *path: str) -> Element | None:
    """Return the first element below, along a path of names."""
    for name in path:
        found = next(children(element, name), None)
        if found is None:
            return None
        element = found
    return element


def parse(source: IO[bytes] | Any) -> Element:
    """Return the root of a small XML file.

    :raises BrokenFileError: when it is damaged, or declares a DTD or entities.
    """
    try:
        root = parse_tree(source, forbid_dtd=True).getroot()
    except (ParseError, DefusedXmlException) as error:
        raise BrokenFileError(f"found XML that is damaged or declares entities: {error}") from error
    if root is None:
        raise BrokenFileError("found XML without an element")
    return root


def walk(source: IO[bytes] | Any) -> Iterator[tuple[str, Element]]:
    """Yield ("start" or "end", element) while a large XML file is being read; the caller clears what it has used.

    :raises BrokenFileError: when it is damaged, or declares a DTD or entities.
    """
    try:
        yield from iterparse(source, events=("start", "end"), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise BrokenFileError(f"found XML that is damaged or declares entities: {error}") from error
