"""One address for all the forms under which one page is found."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

__all__ = ["behind", "is_copier", "normalise"]

#: Labels before a host that name a form of the site, not another site.
_FORM_HOSTS = frozenset({"www", "www2", "m", "mobile", "amp", "touch", "wap"})
#: Query parameters that say where the reader came from.
_TRACKED = re.compile(
    r"(?:utm|at|pk|mtm|hsa|vero|wt|ns|guce|amp)_.*|_hs.*|mc_[ce]id|mkt_tok|(?:fb|g|d|y|tw|tt)clid|gclsrc"
    r"|gbraid|wbraid|msclkid|igshid|igsh|li_fat_id|_ga|_gl|_gsa|usqp|__twitter_impression|ref|ref_src|ref_url|referrer"
    r"|cmp|cmpid|icid|ncid|ocid|ito|smid|smtyp|sr_share|share|shared|xtor|ftag|guccounter|traffic_source|spm|rss|feed"
)
#: Query parameters that ask for another form of the page, with the values that do; () for any value.
_FORMS: dict[str, tuple[str, ...]] = {
    "amp": (),
    "outputtype": ("amp", "print"),
    "output": ("amp", "print"),
    "print": (),
    "printable": (),
    "view": ("print", "amp"),
    "mode": ("print", "amp"),
    "format": ("print", "amp"),
}
_SCHEME = re.compile(r"(?:https?:/+|//)", re.IGNORECASE)
_HOST = re.compile(r"[^\s/?#]+\.[^\s/?#]")
# What w3lib leaves as it is, but for capitals in the host: most addresses of news, and a tenth of its time.
_PLAIN = re.compile(r"((?:[a-zA-Z0-9-]+\.)+[a-zA-Z][a-zA-Z0-9-]*)((?:/(?!\.)[a-zA-Z0-9._~-]*)*)", re.ASCII)
#: What stands before the address of a page in that of its copy: caches of AMP, archives of the web.
_COPY = re.compile(
    r"(?:[^/]+\.)?cdn\.ampproject\.org/[cv]/(?:s/)?|(?:www\.)?google\.[a-z.]{2,6}/amp/(?:s/)?"
    r"|(?:web\.archive\.org/web|archive\.(?:today|ph|is|org|li|md|vn|fo)|arquivo\.pt/(?:no)?wayback"
    r"|(?:www\.)?webarchive\.[a-z.]+(?:/wayback)?)/[\d.-]{4,20}(?:[a-z]{2}_)?/(?=\S+\.)",
    re.IGNORECASE,
)
_COPY_MARKS = ("archive.", "arquivo.", "ampproject.", "google.")
_COPIER = re.compile(
    r"(?:.+\.)?cdn\.ampproject\.org|web\.archive\.org|archive\.(?:today|ph|is|org|li|md|vn|fo)|arquivo\.pt|(?:www\.)?webarchive\.[a-z.]+",
    re.IGNORECASE,
)
_SLASHES = re.compile(r"/{2,}")
_FORM_END = re.compile(r"(?:/(?:amp|amphtml|print|printable)(?:/1)?|\.amp)/*$", re.IGNORECASE)
_FORM_START = re.compile(r"^/(?:amp|amphtml|print)(?=/.)", re.IGNORECASE)
_FORM_SUFFIX = re.compile(r"\.(?:amp|print)(?=\.html?$)", re.IGNORECASE)
_FORM_WORD = re.compile(r"(?<=/)(?:amp_articleshow|articleshowprint)(?=/)", re.IGNORECASE)  # a publishing system's own


def behind(url: str) -> str:
    """The address of the page of which an archive or a cache has a copy at this one; any other as it is.

    >>> behind("https://web.archive.org/web/20260309101112/https://example.com/a")
    'https://example.com/a'
    """
    if not any(mark in url for mark in _COPY_MARKS):  # of nearly all
        return url
    scheme = _SCHEME.match(url)
    copy = _COPY.match(url, scheme.end() if scheme else 0)
    if copy is None:
        return url
    page = url[copy.end() :]
    return page if _SCHEME.match(page) else f"https://{page}"


def is_copier(host: str) -> bool:
    """Whether pages at a host are copies of others'."""
    return _COPIER.fullmatch(host) is not None


def normalise(url: str | None) -> str | None:
    """The page's address without scheme, host alias, default port, tracking, AMP or print form, fragment, last slash.

    `http://m.example.com:80/news/a-1/amp/?utm_source=x#top` -> `example.com/news/a-1`. Spelling of escapes and order of
    the query are w3lib's (`canonicalize_url`). None for what cannot tell one article from another: no web address,
    a broken one, the front page of a site.
    """
    if not url:
        return None
    text = behind(url.strip())
    if scheme := _SCHEME.match(text):
        text = text[scheme.end() :]
    if not _HOST.match(text):
        return None
    try:
        host, port, path, query = _parts(text)
    except ValueError:
        return None
    host = _host(host)
    if "." not in host or not (path or query):
        return None
    return host + (f":{port}" if port not in (None, 80, 443) else "") + path + (f"?{query}" if query else "")


def _parts(text: str) -> tuple[str, int | None, str, str]:
    """Host, port, path and query of an address without its scheme. Raises `ValueError` for a broken one."""
    if plain := _PLAIN.fullmatch(text):
        return plain[1].lower(), None, _path(plain[2]), ""
    from w3lib.url import canonicalize_url

    parts = urlsplit(canonicalize_url(f"https://{text}"))
    return parts.hostname or "", parts.port, _path(parts.path), _query(parts.query)


def _host(host: str) -> str:
    labels = host.rstrip(".").split(".")
    while len(labels) > 2 and labels[0] in _FORM_HOSTS:
        del labels[0]
    return ".".join(labels)


def _path(path: str) -> str:
    path = _plain(path)
    small, before = path.lower(), ""
    if "amp" in small or "print" in small:  # no form is told by anything else
        while path != before:  # one form may stand behind another
            before, path = path, _FORM_SUFFIX.sub("", _FORM_END.sub("", path))
            path = _plain(_FORM_WORD.sub("articleshow", _FORM_START.sub("", path)))
    return path


def _plain(path: str) -> str:
    return _SLASHES.sub("/", path).rstrip("/")


def _query(query: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _is_form(name, value)]
    return urlencode(kept)


def _is_form(name: str, value: str) -> bool:
    name = name.lower()
    values = _FORMS.get(name)
    return _TRACKED.fullmatch(name) is not None or (values is not None and (not values or value.lower() in values))
