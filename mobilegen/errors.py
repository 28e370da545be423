"""Every error a user can meet: what failed, the values seen, one thing to try."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST_MESSAGE = 500
# ERROR_ACCESS_DENIED is not among them: that is about rights.
_IN_USE = (32, 33)


class MobilegenError(Exception):
    """An error with a remedy; `exit_code` is what the command line returns.

    Args:
        what: What failed, one sentence without a full stop.
        seen: The values that were observed, one line each.
        hint: One command or edit that helps.
    """

    exit_code = 1

    def __init__(self, what: str, *, seen: Sequence[str] = (), hint: str = "") -> None:
        self.what = what
        self.seen = tuple(seen)
        self.hint = hint
        super().__init__(what)

    def values(self) -> dict[str, object]:
        """Return what the error says, for programs."""
        return {
            "kind": type(self).__name__,
            "what": self.what,
            "seen": list(self.seen),
            "hint": self.hint,
        }

    def __str__(self) -> str:
        lines = [self.what, *(f"  {line}" for line in self.seen)]
        if self.hint:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)


class UsageError(MobilegenError):
    """A wrong option or argument."""

    exit_code = 2


class ConfigError(MobilegenError):
    """mobilegen.yml or an option value that does not fit the model."""

    exit_code = 3


class ModelError(MobilegenError):
    """The source model is missing, damaged or not supported."""

    exit_code = 4


class ConversionError(MobilegenError):
    """The runtime's converter failed or made an artifact that is wrong."""

    exit_code = 5


class ToolchainError(MobilegenError):
    """No usable compiler for a target."""

    exit_code = 6


class NativeBuildError(MobilegenError):
    """CMake, the compiler or the linker failed."""

    exit_code = 7


class VerificationError(MobilegenError):
    """A check failed: the numbers do not match the source model's."""

    exit_code = 8


class NotProvedError(MobilegenError):
    """A check was skipped and `--require-proof` was given."""

    exit_code = 9


class DownloadError(MobilegenError):
    """A declared download failed, or is not in the cache while offline."""

    exit_code = 10


class ProcessError(MobilegenError):
    """A child process failed, was killed by a signal or ran out of time.

    Attributes:
        returncode: Exit code; negative for a signal; None when it ran out of time.
        output: The tail of what the child printed.
    """

    exit_code = 11

    def __init__(
        self,
        what: str,
        *,
        seen: Sequence[str] = (),
        hint: str = "",
        returncode: int | None = None,
        output: str = "",
    ) -> None:
        super().__init__(what, seen=seen, hint=hint)
        self.returncode = returncode
        self.output = output


class BusyError(MobilegenError):
    """Another mobilegen works in the same output folder."""

    exit_code = 12


class FileError(MobilegenError):
    """A file or folder cannot be read or written: no permission, no space."""

    exit_code = 13


class DeviceError(MobilegenError):
    """No phone is connected, or it could not do what it was asked for."""

    exit_code = 14


class PackagingError(MobilegenError):
    """The app cannot be compiled, packaged or signed."""

    exit_code = 15


def from_os(
    error: OSError,
    what: str = "the system refused to read or write a file",
    *,
    hint: str = "check the path, its permissions and the free space",
) -> FileError:
    """Return what the system refused as an error for people: no right, no space, no such path."""
    # On Windows nobody may move a folder in which a program has a file open.
    if getattr(error, "winerror", None) in _IN_USE:
        hint = "close the programs that have files in that folder open, and try again"
    place = f": {error.filename}" if error.filename else ""
    return FileError(what, seen=[f"{error.strerror or error}{place}"], hint=hint)


def unexpected(error: Exception) -> MobilegenError:
    """Return any exception as an error for people; where it came from belongs into a log."""
    if isinstance(error, MobilegenError):
        return error
    if isinstance(error, OSError):
        return from_os(error)
    if isinstance(error, MemoryError):
        return MobilegenError(
            "this computer has too little memory for that",
            seen=[str(error)] if str(error) else [],
            hint="end other programs, or give the model smaller inputs",
        )
    return MobilegenError(
        f"unexpected {type(error).__name__}: {str(error)[:_LONGEST_MESSAGE]}",
        hint="this is a fault of mobilegen: please report it with the log that is named here",
    )
