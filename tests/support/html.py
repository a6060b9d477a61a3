"""HTML read by a real parser, which takes nothing that the standard calls an error."""

from xml.etree.ElementTree import Element

import html5lib

__all__ = ["links_of", "named", "parsed", "text_of", "with_class"]


def parsed(text: str) -> Element:
    """The root of a whole page.

    Raises:
        html5lib.html5parser.ParseError: If the page breaks a rule of HTML.
    """
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    return root


def named(root: Element, name: str) -> list[Element]:
    """All elements of a name, those inside SVG included."""
    return [each for each in root.iter() if _local(each) == name]


def with_class(root: Element, name: str) -> list[Element]:
    """All elements that have a class."""
    return [each for each in root.iter() if name in each.get("class", "").split()]


def text_of(root: Element) -> str:
    """Everything written below an element, with single spaces."""
    return " ".join(" ".join(root.itertext()).split())


def links_of(root: Element) -> list[str]:
    """Every address that a browser might open or load."""
    names = {"src", "href", "srcset", "action", "formaction", "poster", "data", "background"}
    return [
        value
        for each in root.iter()
        for name, value in each.attrib.items()
        if name.rsplit("}", 1)[-1].rsplit(":", 1)[-1] in names
    ]


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
