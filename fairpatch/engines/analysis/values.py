"""Which few values of a field stand for all the others?

Conditions cut a field into stretches within which none of them changes its answer: single values, texts with
the same beginning, numbers between two limits. One value out of every stretch is enough.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

END = "\U0010ffff"
"""Written behind a beginning: after every text that begins so."""

_PLEASANT = "0123456789abcdefghijklmnopqrstuvwxyz"
_LEAST, _LAST = "!", "~"
MAX_PATTERNS = 6
"""Of so many patterns every combination is tried, of more only some."""
MAX_TAGS = 10
"""Of so many tags every combination is a value of its own, so that conditions on them are decided exactly."""


def list_texts(borders: Iterable[str], preferred: Sequence[str] = ()) -> list[str]:
    """Every border that is a text, and a text out of each gap between two of them that has any.

    `preferred` is sorted; where it has a value inside a gap, that one stands for it.
    """
    ordered = sorted(set(borders))
    found = [border for border in ordered if not border.endswith(END)]
    for low, high in itertools.pairwise(["", *ordered, END + END]):
        between = find_between(low, high, preferred)
        if between is not None:
            found.append(between)
    return sorted(found)


def find_between(low: str, high: str, preferred: Sequence[str] = ()) -> str | None:
    """A text after `low` and before `high`, as pleasant as can be; None where there is none."""
    place = bisect_right(preferred, low)
    if place < len(preferred) and preferred[place] < high:
        return preferred[place]
    return next((text for text in _propose_texts(low) if low < text < high), None)


def _propose_texts(low: str) -> Iterator[str]:
    """Texts right after `low`, the pleasant ones first, the least possible one among them."""
    stem = low.removesuffix(END)
    for size in range(len(stem), 0, -1):
        head, last = stem[: size - 1], stem[size - 1]
        yield from (head + letter for letter in _PLEASANT if letter > last)
        if low.endswith(END) and last < _LAST:
            yield head + _follow(last)
        if not low.endswith(END):
            break
    if not low.endswith(END):
        yield from (stem + letter for letter in (*_PLEASANT, "-", _LEAST))
    if stem:
        yield chr(ord(stem[0]) + 1)


def _follow(letter: str) -> str:
    """The next printable character that is no capital."""
    following = chr(ord(letter) + 1)
    return "[" if "A" <= following <= "Z" else following


def judge_text(text: str) -> tuple[int, int]:
    """How odd a text looks; the least odd one of several that mean the same is shown to people."""
    odd = sum(letter not in _PLEASANT for letter in text)
    return odd, abs(len(text) - 2)


def extend_texts(texts: Sequence[str], patterns: Iterable[str]) -> list[str]:
    """Texts that contain this and that pattern, after each of the given beginnings and alone."""
    ordered = sorted(patterns)
    if not ordered:
        return []
    sizes = range(1, len(ordered) + 1) if len(ordered) <= MAX_PATTERNS else (1, len(ordered))
    groups = [group for size in sizes for group in itertools.combinations(ordered, size)]
    seam = next(letter for letter in "-._~!xq0" if not any(letter in pattern for pattern in ordered[:50]))
    joined = [seam.join(group) for group in groups]
    starts = ["", *texts[: max(1, 40_000 // len(joined))]]
    plain = [text + seam for text in starts if text]
    return [
        start + tail for start in starts for tail in (joined if not start else _lead(seam, joined))
    ] + plain


def _lead(seam: str, texts: Iterable[str]) -> list[str]:
    return [piece for text in texts for piece in (text, seam + text)]


def list_numbers(
    limits: Iterable[float], least: float = -math.inf, most: float = math.inf, is_whole: bool = False
) -> list[int | float]:
    """The limits, a number between each two and beyond both ends, within what is possible at all."""
    ordered = sorted(set(limits))
    if not ordered:
        return [max(least, 0)]
    found: list[int | float] = list(ordered)
    found += [
        middle for low, high in itertools.pairwise(ordered) if low < (middle := _halve(low, high)) < high
    ]
    found += [math.floor(ordered[0]) - 1, math.ceil(ordered[-1]) + 1]
    found += [bound for bound in (least, most) if math.isfinite(bound)]
    if is_whole:
        found += [number for limit in ordered for number in (math.floor(limit) + 1, math.ceil(limit) - 1)]
    named = set(ordered)
    return sorted(
        {
            number
            for number in found
            if number in named or (least <= number <= most and (not is_whole or number == int(number)))
        }
    )


def _halve(low: float, high: float) -> int | float:
    whole = math.floor(low) + 1
    if whole < high:
        return whole if high - low < 3 else (math.floor(low) + math.ceil(high)) // 2
    return low + (high - low) / 2


def list_days(limits: Iterable[dt.date]) -> list[dt.date]:
    """The days named, the days right before and after them, and one where none is named."""
    found = {dt.date(2026, 1, 1)}
    for day in limits:
        found.add(day)
        if day > dt.date.min:
            found.add(day - dt.timedelta(days=1))
        if day < dt.date.max:
            found.add(day + dt.timedelta(days=1))
    return sorted(found)


def list_tag_sets(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Sets of tags: every combination of a few; of many, those that conditions name, and each two joined."""
    named = list(dict.fromkeys(groups))
    tags = sorted(frozenset().union(*named))
    other = find_between("", END, [f"other{n}" for n in range(3) if f"other{n}" not in tags]) or "other"
    if len(tags) <= MAX_TAGS:
        sizes = range(1, len(tags) + 1)
        chosen = [frozenset(some) for size in sizes for some in itertools.combinations(tags, size)]
    else:
        singles = [frozenset([tag]) for tag in tags]
        pairs = itertools.islice(itertools.combinations([*named, *singles], 2), 20_000)
        chosen = [*singles, *named, *(first | second for first, second in pairs), frozenset(tags)]
    return [*dict.fromkeys(tags for tags in chosen if tags), frozenset([other])]
