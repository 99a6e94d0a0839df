"""The kernels once more, in plain Python: slow, obvious, and what they are tested against."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from pipeline.stages.kernels.characters import lookup
from pipeline.stages.kernels.shingle import DATA_TOKENS

_OFFSET = 0xCBF29CE484222325
_STEP, _MIX = 0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD
_M64 = (1 << 64) - 1


def tokens(text: str) -> list[tuple[str, str]]:
    """(folded token, word | sign | digit) for each token of a text."""
    return [token[:2] for token in marked(text)]


class Token(NamedTuple):
    """A token, whether it is a name (capitalised, and begins no sentence) and whether it is quoted."""

    folded: str
    kind: str
    name: bool
    quoted: bool


def marked(text: str) -> list[Token]:
    """The tokens of a text with what the kernel says of them."""
    classes, folded = lookup(text)
    out: list[Token] = []
    word, kind, upper, fresh, double, single = "", "", False, True, False, False

    def close() -> None:
        nonlocal word, kind, fresh
        if kind:
            out.append(Token(word, kind, kind == "word" and upper and not fresh, double or single))
            word, kind, fresh = "", "", False

    for i, cls in enumerate(classes):
        if cls == "ignored":
            continue
        between_digits = kind == "digit" and text[i] in ",.\u066c\u066b" and classes[i + 1 : i + 2] == ["digit"]
        if cls in ("word", "capital", "digit") or between_digits:
            upper = upper if kind else cls == "capital"
            kind = kind or ("digit" if cls == "digit" else "word")
            word += {",": "", "\u066c": "", ".": ".", "\u066b": "."}[text[i]] if between_digits else folded[i]
            continue
        close()
        if cls == "sign":
            out.append(Token(folded[i], "sign", False, double or single))
        elif text[i] == "\n":
            double, single, fresh = False, False, True
        elif text[i] in "\"'":
            before, after = text[i - 1] if i else "\n", text[i + 1] if i + 1 < len(text) else "\n"
            opens = before in " \n([-\"'" and after not in " \n"
            if text[i] == '"':
                double = not double if min(before, after) >= "\x80" else opens
                fresh |= double
            elif opens:
                single, fresh = True, True
            elif before in ",.!?" or after in " \n":
                single = False
        elif text[i] in "“„«「『":
            double, fresh = True, True
        elif text[i] in "”»」』":
            double = False
        elif text[i] in ".!?:。！？":
            fresh = True
    close()
    return out


def token_hash(token: str, kind: str) -> int:
    if kind == "sign":
        return (_OFFSET ^ ord(token)) * _MIX & _M64
    points = (ord(char) for char in token)
    packed = bytes(
        byte for c in points for byte in ([c] if c < 0x80 else [0x80 | c & 0x7F, 0x80 | c >> 7 & 0x7F, 0x80 | c >> 14])
    )
    h = _OFFSET
    for first in range(0, len(packed), 8):
        h = (h ^ int.from_bytes(packed[first : first + 8], "little")) * _STEP & _M64
        h ^= h >> 32
    return h * _MIX & _M64


def shingles(text: str, words: int, chars: int) -> list[int]:
    """The shingle hashes of a text in the order in which they end."""
    sequence = tokens(text)
    hashes = [token_hash(*token) for token in sequence]
    out = []
    for end in range(1, len(sequence) + 1):
        for size, of_sign in ((words, False), (chars, True)):
            first = end - size
            if first >= 0 and (sequence[first][1] == "sign") == of_sign:
                h = 0
                for value in hashes[first:end]:
                    h = (h * _STEP + value) & _M64
                out.append((h ^ h >> 32) * _MIX % (1 << 64) >> 32)
    return out


def quotes(text: str, words: int, chars: int) -> list[int]:
    """Where runs of quoted shingles begin and end: those whose first and last token are quoted."""
    sequence = marked(text)
    flags = [False]
    for end in range(1, len(sequence) + 1):
        for size, of_sign in ((words, False), (chars, True)):
            first = end - size
            if first >= 0 and (sequence[first].kind == "sign") == of_sign:
                flags.append(sequence[first].quoted and sequence[end - 1].quoted)
    flags.append(False)
    return [i for i, (before, after) in enumerate(itertools.pairwise(flags)) if before != after]


def names(text: str) -> list[int]:
    return sorted({token_hash(token.folded, token.kind) >> 32 for token in marked(text) if token.name})


def figures(text: str) -> list[int]:
    return sorted({token_hash(token, kind) >> 32 for token, kind in tokens(text) if kind == "digit"})


def lines(text: str) -> list[int]:
    """The hash of each line: 0 without tokens, odd for a short one with a number."""
    out = []
    for line in text.split("\n"):
        found = tokens(line)
        h = 0
        for token in found:
            h = (h * _STEP + token_hash(*token)) & _M64
        is_data = len(found) < DATA_TOKENS and any(kind == "digit" for _, kind in found)
        mixed = (h ^ h >> 32) * _MIX & _M64
        out.append((mixed | 2) & ~1 | is_data if found else 0)
    return out


def longest_run(a: list[int], b: list[int]) -> int:
    """Longest common run of consecutive entries, by dynamic programming."""
    best, before = 0, [0] * (len(b) + 1)
    for x in a:
        row = [0] * (len(b) + 1)
        for j, y in enumerate(b, 1):
            row[j] = before[j - 1] + 1 if x == y else 0
        best, before = max(best, *row), row
    return best
