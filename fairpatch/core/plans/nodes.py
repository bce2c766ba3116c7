"""How is YAML read so that no value changes silently and every value knows its line?

YAML 1.2 core: bare `ON`, `NO`, `yes` are text, a number with a leading zero stays text. Nothing is
converted on the way: each reader below says which type it expects and takes the spelling from there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import yaml
from yaml.cyaml import CSafeLoader
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fairpatch.core.errors import Finding
from fairpatch.core.rules.values import read_date, read_number

_IMPLICIT = "implicit"
_KNOWN_TAGS = frozenset(
    {_IMPLICIT, *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map", "int", "float"))}
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_T = TypeVar("_T")


class _Composer(CSafeLoader):
    """Composes nodes without guessing types: that is also what makes long lists quick."""

    def resolve(self, kind: type[Node], value: str, implicit: tuple[bool, bool]) -> str:
        return _IMPLICIT

    def descend_resolver(self, parent: Node, index: Any) -> None:
        return None

    def ascend_resolver(self) -> None:
        return None


class NodeReader:
    """Reads values out of one YAML document and collects everything wrong with them.

    `lines` remembers where each place of the document stands, for faults found later.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}

    def compose(self, text: str) -> Node | None:
        """The document's root, or None after noting why there is none."""
        try:
            root: Node | None = _Composer(text.removeprefix("\ufeff")).get_single_node()
        except yaml.reader.ReaderError as fault:
            line = text.count("\n", 0, fault.position) + 1 if isinstance(fault.position, int) else None
            self.blame("", f"This is not readable as YAML: {fault.reason}.", line)
            return None
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            self.blame("", f"This is not readable as YAML: {fault.problem}.", mark.line + 1 if mark else None)
            return None
        if root is None:
            self.blame("", "The file is empty.", 1)
        return root

    def blame(self, where: str, sentence: str, line: int | None = None) -> None:
        self.findings.append(Finding("error", where, sentence, line=line))

    def blame_node(self, node: Node, where: str, sentence: str) -> None:
        self.blame(where, sentence, node.start_mark.line + 1)

    def read_mapping(
        self, node: Node, where: str, known: Collection[str] | None, required: Collection[str] = ()
    ) -> dict[str, Node]:
        """The nodes by key. Unknown, duplicate and missing keys are faults; `known` None takes any."""
        self.lines.setdefault(where, node.start_mark.line + 1)
        if not isinstance(node, MappingNode):
            self.blame_node(node, where, "This should be a mapping (key: value).")
            return {}
        found: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key = self.read_text(key_node, where)
            if key is None:
                continue
            place = f"{where}.{key}" if where else key
            if key in found:
                self.blame_node(key_node, place, f'The key "{key}" appears twice.')
            elif known is not None and key not in known:
                self.blame_node(key_node, place, f'"{key}" is not a key here. Known: {", ".join(known)}.')
            else:
                found[key] = value_node
                self.lines[place] = value_node.start_mark.line + 1
        for key in required:
            if key not in found or is_null(found[key]):
                self.blame_node(node, f"{where}.{key}" if where else key, f"{key} is missing.")
                found.pop(key, None)
        return found

    def read_items(self, node: Node | None, where: str, read: Callable[[Node, str], _T | None]) -> list[_T]:
        """Every item of a list that could be read."""
        if node is None or is_null(node):
            return []
        if not isinstance(node, SequenceNode):
            self.blame_node(node, where, "This should be a list.")
            return []
        items: list[_T] = []
        for place, item in enumerate(node.value):
            self.lines[f"{where}[{place}]"] = item.start_mark.line + 1
            value = read(item, f"{where}[{place}]")
            if value is not None:
                items.append(value)
        return items

    def read_texts(self, node: Node | None, where: str) -> tuple[str, ...]:
        """A list of texts as spelled, quick also for hundreds of thousands."""
        if node is None or is_null(node):
            return ()
        if not isinstance(node, SequenceNode):
            self.blame_node(node, where, "This should be a list.")
            return ()
        items: list[Node] = node.value
        for place, item in enumerate(items):
            if type(item) is not ScalarNode or (not item.style and item.value in _NULLS):
                self.blame_node(item, f"{where}[{place}]", "A list of values holds text or numbers only.")
        return tuple([item.value for item in items if type(item) is ScalarNode])

    def read_text(self, node: Node | None, where: str) -> str | None:
        """Text exactly as spelled; None for nothing."""
        if node is None or is_null(node):
            return None
        if not isinstance(node, ScalarNode):
            self.blame_node(node, where, "This should be text.")
            return None
        if node.tag not in _KNOWN_TAGS:
            self.blame_node(node, where, f"The tag {node.tag} is not taken.")
            return None
        return str(node.value)

    def read_choice(self, node: Node | None, where: str, choices: Collection[str]) -> str | None:
        text = self.read_text(node, where)
        if text is None or text in choices:
            return text
        assert node is not None
        self.blame_node(node, where, f'"{text}" is none of {", ".join(choices)}.')
        return None

    def read_date(self, node: Node | None, where: str) -> dt.date | None:
        return self._read_as(node, where, read_date, "a date such as 2027-01-31", may_be_quoted=True)

    def read_flag(self, node: Node | None, where: str) -> bool | None:
        return self._read_as(node, where, _FLAGS.get, "true or false")

    def read_integer(self, node: Node | None, where: str) -> int | None:
        def read(text: str) -> int | None:
            return int(text) if _INTEGER.fullmatch(text) and len(text) <= 18 else None

        return self._read_as(node, where, read, "a whole number such as 50")

    def read_decimal(self, node: Node | None, where: str) -> int | float | None:
        def read(text: str) -> int | float | None:
            return read_number(text) if _NUMBER.fullmatch(text) else None

        return self._read_as(node, where, read, "a number")

    def _read_as(
        self,
        node: Node | None,
        where: str,
        read: Callable[[str], _T | None],
        wanted: str,
        may_be_quoted: bool = False,
    ) -> _T | None:
        text = self.read_text(node, where)
        if text is None:
            return None
        assert isinstance(node, ScalarNode)
        value = read(text) if may_be_quoted or not node.style else None
        if value is None:
            shown = text if not node.style else f'"{text}"'
            self.blame_node(node, where, f"{shown} is not {wanted}.")
        return value

    def locate(self, where: str) -> int | None:
        """The line of a place, or of the nearest place around it."""
        while where and where not in self.lines:
            where = re.sub(r"(\.[^.\[\]]*|\[\d+\])$", "", where) if re.search(r"[.\[]", where) else ""
        return self.lines.get(where)


def is_null(node: Node) -> bool:
    """Whether a node says nothing."""
    return isinstance(node, ScalarNode) and not node.style and node.value in _NULLS


_FLAGS: Mapping[str, bool] = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
