"""An item of ninjs, the IPTC's news in JSON, in versions 1 to 3: its names, its lists of headlines and bodies in our terms."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.storage.readers import markup
from pipeline.storage.readers.rows import Found, Passed

__all__ = ["is_one", "row"]

_MARKS = frozenset(
    "pubstatus versioncreated urgency infosource infosources copyrightholder usageterms embargoed embargoeduntil profile"
    " representationtype".split()
)
_MARKUP = ("html", "xhtml", "xml")
_MAIN = ("main", "headline", "")  # roles of the headline and the body that are meant
_GONE = frozenset({"canceled", "withheld"})


def is_one(value: Mapping[str, object]) -> bool:
    """Whether an object is an item of ninjs: it has a `uri`, or bodies in its form, and names that others do not use.

    >>> is_one({"uri": "urn:1", "pubstatus": "usable", "body_xhtml": "<p>The ferry.</p>"})
    True
    >>> is_one({"uri": "1", "body": "The ferry."})
    False
    """
    if "uri" not in value:
        return False
    names = {_fold(name) for name in value}
    if not names & _MARKS:
        return False
    return "bodies" in names or any(name.startswith("body") for name in names) or "type" in names


def row(number: int, value: Mapping[str, object]) -> Found | Passed:
    """The item in canonical terms beside its own; what else these mean is left to the aliases. Pictures are passed over."""
    item = {_fold(name): field for name, field in value.items()}
    text = _body(item)
    kind = str(item.get("type") or "text").casefold()
    if not text and kind not in ("text", "composite"):
        return Passed(number, kind[:40])
    status = str(item.get("pubstatus") or "").rpartition(":")[2].casefold()
    headline = _chosen(item.get("headlines")) or item.get("headline") or item.get("title")
    if not text and status in _GONE:
        text = str(item.get("ednote") or headline or "")
    created, version = (str(item.get(name) or "") for name in ("firstcreated", "versioncreated"))
    sources = item.get("infosources") or item.get("infosource")
    altids = item.get("altids")
    return Found(
        number,
        {
            **value,
            "text": text,
            "source_id": (altids.get("itemid") if isinstance(altids, dict) else None) or item.get("uri"),
            "url": item.get("url") or item.get("link"),
            "publisher": item.get("provider") or _first_name(sources),
            "credit": [item.get("creditline"), item.get("descriptioncreditline"), sources, item.get("provider")],
            "headline": headline,
            "byline": item.get("by") or item.get("byline") or item.get("bylines"),
            "dateline": item.get("located") or item.get("dateline") or item.get("datelinelocation"),
            "language": item.get("language"),
            "published": created or version,
            "modified": version,
            "status": status,
            "version": item.get("version"),
            "note": item.get("ednote"),
            "slug": item.get("slugline"),
            "rights": item.get("copyrightnotice") or item.get("copyrightholder"),
        },
    )


def _fold(name: str) -> str:
    return name.replace("_", "").casefold()


def _body(item: Mapping[str, object]) -> str:
    """The text: of version 1 under `body_text` or another name that begins so, else that of `bodies` which is the main one."""
    plain = item.get("bodytext")
    if isinstance(plain, str) and plain.strip():
        return plain
    if body := _chosen(item.get("bodies")):
        return markup.plain(body)
    marked = (
        field for name, field in item.items() if name.startswith("body") and isinstance(field, str) and field.strip()
    )
    return markup.plain(next(marked, ""))


def _chosen(values: object) -> str:
    """Of headlines or bodies, each with a value and a role: that of the main role, plain before marked up, the first."""
    found = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
    ranked = sorted(found, key=lambda one: (_role(one) not in _MAIN, _kind(one).endswith(_MARKUP)))
    return next((text for one in ranked if isinstance(text := one.get("value"), str) and text.strip()), "")


def _kind(one: Mapping[str, object]) -> str:
    return str(one.get("contentType") or one.get("contenttype") or "").partition(";")[0].casefold()


def _role(one: Mapping[str, object]) -> str:
    return str(one.get("role") or "").casefold()


def _first_name(sources: object) -> object:
    first = sources[0] if isinstance(sources, list) and sources else sources
    return first.get("name") if isinstance(first, dict) else first
