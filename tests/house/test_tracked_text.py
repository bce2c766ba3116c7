"""Does every tracked file mean the same on any machine, and hold nothing that does not belong in a
repository?
"""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, check_rule, list_tracked

# The words are put together here, so that this file does not find itself.
RULES = {
    "registry": re.compile(
        "|".join(
            [
                "py" + r"pi\.(org|io)",
                r"files\.python" + "hosted",
                r"registry\.npm" + "js",
                r"regis" + r"try\.yarn",
            ]
        )
    ),
    "machine-path": re.compile(
        r"(?<![\w.])/(?:root|home/[a-z]+|wo" + r"rk|Users/[A-Za-z]+|opt/wheels)/[\w.]"
    ),
    "private-key": re.compile("-----BEGIN " + r"(?:[A-Z]+ )*PRIVATE KEY-----"),
    "unfinished": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b"),
    "silenced-test": re.compile(r"pytest\.mark\.xfail|\b(?:it|test|describe)\.skip\("),
}
BINARY = {".png", ".ico", ".woff2", ".parquet", ".gz"}


def read_texts() -> dict[str, str]:
    return {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in list_tracked()
        if Path(path).suffix not in BINARY
    }


@pytest.mark.parametrize("rule", RULES)
def test_tracked_files_are_clean(rule: str) -> None:
    broken = {}
    for path, text in read_texts().items():
        match = RULES[rule].search(text)
        if match:
            broken[path] = f"line {text.count(chr(10), 0, match.start()) + 1}: “{match[0]}”"
    check_rule(rule, broken)


def test_no_large_files() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in list_tracked()}
    check_rule("large-file", {path: f"{size:,} bytes" for path, size in sizes.items() if size > 600_000})


def test_lock_files_name_no_host() -> None:
    for name in ("requirements.lock", "ui/package-lock.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert '"resolved"' not in text
        assert "--index-url" not in text
        assert " @ http" not in text
    assert "--hash=sha256:" in (ROOT / "requirements.lock").read_text(encoding="utf-8")
