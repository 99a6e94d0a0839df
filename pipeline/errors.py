"""One tree of errors. Each says where, what was found, and what to do; each carries its exit code.

An operator sees the message in one line, without a traceback. Anything that is not a `ReprintsError` is a bug
(exit code 1) and shows its traceback.
"""

from __future__ import annotations

__all__ = [
    "AuditError",
    "ClusterError",
    "ConfigError",
    "CrewError",
    "IncompatibleStoreError",
    "InputError",
    "MissingInputError",
    "OutputError",
    "ReprintsError",
    "StoreBusyError",
    "StoreError",
    "UnreadableError",
]


class ReprintsError(Exception):
    """Base of all expected failures. `exit_code` is what the process ends with."""

    exit_code = 1


class ConfigError(ReprintsError):
    """A setting, option or lexicon file is wrong: the message names the file and the key."""

    exit_code = 2


class InputError(ReprintsError):
    """No input is there, or none of it can be read."""

    exit_code = 2


class MissingInputError(InputError):
    """What was named as input is not there."""


class UnreadableError(InputError):
    """What was named as input is there, and no article can be had from it. `reason`: why, without the name of a file."""

    def __init__(self, told: str, reason: str = "") -> None:
        super().__init__(told)
        self.reason = reason


class OutputError(ReprintsError):
    """What a command has found cannot be printed."""

    exit_code = 2


class StoreError(ReprintsError):
    """The store is not there, or what was asked for is not in it."""

    exit_code = 2


class CrewError(ReprintsError):
    """A process that worked for a run has ended before its work."""

    exit_code = 2


class ClusterError(ReprintsError):
    """There is no cluster to be had, or work on it failed for good."""

    exit_code = 2


class AuditError(ReprintsError):
    """An audit or invariant failed; nothing was published."""

    exit_code = 3


class IncompatibleStoreError(ReprintsError):
    """The store was written with settings or versions that do not mix with these."""

    exit_code = 4


class StoreBusyError(ReprintsError):
    """Another run holds the store."""

    exit_code = 5
