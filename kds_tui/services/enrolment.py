"""`kds-tui enrol`: the hub's certificate, compared by a person on two screens, is kept here.

What was chosen is remembered in the state folder and not in a settings file, which is a person's:
`kds-tui run` finds the server there when neither a file nor an option names one.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import tomlkit

from kds_tui.services.pinning import pin_file
from voice_tui.pinning import MAX_PIN_BYTES, certificates_in, fingerprint_of
from voice_tui.private_files import FileRefused, read_trusted, store_private

DEADLINE: Final = 5.0
"""Seconds for a connection and a handshake: a hub stands in the same house."""

FINGERPRINT_VARIABLE: Final = "KDS_FINGERPRINT"
"""The environment variable with the fingerprint to expect, for an unattended set-up."""

_DIGITS: Final = 64
_PORT: Final = 443

_HEAD: Final = """\
# Written by `kds-tui enrol`: the server that this terminal was enrolled at.
# A settings file, a variable or an option that names another one wins over this.

"""


class EnrolmentError(Exception):
    """This terminal cannot be enrolled; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The certificate that a server shows."""

    pem: str
    fingerprint: str
    """SHA-256, 64 hexadecimal digits."""

    vouched_for: bool
    """A public authority says that it is the server's: there is nothing to compare."""


def server_address(text: str) -> str:
    """Complete an address as people type it.

    Args:
        text: such as `hub:3001` or `https://hub:3001/`.

    Raises:
        EnrolmentError: it is one without TLS.
    """
    url = text if "://" in text else f"https://{text}"
    if not url.startswith("https:"):
        raise EnrolmentError(
            "Without TLS there is no certificate to compare. Start the hub with: kds-tui hub --tls."
            " (To use plain HTTP: kds-tui login --url ...)"
        )
    return url.rstrip("/")


def look_at(url: str) -> Shown:
    """Ask a server for its certificate. Nothing else is asked, and nothing is told.

    Args:
        url: its address, https.

    Raises:
        EnrolmentError: it does not answer, or speaks no TLS.
    """
    try:
        certificate = _certificate(url, ssl.create_default_context())
        vouched_for = True
    except ssl.SSLCertVerificationError:
        # Looked at and not trusted: who it is, a person is about to say.
        unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        unchecked.check_hostname = False
        unchecked.verify_mode = ssl.CERT_NONE
        certificate = _certificate(url, unchecked)
        vouched_for = False
    return Shown(ssl.DER_cert_to_PEM_cert(certificate), fingerprint_of(certificate), vouched_for)


def _certificate(url: str, context: ssl.SSLContext) -> bytes:
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or _PORT), DEADLINE) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return secured.getpeercert(True) or b""
    except ssl.SSLCertVerificationError:
        raise
    except (ssl.SSLError, ConnectionResetError) as error:
        raise EnrolmentError(
            f"What answers at {url} does not speak TLS. Start the hub with: kds-tui hub --tls"
        ) from error
    except OSError as error:
        raise EnrolmentError(f"No answer from {url}: {error.strerror or error}.") from error


def is_same(given: str, fingerprint: str) -> bool:
    """Compare a fingerprint as a person writes it.

    Args:
        given: in groups, with colons, in capitals, with `SHA256:` before it.
        fingerprint: what is shown.

    Raises:
        EnrolmentError: a part of one is given, or none.
    """
    digits = re.sub(r"^sha-?256[:= ]|[\s:-]", "", given.strip().casefold())
    if not re.fullmatch(f"[0-9a-f]{{{_DIGITS}}}", digits):
        raise EnrolmentError(
            "A fingerprint has 64 hexadecimal digits, as the hub shows it and as"
            " `kds-tui hub certificate` prints it; all of them are needed."
        )
    return digits == fingerprint


def known_fingerprints(folder: Path, url: str) -> tuple[str, ...]:
    """Tell which certificates of a server this terminal trusts already.

    Args:
        folder: `server.pins_dir` of the settings.
        url: the server's address.

    Returns:
        Their fingerprints; none when there is no usable pin.
    """
    try:
        pem = read_trusted(pin_file(folder, url), "The certificate", MAX_PIN_BYTES)
        return tuple(fingerprint_of(one) for one in certificates_in(pem.decode("ascii")))
    except (FileRefused, OSError, ValueError):
        return ()


def keep(folder: Path, url: str, shown: Shown, *, pinned: bool) -> None:
    """Trust a server from now on.

    Args:
        folder: `server.pins_dir` of the settings.
        url: its address.
        shown: its certificate.
        pinned: whether that certificate alone is good; else a public authority decides, and what
            was pinned is forgotten.

    Raises:
        EnrolmentError: it cannot be written.
    """
    file = pin_file(folder, url)
    try:
        if pinned:
            store_private(file, shown.pem.encode("ascii"))
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise EnrolmentError(f"{file} cannot be written: {error.strerror}.") from error


def remember_server(file: Path, url: str) -> None:
    """Have `kds-tui run` find the server without an option.

    Args:
        file: where; see `kds_tui.config.loading.enrolment_file`.
        url: the server's address.

    Raises:
        EnrolmentError: it cannot be written.
    """
    text = _HEAD + tomlkit.dumps({"server": {"url": url}})
    try:
        store_private(file, text.encode())
    except OSError as error:
        raise EnrolmentError(f"{file} cannot be written: {error.strerror}.") from error
