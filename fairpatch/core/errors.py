"""How does Fairpatch say that something is wrong?

A user's faulty data becomes a list of `Finding`, all at once. A caller's forbidden deed becomes a
`FairpatchError` with a stable code. Our own bug is an assertion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in a user's data, with its place and, where there is one, what to do.

    `where` is the place inside the document ("territories[3].rule", or a column of a table);
    `line` and `column` count from 1.
    """

    severity: Severity
    where: str
    sentence: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def at(self, file: str | None = None, line: int | None = None, where: str | None = None) -> Finding:
        """The same finding with its place filled in."""
        return replace(
            self,
            file=file if file is not None else self.file,
            line=line if line is not None else self.line,
            where=where if where is not None else self.where,
        )

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, self.where, self.sentence) if part)


class FairpatchError(Exception):
    """A refusal: `code` is stable and for programs, `sentence` is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class FaultyInputError(FairpatchError):
    """Data that cannot be used as it stands. `findings` holds every fault, not only the first."""

    def __init__(self, findings: Iterable[Finding], code: str = "input_faulty") -> None:
        self.findings = tuple(findings)
        assert self.findings, "a refusal needs a reason"
        super().__init__(code, "\n".join(str(finding) for finding in self.findings))
