"""Trust in one server by its certificate, as it was compared on two screens (`kds-tui enrol`).

The pin is the certificate itself, whoever signed it. It says alone who the server is, so:

- the name in the address is not compared with those in the certificate: a hub that gets another
  address from its router stays the same hub;
- the dates are not looked at: a terminal without a battery for its clock starts in the wrong year,
  and a kitchen must not go dark on the day that a date passes;
- a certificate that was signed with the pinned one is not the pinned one.

A server with another certificate is refused in the handshake, before any byte of a request.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from voice_tui.private_files import FileRefused, read_trusted

MAX_PIN_BYTES: Final = 64 * 1024
"""Two certificates, the present one and the next, are 2 KB; a larger file is something else."""

_NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h, which `ssl` has no name for."""

_PORTS: Final = {"https": 443, "wss": 443, "http": 80, "ws": 80}


class PinError(Exception):
    """The pinned certificate cannot be used; the text says why, and what to do."""


def certificates_in(pem: str) -> tuple[bytes, ...]:
    """Read the certificates of a PEM text.

    Args:
        pem: one or more, with anything between them.

    Returns:
        Each in DER, in their order.

    Raises:
        ValueError: there is none, or one that is no base64.
    """
    found: list[bytes] = []
    for part in pem.split(ssl.PEM_HEADER)[1:]:
        body, end, _ = part.partition(ssl.PEM_FOOTER)
        if not end:
            raise ValueError("a certificate has no end")
        found.append(ssl.PEM_cert_to_DER_cert(f"{ssl.PEM_HEADER}{body}{ssl.PEM_FOOTER}"))
    if not found:
        raise ValueError("there is no certificate")
    return tuple(found)


def fingerprint_of(certificate: bytes) -> str:
    """Give what a certificate is compared by: SHA-256 of its DER, 64 hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def in_groups(fingerprint: str) -> tuple[str, str]:
    """Write a fingerprint so that two people can compare it over the telephone.

    Args:
        fingerprint: 64 hexadecimal digits.

    Returns:
        Two lines of eight groups of four.
    """
    groups = [fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)]
    return " ".join(groups[:8]), " ".join(groups[8:])


def pinned_context(pem: str) -> ssl.SSLContext:
    """Make the context of a client that trusts these certificates and nothing else.

    Args:
        pem: the server's certificate, and the one that it will have next, if that is known.

    Raises:
        ValueError: it holds no certificate.
        ssl.SSLError: what it holds is none.
    """
    pins = frozenset(certificates_in(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    # The pin ends the chain, also where an authority signed it.
    flags = context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags = ssl.VerifyFlags(flags | _NO_CHECK_TIME)
    context.load_verify_locations(cadata=pem)

    class Pinned(ssl.SSLObject):
        """A TLS connection that looks at the certificate itself at the end of its handshake."""

        def do_handshake(self) -> None:
            """Shake hands.

            Raises:
                ssl.SSLCertVerificationError: it is another certificate.
            """
            super().do_handshake()
            # OpenSSL takes what a pinned authority signed, too; the pin means itself only.
            if self.getpeercert(True) not in pins:
                raise ssl.SSLCertVerificationError(1, "this is not the pinned certificate")

    context.sslobject_class = Pinned
    return context


@dataclass(frozen=True, slots=True)
class _Loaded:
    stamp: tuple[int, int, int]
    context: ssl.SSLContext


class ServerTrust:
    """By what one server is known: its pinned certificate, or else the public authorities.

    The file is looked at again for each connection, so that enrolling anew in another shell helps a
    program that runs.

    Args:
        url: the server's address.
        pin: its certificate in PEM; None, or a file that is not there, for the authorities.
    """

    def __init__(self, url: str, pin: Path | None) -> None:
        self._url = url
        self._origin = _origin(url)
        self._pin = pin
        self._loaded: _Loaded | None = None

    async def context_for(self, url: str) -> ssl.SSLContext | bool:
        """Give what a connection is to be checked with.

        Args:
            url: where it goes; a pin speaks for its own server only.

        Returns:
            A context that takes the pinned certificate alone; True for the authorities' way.

        Raises:
            PinError: there is a pin that cannot be used.
        """
        if self._pin is None or not url.startswith(("https:", "wss:")):
            return True
        if _origin(url) != self._origin:
            return True
        return await asyncio.to_thread(self._read, self._pin)

    def refusal(self, url: str) -> str:
        """Say that a server's certificate was refused, and what to do.

        Args:
            url: where the connection went.

        Returns:
            A sentence or two, with the command to run at the end.
        """
        if _origin(url) != self._origin:
            return f"{urlsplit(url).netloc} shows a certificate that nobody here vouches for."
        if self._pin is not None and self._pin.exists():
            return (
                f"{self._url} shows another certificate than the one compared here: a new one, or"
                f" an impostor's. Compare again with: kds-tui enrol {self._url}"
            )
        return (
            f"{self._url} shows a certificate that nobody here vouches for. If it is your hub's,"
            f" compare it with: kds-tui enrol {self._url}"
        )

    def _read(self, path: Path) -> ssl.SSLContext | bool:
        try:
            status = os.stat(path)
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if self._loaded is None or self._loaded.stamp != stamp:
                content = read_trusted(path, "The certificate", MAX_PIN_BYTES)
                self._loaded = _Loaded(stamp, pinned_context(content.decode("ascii")))
            return self._loaded.context
        except FileNotFoundError:
            return True
        except FileRefused as error:
            raise PinError(str(error)) from error
        except OSError as error:
            if not isinstance(error, ssl.SSLError):
                raise PinError(f"The certificate {path} cannot be read: {error}.") from error
            raise PinError(_unusable(path, self._url)) from error
        except ValueError as error:
            raise PinError(_unusable(path, self._url)) from error


def _unusable(path: Path, url: str) -> str:
    return f"{path} holds no certificate. Run: kds-tui enrol {url}"


def _origin(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").casefold(), parts.port or _PORTS.get(parts.scheme, 0)
