"""The rules that decide a pair, in their order, and what they look at beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline import config
from pipeline.stages._days import WEEKDAY as _WEEKDAY
from pipeline.stages.kernels import arrays
from pipeline.stages.verify.figures import Figures
from pipeline.stages.verify.reasons import Reason, sentences, spelled

__all__ = ["ACCEPTED", "RELATIONS", "Facts", "by_length", "decide"]

#: The relations that make a match.
ACCEPTED = ("identical", "light_edit", "abridged", "expanded", "version")

#: All relations, those that make a match first.
RELATIONS = (*ACCEPTED, "template", "quotes_only", "excerpt", "different")

_CODES: Mapping[str, int] = MappingProxyType({name: code for code, name in enumerate(RELATIONS)})

# What one publisher sends again, and what it sends each day in the same form (measured on a wire's briefs).
_SAME_HEADLINE = 0.6  # Jaccard of the words of two headlines that say the same
_LIKE_HEADLINE = 0.35  # of two that have something in common
_OTHER_HEADLINE = 0.1  # and of two that do not; a particle may be in both
_SAME_NUMBERS = 0.7  # share of the numbers, or names, that agree in what is sent again
_RESENT = 0.25  # Jaccard of the texts
_SOON, _LATER = 24.0, 20.0  # hours
# A report of prices names those of the day before, too: in texts of two days with so many numbers more of them have to agree.
_MANY_NUMBERS, _DAILY_NUMBERS = 6, 0.5
# A form is filled in anew: its texts are alike throughout, and where they differ, other numbers and names stand in the place of
# those. A reprint has words put in, left out and said otherwise, and hardly a number of its own.
_SLOTS = 2  # places where a few words stand for others, at least
_OF_GAPS = 0.5  # and more than this share of all places where the texts differ
_FILLED = 0.75  # numbers and names of its own that each has for each such place, at least
_OTHER_NUMBERS = 2  # of its own: enough in texts of two days
_OTHER_VALUES = 4  # with the names, and one at least, in those of one: a toll that rises is no form

_WHOLE = 0.9  # containment of a text that is all in the other
_SEVERAL_PARAGRAPHS = 120  # words; of a shorter text a single paragraph is as large a share
_SAME_STORY = 0.6  # share of the names that agree in a reworked version
_REWORKED = 0.4  # a reworked version keeps about the length of the story

# What a story of its own takes from another is whole paragraphs, and stands amid it.
_PASSAGE = 40  # shingles of a run, on average
_AMID = 0.1  # share of the text before, and behind
_LITTLE = 0.35  # Jaccard of the two; it is less

_ROUNDED = 1e-7  # above the error of a float, below a hundredth of a hundredth


class _Rule(NamedTuple):
    """One rule: where it holds, the relation it gives (one for all rows, or one a row), and the parts of its reason."""

    holds: NDArray[np.bool_]
    relation: str | NDArray[np.int8]
    reason: Reason


class Beside(NamedTuple):
    """What is known of each pair beside its words, each with one entry a pair."""

    own: NDArray[np.bool_]  # both are of one publisher
    same_agency: NDArray[np.bool_]  # one agency is credited with both in full
    other_agency: NDArray[np.bool_]  # two are
    folder: NDArray[np.bool_]  # one of them is a round-up or live blog
    versions: NDArray[np.bool_]  # their version tags differ, or one has none
    headline: NDArray[np.float64]  # Jaccard of the words of their headlines, in [0, 1]
    hours: NDArray[np.float64]  # between them
    other_day: NDArray[np.bool_]  # each headline names a day, and not the same


class Facts:
    """What is known of each article beside its words, as codes that compare fast; None: nothing."""

    def __init__(self, facts: pa.Table | None) -> None:
        self.known = facts is not None
        if facts is not None:
            self.agency, self.publisher = _codes(facts["agency"]), _codes(facts["publisher"])
            self.version = _codes(facts["version"])
            self.folder = pc.is_in(facts["kind"], pa.array(["digest", "liveblog"])).to_numpy()
            self.headline = arrays.scattered(facts["headline"])
            self.day = pc.fill_null(facts["day"], -1).to_numpy()
            self.at = facts["at"].to_numpy()

    def of(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> Beside:
        """The same of pairs of articles."""
        from pipeline.stages.kernels.compare import shared_values

        none = np.zeros(len(left), np.bool_)
        if not self.known:
            return Beside(none, none, none, none, none, np.zeros(len(left)), np.zeros(len(left)), none)
        agencies = self.agency[left], self.agency[right]
        day, other = self.day[left], self.day[right]
        shared = np.zeros(len(left), np.int64)
        shared_values(*self.headline, left, right, shared)
        n_words = self.headline[2] - self.headline[1]
        return Beside(
            own=(self.publisher[left] >= 0) & (self.publisher[left] == self.publisher[right]),
            same_agency=(agencies[0] >= 0) & (agencies[0] == agencies[1]),
            other_agency=(agencies[0] >= 0) & (agencies[1] >= 0) & (agencies[0] != agencies[1]),
            folder=self.folder[left] | self.folder[right],
            versions=self.version[left] != self.version[right],
            headline=shared / np.maximum(1, n_words[left] + n_words[right] - shared),
            hours=np.abs(self.at[left] - self.at[right]) / 3_600_000_000,
            # A day of the month and one of the week may be the same.
            other_day=(day >= 0) & (other >= 0) & ((day < _WEEKDAY) == (other < _WEEKDAY)) & (day != other),
        )


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A number for each value, equal for equal ones; -1 for null."""
    codes: NDArray[np.int64] = column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    return codes


def decide(
    figures: Figures, n_words: NDArray[np.int32], beside: Beside, settings: config.Verify
) -> tuple[NDArray[np.int8], pa.DictionaryArray]:
    """The relation of each pair, as a place in `RELATIONS`, and the reason, by the first rule that holds.

    `n_words`, int32, by the rows of the sketches.
    """
    return _first(_rules(_Measures(figures, n_words, beside, settings), beside, settings))


def _first(rules: list[_Rule]) -> tuple[NDArray[np.int8], pa.DictionaryArray]:
    """Relation and reason of each pair by the first rule that holds; the last one holds for all."""
    n = len(rules[0].holds)
    open_ = np.ones(n, np.bool_)
    relation, reason = np.empty(n, np.int8), np.empty(n, np.int32)
    texts, n_texts = [pa.array([], pa.string())], 0
    for rule in rules:
        chosen = np.flatnonzero(open_ & rule.holds)
        if not len(chosen):
            continue
        open_[chosen] = False
        relation[chosen] = _CODES[rule.relation] if isinstance(rule.relation, str) else rule.relation[chosen]
        told = sentences(rule.reason, chosen)
        reason[chosen] = n_texts + told.indices.to_numpy()
        texts.append(told.dictionary)
        n_texts += len(told.dictionary)
    return relation, pa.DictionaryArray.from_arrays(pa.array(reason), pa.concat_arrays(texts))


def by_length(left: NDArray[np.int32], right: NDArray[np.int32], settings: config.Verify) -> NDArray[np.int64]:
    """version, abridged or expanded, as a place in `RELATIONS`: of the right text seen from the left, by their words alone."""
    cut_or_grown = np.where(right < left, _CODES["abridged"], _CODES["expanded"])
    same_length = np.minimum(left, right) >= settings.same_length * np.maximum(left, right)
    return np.where(same_length, _CODES["version"], cut_or_grown)


class _Measures:
    """What the rules compare, each an array with one entry a pair."""

    def __init__(self, figures: Figures, n_words: NDArray[np.int32], beside: Beside, settings: config.Verify) -> None:
        self.figures = figures
        self.jaccard, self.containment = figures.jaccard, figures.containment
        left, right = (n_words[rows] for rows in figures.rows)
        self.shorter, self.longer = np.minimum(left, right), np.maximum(left, right)
        # Of a text less than that of which is in the other nothing was cut.
        is_version = beside.versions | (self.containment < settings.min_containment)
        self.kept = np.where(is_version, _CODES["version"], by_length(left, right, settings)).astype(np.int8)
        self.figures_agree = figures.figures_shared / np.maximum(1, figures.figures)
        self.names_agree = figures.names_shared / np.maximum(1, figures.names)
        # Two texts of one publisher share its furniture and its background paragraphs: they have to share more, unless one
        # says that it is a version of the other, or is sent again: soon, under much the same headline, with the same numbers.
        self.resent = beside.own & (beside.headline >= _SAME_HEADLINE) & (beside.hours <= _SOON)
        self.same_numbers = (figures.figures == 0) | (self.figures_agree >= _SAME_NUMBERS)
        self.resent &= self.same_numbers
        self.resent &= self.jaccard >= _RESENT
        self.own = beside.own & ~beside.versions & ~self.resent
        self.cut = np.where(self.own, settings.own_jaccard, settings.min_jaccard)
        self.part = np.where(self.own, settings.own_containment, settings.min_containment)
        self.cut_told = self._setting("min_jaccard", "own_jaccard", settings)
        self.part_told = self._setting("min_containment", "own_containment", settings)
        self.alike, self.contained = self.jaccard >= self.cut, self.containment >= self.part
        self.quoted = figures.quoted / np.maximum(1, figures.shared)
        # A text that is all quotation has no narration of its own.
        told = (figures.shared - figures.quoted) / np.maximum(1, figures.narrated)
        self.narration = np.where(figures.narrated > 0, told, 1.0)
        self.onset, self.onset_share = figures.onset.max(axis=1), figures.onset_share
        self.same_names = self.names_agree >= _SAME_STORY
        self.percent = (100 * self.containment + _ROUNDED).astype(np.int64)
        self.held = (self.percent, "% of the shorter is in the other; jaccard ", self.jaccard)
        self._of_form(beside, settings)

    def _of_form(self, beside: Beside, settings: config.Verify) -> None:
        """What tells texts of one form, and a story that takes passages of another, from prints of one."""
        figures = self.figures
        self.same_form = (self.jaccard >= settings.min_jaccard) | (self.containment >= settings.min_containment)
        self.other_figures = figures.figures - figures.figures_shared
        self.other_names = figures.names - figures.names_shared
        self.other_numbers = (figures.figures >= settings.figures_min) & (self.figures_agree < settings.figures_shared)
        self.unlike_names = (figures.names >= settings.names_min) & (self.names_agree < settings.names_shared)
        self.daily = (
            (beside.hours >= _LATER) & (figures.figures >= _MANY_NUMBERS) & (self.figures_agree < _DAILY_NUMBERS)
        )
        # Versions of one agency's story part in whole paragraphs, too.
        passages = (figures.shared >= _PASSAGE * figures.runs) & (figures.longest_run >= settings.excerpt_run)
        self.in_passages = passages & (self.containment < settings.min_containment) & (self.jaccard < _LITTLE)
        self.in_passages &= ~beside.same_agency
        apart = figures.is_amid(_AMID) | self.other_numbers | self.daily | self.unlike_names
        self.takes = self.in_passages & apart

    def _setting(self, for_others: str, for_own: str, settings: config.Verify) -> pa.DictionaryArray:
        """The setting that holds for each pair, in words."""
        names = (for_others, for_own)
        values = spelled(pa.array([getattr(settings, name) for name in names])).to_pylist()
        told = [f"{value} (verify.{name})" for value, name in zip(values, names, strict=True)]
        return pa.DictionaryArray.from_arrays(pa.array(self.own.astype(np.int8)), pa.array(told))


def _rules(m: _Measures, beside: Beside, settings: config.Verify) -> list[_Rule]:
    """The rules in their order: the first that holds for a pair decides it."""
    figures, passage = m.figures, m.figures.passage
    has_passage = figures.longest_run >= settings.excerpt_run
    nearly_equal = m.jaccard >= settings.light_edit
    less = (", and jaccard ", m.jaccard, f" < {settings.light_edit} (verify.light_edit)")
    quotes_only = (m.quoted >= settings.quoted_share) & (m.narration < settings.narration_share)
    # News is told from the top: prints of one story share its opening, if anything, and what a story of its own takes from an
    # agency stands further down. All of a text that makes half of the other is its copy wherever it stands.
    late = (m.onset > settings.opening_words) | (m.onset_share > settings.opening_share)
    late &= (m.containment < _WHOLE) | (m.shorter < m.longer / 2)
    eased = settings.early_ease * settings.min_jaccard
    reworked = (m.onset_share <= settings.early_share) & (m.jaccard >= eased) & (m.shorter >= _REWORKED * m.longer)
    reworked &= m.shorter >= _SEVERAL_PARAGRAPHS
    reworked &= (figures.names < settings.names_min) | m.same_names  # and not a round-up that begins with it
    joins = m.alike | m.contained
    # An update under a headline of its own is told by the names and numbers, and by the hour.
    follows = (figures.names >= settings.names_min) & m.same_names & m.same_numbers & (beside.hours <= _SOON)
    strangers = m.own & (beside.headline < _OTHER_HEADLINE) & ~follows
    low = ("jaccard ", m.jaccard, " < ", m.cut_told, ", containment ", m.containment, " < ", m.part_told,
           "; longest passage ", passage, " words")  # fmt: skip
    return [
        _Rule(figures.same, "identical", ("the same words",)),
        _Rule(
            beside.folder & (m.contained | has_passage) & (m.quoted >= _WHOLE),
            "quotes_only",
            ("a transcript or round-up, and ", m.quoted, " of what they share is quoted"),
        ),
        _Rule(
            beside.folder & (m.contained | has_passage),
            "excerpt",
            ("a round-up or live blog holds a passage of ", passage, " words; containment ", m.containment),
        ),
        _Rule(beside.folder, "different", ("a round-up or live blog is no print of one story",)),
        *_templates(m, beside, settings),
        _Rule(
            strangers & joins & ~nearly_equal,
            "different",
            ("two texts of one publisher under headlines with no word in common", *less),
        ),
        _Rule(nearly_equal, "light_edit", (*m.held, f" >= {settings.light_edit} (verify.light_edit)")),
        _Rule(beside.other_agency & joins, "different", ("credited to two agencies", *less)),
        _Rule(
            quotes_only & (joins | (figures.longest_run >= settings.quote_run)),
            "quotes_only",
            (m.quoted, f" of what they share is quoted >= {settings.quoted_share} (verify.quoted_share), and of the narration ",
             m.narration, f" < {settings.narration_share} (verify.narration_share)"),
        ),
        _Rule(
            (m.shorter < settings.min_words) & ~(m.resent & joins),
            "different",
            (m.shorter, f" words < {settings.min_words} (verify.min_words)", *less),
        ),
        _Rule(
            late & joins & ~m.resent,
            "excerpt",
            ("what they share begins ", m.onset, " words into one of them, at ", m.onset_share,
             f" of it (verify.opening_words {settings.opening_words}, verify.opening_share {settings.opening_share}); jaccard ",
             m.jaccard, ", containment ", m.containment),
        ),
        _Rule(
            m.takes & m.same_form,
            "excerpt",
            ("a story of its own takes passages of the other, up to ", passage, " words; jaccard ", m.jaccard,
             ", containment ", m.containment, f" < {settings.min_containment} (verify.min_containment)"),
        ),
        _Rule(m.alike, m.kept, (*m.held, " >= ", m.cut_told)),
        _Rule(
            reworked & ~m.own,
            m.kept,
            (*m.held, f" >= {eased:.3g} (verify.early_ease x min_jaccard), and what they share begins at ",
             m.onset_share, f" <= {settings.early_share} of both (verify.early_share)"),
        ),
        _Rule(
            m.contained & (m.shorter >= settings.min_share * m.longer),
            m.kept,
            (m.percent, "% of the shorter is in the other; containment ", m.containment, " >= ", m.part_told),
        ),
        _Rule(
            m.contained,
            "excerpt",
            ("containment ", m.containment, ", but ", m.shorter, " of ", m.longer,
             f" words is less than {settings.min_share} (verify.min_share)"),
        ),
        _Rule(has_passage, "excerpt", low),
        _Rule(np.ones(len(m.jaccard), np.bool_), "different", low),
    ]  # fmt: skip


def _templates(m: _Measures, beside: Beside, settings: config.Verify) -> list[_Rule]:
    """The rules by which texts are of one form, each with numbers and names of its own."""
    figures = m.figures
    other_values = m.other_figures + m.other_names
    is_form = (figures.swaps >= _SLOTS) & (figures.swaps > _OF_GAPS * figures.gaps) & ~beside.versions
    is_form &= m.shorter >= settings.same_length * m.longer
    is_form &= (other_values >= _FILLED * figures.swaps) & (m.other_figures >= _OTHER_NUMBERS)
    is_form &= (beside.hours >= _LATER) | ((m.other_names > 0) & (other_values >= _OTHER_VALUES))
    of_a_day = beside.other_day & (beside.headline >= _LIKE_HEADLINE) & ~beside.versions
    is_brief = beside.own & ~beside.versions & (m.shorter < settings.brief_words)
    another_day = (beside.headline >= _SAME_HEADLINE) & (beside.hours >= _LATER)
    another_day &= (m.jaccard < settings.light_edit) | ~m.same_numbers
    another_case = (beside.headline < _SAME_HEADLINE) & (~m.same_numbers | (m.names_agree < _SAME_NUMBERS))
    another_case = (another_case | (beside.headline < _LIKE_HEADLINE)) & (m.jaccard < settings.light_edit)
    numbers = (figures.figures_shared, " of ", figures.figures, " numbers")
    names = (figures.names_shared, " of ", figures.names, " names")
    return [
        _Rule(holds & m.same_form, "template", reason)
        for holds, reason in (
            (is_form, ("where they differ, a few words stand for others in ", figures.swaps, " of ", figures.gaps,
                       " places, and each has ", m.other_figures, " numbers and ", m.other_names, " names of its own")),
            (of_a_day, ("headlines of one form that name other days; jaccard ", m.jaccard)),
            (m.other_numbers & ~m.in_passages,
             (*numbers, " agree, ", m.figures_agree, f" < {settings.figures_shared} (verify.figures_shared)")),
            (m.daily & ~m.in_passages,
             (*numbers, " agree, ", m.figures_agree, f" < {_DAILY_NUMBERS}, in texts ", beside.hours, " hours apart")),
            (m.unlike_names & ~m.in_passages,
             (*names, " agree, ", m.names_agree, f" < {settings.names_shared} (verify.names_shared)")),
            (is_brief & another_day,
             ("a brief of one publisher under much the same headline, ", beside.hours, " hours apart, with ", *numbers,
              " (verify.brief_words)")),
            (is_brief & another_case,
             ("a brief of one publisher under another headline, with ", *numbers, " and ", *names, " (verify.brief_words)")),
        )
    ]  # fmt: skip
