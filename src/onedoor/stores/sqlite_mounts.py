"""Whether a file is on a network file system, where neither locks nor shared memory can be trusted."""

from __future__ import annotations

from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "9p",
    "fuse.sshfs",
    "fuse.s3fs",
}


def network_kind(file: Path) -> str:
    """The name of the network file system a file is on; empty if it is local or can't be told."""
    if not _MOUNTS.exists():
        return ""
    kind = mounted_as(file, _MOUNTS.read_text(encoding="utf-8", errors="replace"))
    return kind if kind in _NETWORK else ""


def mounted_as(file: Path, mounts: str) -> str:
    """The file system type of the mount a file is on, out of the lines of /proc/self/mountinfo."""
    on = {point: kind for point, kind in map(_mount, mounts.splitlines()) if file.is_relative_to(point)}
    return on[max(on, key=len)] if on else ""


def _mount(line: str) -> tuple[str, str]:
    where, _, what = line.partition(" - ")
    return where.split(" ")[4].replace("\\040", " "), what.split(" ")[0]
