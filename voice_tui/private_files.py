"""Files that hold secrets, or decide whom to trust: who may have touched them is looked at first.

A secret is either in a file of its owner alone (0600), or a credential that systemd hands to a
service (`LoadCredential=`), in a folder that nobody else can enter.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
"""The environment variable with the folder of a systemd service's credentials."""

_ROOT: Final = 0


class FileRefused(Exception):
    """A file is not safe to use; the text says why, and what to run."""


def read_private(path: Path, what: str, most: int) -> bytes:
    """Read a file that holds a secret.

    Args:
        path: the file.
        what: such as `The token file`, for the message.
        most: bytes to read; a longer file is cut one byte after them.

    Raises:
        FileRefused: it is not a plain file, belongs to somebody else, or others can use it.
        FileNotFoundError: there is none.
        OSError: it cannot be read.
    """
    if _is_credential(path):
        # systemd's own: root's or ours, and readable for a group where it sets an access list.
        return _read(path, what, most, owners=(_ROOT, os.geteuid()), forbidden=0o037)
    return _read(path, what, most, owners=(os.geteuid(),), forbidden=0o077)


def read_trusted(path: Path, what: str, most: int) -> bytes:
    """Read a file that is no secret, but that nobody else may have changed.

    Args:
        path: the file; the system's administrator may have put it there.
        what: such as `The certificate`, for the message.
        most: bytes to read; a longer file is cut one byte after them.

    Raises:
        FileRefused: it is not a plain file, belongs to somebody else, or others can change it.
        FileNotFoundError: there is none.
        OSError: it cannot be read.
    """
    return _read(path, what, most, owners=(_ROOT, os.geteuid()), forbidden=0o022)


def _read(path: Path, what: str, most: int, owners: tuple[int, ...], forbidden: int) -> bytes:
    # Not blocking, because opening a pipe would wait for its writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        # The opened file is looked at, not the path: it could be exchanged in between.
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused(f"{what} {path} is not a plain file.")
        if status.st_uid not in owners:
            raise FileRefused(f"{what} {path} belongs to another user.")
        if status.st_mode & forbidden:
            can = "read or changed" if forbidden & 0o044 else "changed"
            mend = "chmod 600" if forbidden & 0o044 else "chmod go-w"
            raise FileRefused(f"{what} {path} can be {can} by other users. Run: {mend} {path}")
        return os.read(descriptor, most + 1)
    finally:
        os.close(descriptor)


def store_private(path: Path, content: bytes) -> None:
    """Write a file, for its owner only from its first moment on; all or nothing.

    Args:
        path: the file; its folder is made (0700) when missing.
        content: what to keep.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes it 0600 whatever the umask is.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


def credential_file(name: str) -> Path | None:
    """Find a credential of this systemd service.

    Args:
        name: as in `LoadCredential=NAME:...`.

    Returns:
        The file; None when systemd hands over no such credential.
    """
    folder = os.environ.get(CREDENTIALS, "")
    path = Path(folder, name)
    return path if folder and path.exists() else None


def _is_credential(path: Path) -> bool:
    folder = os.environ.get(CREDENTIALS, "")
    return bool(folder) and path.parent == Path(folder)
