"""Settings as TOML: read from a file over the defaults, and written with their meaning."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta

from pipeline.config.checks import checked
from pipeline.config.settings import Config
from pipeline.errors import ConfigError

__all__ = ["Section", "Setting", "describe", "load", "sections"]

#: Settings that are paths.
_PATHS = (
    ("clean", "publishers"),
    ("trace", "agencies"),
    ("override", "orders"),
    ("store", "metrics"),
    ("store", "cache"),
    ("night", "store"),
    ("night", "inputs"),
)


def load(path: str | Path | None) -> Config:
    """The settings of a TOML file over the defaults; the defaults alone for None.

    Raises `ConfigError` naming the file, the key and what would be right.
    """
    if path is None:
        return Config()
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such configuration file; print one to start from with: reprints config"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML: {error}") from error
    _refuse_unknown(path, given)
    _resolve_paths(Path(path).parent, given)
    try:
        return checked(msgspec.convert(given, Config), str(path))
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error


def _refuse_unknown(path: str | Path, given: dict[str, Any]) -> None:
    sections = {field.name: field.type for field in msgspec.structs.fields(Config)}
    for section, values in given.items():
        if section not in sections:
            raise ConfigError(f"{path}: there is no section [{section}]{_nearest(section, list(sections))}")
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: [{section}] is a section, found a value")
        known = [field.name for field in msgspec.structs.fields(sections[section])]
        for key in values:
            if key not in known:
                raise ConfigError(f"{path}: [{section}] has no setting {key!r}{_nearest(key, known)}")


def _resolve_paths(folder: Path, given: dict[str, Any]) -> None:
    """A relative path in a file is relative to that file, wherever the command is run. URLs are none."""
    for section, key in _PATHS:
        value = given.get(section, {}).get(key)
        if isinstance(value, str) and value:
            given[section][key] = _resolved(folder, value)
        elif isinstance(value, list):
            given[section][key] = [
                _resolved(folder, item) if isinstance(item, str) and item else item for item in value
            ]


def _resolved(folder: Path, path: str) -> str:
    return path if "://" in path else str(folder / path)


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"


def describe(config: Config | None = None) -> str:
    """All settings as TOML, each with its meaning and bounds as a comment. `load` of the result equals `config`."""
    return "\n".join(_lines(config or Config())) + "\n"


def _lines(config: Config) -> Iterator[str]:
    yield "# All settings of newswire-reprints with their defaults; a file of yours states only what differs."
    for section in sections(config):
        yield ""
        yield f"# {section.name}: {section.about.splitlines()[0]}"
        yield f"[{section.name}]"
        for setting in section.settings:
            bounds = f" ({setting.bounds})" if setting.bounds else ""
            yield f"{setting.name} = {setting.value}  # {setting.meaning}{bounds}"


class Setting(NamedTuple):
    """A setting in words: `value` as TOML writes it, `bounds` such as `0.0..1.0` or `more than 0`, empty for none."""

    name: str
    value: str
    meaning: str
    bounds: str


class Section(NamedTuple):
    """A section in words, with its settings; the first line of `about` says what it is for."""

    name: str
    about: str
    settings: tuple[Setting, ...]


def sections(config: Config | None = None) -> Iterator[Section]:
    """All settings in their order, with the values of `config`."""
    config = config or Config()
    for section in msgspec.structs.fields(Config):
        struct = getattr(config, section.name)
        about = (type(struct).__doc__ or "").removeprefix(f"{section.name}: ")
        yield Section(section.name, about, tuple(_settings(struct)))


def _settings(struct: msgspec.Struct) -> Iterator[Setting]:
    hints = get_type_hints(type(struct), include_extras=True)
    for field in msgspec.structs.fields(struct):
        meta: Meta = hints[field.name].__metadata__[0]
        value = _toml(getattr(struct, field.name))
        yield Setting(field.name, value, meta.description or "", _bounds(meta))


def _bounds(meta: Meta) -> str:
    if meta.gt is not None:
        return f"more than {meta.gt}, up to {meta.le}" if meta.le is not None else f"more than {meta.gt}"
    if meta.ge is None or (meta.ge == 0 and meta.le is None):
        return ""
    return f"{meta.ge}..{meta.le}" if meta.le is not None else f"at least {meta.ge}"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return msgspec.json.encode(value).decode()
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {_toml(item)}' for key, item in value.items())}}}"
        case _:
            raise TypeError(f"no TOML form for {type(value).__name__}")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)
