"""Files that hold secrets, or decide whom to trust: who may have touched them is looked at first.

A secret is either in a file of its owner alone (0600), or a credential that systemd hands to a
service (`LoadCredential=`), in a folder that nobody else can enter.
"""

from __future__ import annotations

import os
import resource
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
"""The environment variable with the folder of a systemd service's credentials."""

_ROOT: Final = 0
_MAX_CREDENTIAL: Final = 16 * 1024
_SECRET_ENDS: Final = ("TOKEN", "PIN", "KEY", "SECRET", "PASSWORD")


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
            raise FileRefused(f"{what} {path} belongs to another user: only its owner may use it.")
        if status.st_mode & forbidden:
            can = "read or changed" if forbidden & 0o044 else "changed"
            mend = "chmod 600" if forbidden & 0o044 else "chmod go-w"
            raise FileRefused(f"{what} {path} can be {can} by other users. Run: {mend} {path}")
        return os.read(descriptor, most + 1)
    finally:
        os.close(descriptor)


def store_private(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file, for its owner only from its first moment on; all or nothing.

    Args:
        path: the file; its folder is made (0700) when missing.
        content: what to keep.
        durable: whether it is to outlive a power cut, which costs the disk a flush.

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
            if durable:
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


def secret_given(variable: str, credential: str) -> str:
    """Find a secret that was given to this process.

    Args:
        variable: an environment variable; it wins.
        credential: as in `LoadCredential=`.

    Returns:
        The secret; empty when none was given.

    Raises:
        FileRefused: the credential cannot be used.
    """
    path = credential_file(credential)
    if os.environ.get(variable) or path is None:
        return os.environ.get(variable, "")
    what = "The credential"
    try:
        content = read_private(path, what, _MAX_CREDENTIAL)
    except OSError as error:
        raise FileRefused(f"{what} {path} cannot be read: {error.strerror}.") from error
    try:
        return content.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise FileRefused(f"{what} {path} holds no plain text.") from error


def no_core_dumps() -> None:
    """Have a crash leave no image of the memory: tokens and keys would be in it.

    The log has the traceback all the same. A program that systemd-coredump is told of keeps none
    either: it goes by the same limit.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def environment_without_secrets() -> dict[str, str]:
    """Give the environment for a child process: it needs none of our secrets."""
    return {name: value for name, value in os.environ.items() if not _is_secret(name)}


def _is_secret(variable: str) -> bool:
    return variable == CREDENTIALS or variable.upper().endswith(_SECRET_ENDS)


def _is_credential(path: Path) -> bool:
    folder = os.environ.get(CREDENTIALS, "")
    return bool(folder) and path.parent == Path(folder)
