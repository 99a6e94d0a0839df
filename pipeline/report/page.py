"""Pages as HTML that needs nothing beside itself: one file, no request, a strict policy of what may run in it.

Whatever comes from articles is escaped by the template engine; a link is only made of what is one (`href`). The style sheet and
the script stand in the page, and its policy names them by their hashes: nothing else is ever applied or run.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.util
import re
import urllib.parse
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["INSTALL", "href", "lag", "needs", "page", "when"]

#: The command that installs what pages need.
INSTALL = 'pip install "newswire-reprints[report]"'

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_PACKAGES = ("altair", "jinja2", "vl_convert")
_PARTS = "templates"


def needs() -> None:
    """`ConfigError` where what pages need is not installed."""
    if missing := [name for name in _PACKAGES if importlib.util.find_spec(name) is None]:
        raise ConfigError(
            f"a page needs {' and '.join(missing)}, not installed here; install what it needs with: {INSTALL}"
        )


def page(template: str, told: Mapping[str, Any], script: str = "") -> str:
    """The page of a template. `script`: the name of the one script that it has, none for "" """
    style, code = _part("style.css"), _part(script) if script else ""
    policy = [
        "default-src 'none'",
        f"style-src {_hash(style)}",
        *([f"script-src {_hash(code)}"] if code else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    plain = {"style": _trusted(style), "script": _trusted(code), "policy": "; ".join(policy)}
    return _environment().get_template(template).render({**told, **plain}) + "\n"


def _part(name: str) -> str:
    return (files("pipeline.report") / _PARTS / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _trusted(content: str) -> Any:
    """Our own text, as it is."""
    from markupsafe import Markup

    return Markup(content)


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline.report", _PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "number": _number,
        "percent": _percent,
        "href": href,
        "lag": lag,
        "when": when,
    }
    environment.filters.update(filters)
    return environment


def _printable(value: Any) -> Any:
    """What is written of a value: nothing for None, and no character that no page may have."""
    if value is None:
        return ""
    return _CONTROLS.sub("\ufffd", value) if type(value) is str else value


def href(url: str | None) -> str:
    """A URL that may be a link: of the web, with a host, without white space; "" for any other.

    >>> [href(url) for url in ("https://a.example/b?c=1", "javascript:alert(1)", "//a.example", None)]
    ['https://a.example/b?c=1', '', '', '']
    """
    if not url or re.search(r"[\s\x00-\x1f\x7f<>\"\\]", url):
        return ""
    try:
        parts = urllib.parse.urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""


def lag(seconds: int) -> str:
    """A stretch of time in words.

    >>> [lag(seconds) for seconds in (40, 720, 12_000, 93_000)]
    ['40 s', '12 min', '3 h 20 min', '1 day 2 h']
    """
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3_600, rest % 3_600 // 60
    if days:
        return f"{days:,} day{'' if days == 1 else 's'}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else f"{seconds} s"


def when(moment: datetime | None, as_of: datetime, precision: str = "minute") -> str:
    """A time on the clock of the night, as exactly as it is known; the day where that is another one than the night's."""
    if moment is None or precision == "unknown":
        return ""
    if precision == "day":
        return f"{moment:%-d %b}"
    local = moment.astimezone(as_of.tzinfo)
    is_near = timedelta(0) <= as_of.date() - local.date() < timedelta(days=1)
    return f"{local:%H:%M}" if is_near else f"{local:%-d %b %H:%M}"


def _number(value: int) -> str:
    return f"{value:,}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
