"""How is a mapping kept in a TOML file?"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairpatch.core.accounts.mapping import ImportSpec, read_mapping, write_mapping
from fairpatch.core.errors import FaultyInputError, Finding

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def load_mapping_file(path: Path) -> ImportSpec:
    """The mapping in a TOML file. FaultyInputError when the file cannot be read or says something wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        sentence = f"The mapping cannot be read: {error.strerror}."
        raise FaultyInputError([Finding("error", "", sentence, file=path.name)], "mapping_faulty") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = _PLACE.search(str(error))
        sentence = f"This is not TOML: {_PLACE.sub('', str(error)).strip()}."
        line = int(found.group(1)) if found else None
        raise FaultyInputError(
            [Finding("error", "", sentence, file=path.name, line=line)], "mapping_faulty"
        ) from error
    return read_mapping(data, path.name)


def print_mapping(spec: ImportSpec) -> str:
    """The mapping as TOML; loading it gives the same mapping."""
    content = write_mapping(spec)
    lines = [
        f"{key} = {_value(value)}" for key, value in content.items() if not isinstance(value, list | dict)
    ]
    if "organisation" in content:
        lines += [
            "",
            "[organisation]",
            *(f"{key} = {_value(value)}" for key, value in content["organisation"].items()),
        ]
    for entry in content["files"]:
        lines += ["", "[[files]]"]
        lines += [f"{key} = {_value(value)}" for key, value in entry.items() if key != "columns"]
        if "columns" in entry:
            lines += ["[files.columns]"]
            lines += [f"{_key(key)} = {_value(value)}" for key, value in entry["columns"].items()]
    return "\n".join(lines) + "\n"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A JSON string is a TOML basic string but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)
