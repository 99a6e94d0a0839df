"""Other accidents every time, for as long as you like: `make fuzz [MINUTES=10]`.

The tests of any input at all (`tests/*/test_*_any.py`) draw the same examples in every run of the suite. Here they draw new
ones, round after round, each round with a seed that is printed: the same seed draws the same again. What fails is shown shrunk,
is kept in `.hypothesis`, and comes first in the next round.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
_TEST = re.compile(r"^(tests/\S+?)(?:\[.*\])?:$", re.MULTILINE)
_EXAMPLES = re.compile(r"(\d+) passing, (\d+) failing")


def a_round(seed: int) -> tuple[Counter[str], str]:
    """Examples tried, by test; and what pytest says if one failed."""
    tests = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("tests/*/test_*_any.py"))]
    options = [
        "--hypothesis-profile=fuzz",
        f"--hypothesis-seed={seed}",
        "--hypothesis-show-statistics",
        "-m",
        "not data",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests], cwd=ROOT, capture_output=True, text=True, check=False
    )
    tried: Counter[str] = Counter()
    for part in re.split(r"\n(?=tests/\S+:\n)", ended.stdout):
        if name := _TEST.search(part):
            tried[name[1]] += sum(int(passing) + int(failing) for passing, failing in _EXAMPLES.findall(part))
    return tried, "" if ended.returncode == 0 else ended.stdout + ended.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="of the first round; the next ones count on")
    options = parser.parse_args()
    first = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    end, tried, n_failed, seed = time.monotonic() + 60 * options.minutes, Counter[str](), 0, first
    while seed == first or time.monotonic() < end:
        found, failure = a_round(seed)
        tried += found
        if failure:
            n_failed += 1
            print(failure, f"\nround {seed} failed: make fuzz SEED={seed}\n", flush=True)
        seed += 1
    for name, count in sorted(tried.items()):
        print(f"{count:>9,} examples  {name}")
    print(
        f"{sum(tried.values()):,} examples in {seed - first} rounds, seeds {first} to {seed - 1}: {n_failed} rounds failed"
    )
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
