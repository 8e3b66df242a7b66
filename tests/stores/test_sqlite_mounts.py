"""A network file system is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from onedoor.stores.sqlite_mounts import mounted_as, network_kind

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /home rw,relatime shared:2 - nfs4 server:/home rw,vers=4.2
31 30 0:27 / /home/me/local\\040disk rw - xfs /dev/vdb rw
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/var/store.db", "ext4"),
        ("/home/me/store.db", "nfs4"),
        ("/home/me/local disk/store.db", "xfs"),
        ("/homes/store.db", "ext4"),
    ],
)
def test_a_file_is_on_the_innermost_mount_above_it(file: str, kind: str) -> None:
    assert mounted_as(Path(file), MOUNTS) == kind


def test_a_local_disk_is_not_a_network(tmp_path: Path) -> None:
    assert network_kind(tmp_path) == ""
