"""What went wrong with the file, and what its owner can do about it."""

from __future__ import annotations

import errno
from pathlib import Path

import apsw

from onedoor.errors import StoreError
from onedoor.stores.sqlite_mounts import network_kind

_SAID: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.FullError, "the disk or the file's size limit is full; free some space"),
    (apsw.ReadOnlyError, "it can't be written to; make the file and its directory writable"),
    (apsw.CantOpenError, "it can't be opened; make sure the directory exists and both may be read and written"),
    (apsw.PermissionsError, "access is denied; make the file and its directory readable and writable"),
    (apsw.BusyError, "another process keeps it locked; end that process or allow more busy_seconds"),
    (apsw.LockedError, "another process keeps it locked; end that process or allow more busy_seconds"),
    (apsw.NotADBError, "it is not a SQLite database; move it away or use another path"),
    (apsw.CorruptError, "it is damaged; move it away, or mend it with `sqlite3 FILE .recover` or from a backup"),
    (apsw.IOError, "the operating system failed to read or write it; check the disk, its space and its quota"),
)
_OS_SAID = {
    errno.ENOENT: "its directory doesn't exist; create it or use another path",
    errno.ENOTDIR: "its directory doesn't exist; create it or use another path",
    errno.EACCES: "access is denied; make the file and its directory readable and writable",
    errno.EPERM: "access is denied; make the file and its directory readable and writable",
    errno.EROFS: "its file system is read-only; use another path",
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EMFILE: "this process has too many files open; raise its limit (ulimit -n)",
    errno.ENOLCK: "its file system can't lock files; keep it on a local disk",
    errno.EOPNOTSUPP: "its file system can't lock files; keep it on a local disk",
}


def store_error(error: BaseException, file: Path) -> StoreError:
    """The error to raise for what SQLite or the operating system said about a file."""
    told = StoreError(f"{file}: {_advice(error)} ({type(error).__name__}: {error}){_network_hint(file)}")
    told.__cause__ = error
    return told


def locked(file: Path, seconds: float) -> StoreError:
    """The error for a lock that didn't come free in time."""
    return StoreError(
        f"{file}: another process kept it locked for {seconds:g} s; end that process or allow more busy_seconds"
        + _network_hint(file)
    )


def _advice(error: BaseException) -> str:
    if isinstance(error, OSError):
        return _OS_SAID.get(error.errno or 0, "the operating system refused; check the disk and the directory")
    said = (advice for kind, advice in _SAID if isinstance(error, kind))
    return next(said, "SQLite refused; check the file with `sqlite3 FILE 'PRAGMA integrity_check'`")


def _network_hint(file: Path) -> str:
    kind = network_kind(file)
    return f"; it is on {kind}, a network file system: keep it on a local disk" if kind else ""
