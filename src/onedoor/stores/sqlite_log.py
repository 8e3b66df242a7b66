"""The write-ahead log, moved into the file now and then. That takes milliseconds, so no commit does it on its way."""

from __future__ import annotations

import apsw

_PAGES = 1000


class Log:
    """How long the log of a connection's file is, and when it is worth moving."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._pages = 0
        self._enough = _PAGES
        connection.set_wal_hook(self._grew)

    @property
    def long(self) -> bool:
        """Whether it should be moved."""
        return self._pages >= self._enough

    def move(self) -> None:
        """Move it as far as nobody still reads it. The caller holds the store's lock."""
        self._enough = self._pages + _PAGES
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _grew(self, connection: apsw.Connection, name: str, pages: int) -> int:
        """A commit has made it so many pages long; once all was moved, it begins anew."""
        if pages < self._pages:
            self._enough = _PAGES
        self._pages = pages
        return apsw.SQLITE_OK
