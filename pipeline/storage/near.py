"""What of a state one article may touch, found by looking it up instead of reading all.

A `Near` is a state in which, whoever asks for texts by time gets those alone that were chosen as `near`. Where these are all
texts that an article may meet, and all that share a component of matches with one of those, a run on it comes to what a run on
the whole state comes to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import config, schema
from pipeline.stages import identify
from pipeline.stages.kernels import arrays
from pipeline.storage import files, sharing
from pipeline.storage.groups import Lying
from pipeline.storage.index import Edges, Seen, Shared
from pipeline.storage.part import COMPARED
from pipeline.storage.state import Ref, Span, State, ends, keys

__all__ = ["Known", "Near"]

Keys = NDArray[np.int64]

_MATCHES = COMPARED["matches"]
_BLANK = {
    **{kind: pa.scalar(0, kind) for kind in (pa.int32(), pa.int64(), pa.float64(), schema.TIME)},
    pa.string(): pa.scalar(""),
    pa.bool_(): pa.scalar(True),  # accepted
}
_KEY = pa.field("key", pa.int64(), nullable=False)
_ROW = (1 << 32) - 1  # of a key
_FEW = 1_000


class Known(identify.Known):
    """By what the articles of a state are known again, looked up one by one. `found`: the keys of those that were met so far,
    by the column that told (`identify.SEEN`).
    """

    def __init__(self, state: State, forgotten: Iterable[str]) -> None:
        super().__init__(None, self._names, forgotten)
        self._state, self.found = state, dict[str, list[int]]()
        self.is_first = False
        self.past = cast("Any", {name: _Column(self, state.parts, name) for name in identify.SEEN.names})

    def _names(self, keys: Keys) -> list[str]:
        names: list[str] = self._state.take("articles", keys, ["article_id"])["article_id"].to_pylist()
        return names


class _Column:
    """A column of what is known: a row is a key of the state."""

    def __init__(self, known: Known, parts: Sequence[Ref], name: str) -> None:
        self._known, self._name = known, name
        self._seen = [(part.number, Seen(part.folder)) for part in parts]

    def find(self, wanted: Keys) -> Keys:
        return np.array([self._first(value) for value in wanted.tolist()], np.int64)

    def has(self, wanted: Keys) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.find(wanted) >= 0
        return found

    def _first(self, wanted: int) -> int:
        found = [int(keys(number, 1)[0]) + row for number, seen in self._seen for row in seen.rows(self._name, wanted)]
        self._known.found.setdefault(self._name, []).extend(found)
        return found[0] if found else -1


class Near(State):
    """The state of a run, of whose texts those alone are there by time whose keys are `near`."""

    def __init__(self, parts: Sequence[Ref], shared: Mapping[int, Shared] | None = None) -> None:
        super().__init__(parts)
        self.near: Keys = np.empty(0, np.int64)
        self._kept: dict[tuple[str, ...], tuple[Keys, pa.Table]] = {}
        self._shared = dict(shared or {})
        self._shared |= {part.number: Shared(part.folder) for part in self._compared if part.number not in self._shared}
        self._matched = {part.number: Edges(part.folder) for part in self._compared}

    def with_part(self, part: Ref) -> Near:
        """The state with a part more."""
        more = Near([*self.parts, part], self._shared)
        more.near, more._kept = self.near, self._kept
        return more

    def texts(
        self, columns: list[str], spans: Sequence[Span] | None = None, *, keys: Keys | None = None, gone: bool = False
    ) -> pa.Table:
        """As `State.texts`, of the keys that are asked for, or of those that are `near`."""
        wanted = self._standing(self.near if keys is None else keys, gone=gone)
        if spans is not None:
            at = self.times(wanted)
            wanted = wanted[np.logical_or.reduce([np.zeros(len(at), bool), *((a <= at) & (at <= b) for a, b in spans)])]
        return self._take("texts", COMPARED["texts"], wanted, columns)

    def times(self, wanted: Keys) -> Keys:
        """The effective times of texts, int64 microseconds."""
        found = np.empty(len(wanted), np.int64)
        for number in np.unique(wanted >> 32).tolist():
            of_part = wanted >> 32 == number
            found[of_part] = self._shared[number].column("at", wanted[of_part] & _ROW)
        return found

    def sharing(self, asked: pa.Table, span: Span, settings: config.Pair) -> pa.Table:
        """The texts in a stretch of time that have anything in common with one of `asked` (`sharing.TOLD`)."""
        parts = {part.number: self._shared[part.number] for part in self._compared}
        return sharing.sharing(parts, asked, span, self._left, settings)

    def of_articles(self, articles: Keys) -> Keys:
        """The texts of the articles with those keys, and of their other versions as far as these are among them."""
        found = [np.empty(0, np.int64)]
        for part in self._compared if len(articles) else ():
            of = files.read(files.path_of(part.folder, "texts"), ["article"])["article"].to_numpy()
            found.append(keys(part.number, 1)[0] + np.flatnonzero(arrays.is_in(of, articles)))
        return np.concatenate(found)

    def spread(self, members: Keys, more: NDArray[np.int64]) -> Keys:
        """All texts that accepted matches lead to from these, over any number of steps. `more`: matches to follow beside those
        of the state, int64 (2, matches).
        """
        members = new = np.unique(members)
        while len(new):
            sides = np.concatenate([more[:, arrays.is_in(more, new).any(axis=0)], ends(self.accepted(new))], axis=1)
            new = np.setdiff1d(sides.ravel(), members)
            members = np.union1d(members, new)
        return members

    def accepted(self, texts: Keys) -> pa.Table:
        """The accepted matches of these texts, of which is told what clusters depend on alone; the rest is blank."""
        found = [_MATCHES.empty_table()]
        for part in self._compared:
            sides, paths = self._matched[part.number].of(texts)
            told = {"left": pa.array(sides[0]), "right": pa.array(sides[1]), "path": pa.array(paths)}
            blank = {
                field.name: pa.repeat(_BLANK[field.type], len(paths)) for field in _MATCHES if field.name not in told
            }
            rows = pa.table([(told | blank)[name] for name in _MATCHES.names], schema=_MATCHES)
            found.append(rows.filter(pa.array(self._hold(rows, part.number))))
        return pa.concat_tables(found)

    def edges(self, spans: Sequence[Span]) -> pa.Table:
        """The accepted matches of the texts that are `near`, whenever they are."""
        return self.accepted(self.near).select(["left", "right"])

    def matches_of(self, keys: Keys, spans: Sequence[Span]) -> pa.Table:
        """The accepted matches of the texts with these keys, whenever they are, as `accepted` tells of them."""
        return self.accepted(keys)

    def _lying(self, name: str, columns: pa.Schema, keys: Keys, names: list[str] | None) -> Lying:
        """As `State` does; few rows are kept, for they are asked for again."""
        if len(keys) > _FEW:
            return super()._lying(name, columns, keys, names)
        asked = name, *(names or columns.names)
        known, rows = self._kept.get(asked, (keys[:0], None))
        new = np.setdiff1d(keys, known)
        if rows is None or len(new):
            read = super()._lying(name, columns, new, names).arranged()
            known, rows = np.concatenate([known, new]), read if rows is None else pa.concat_tables([rows, read])
            self._kept[asked] = known, rows.combine_chunks()
        return Lying(rows, arrays.places(known, keys))
