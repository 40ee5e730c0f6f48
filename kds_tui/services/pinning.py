"""Where this terminal keeps the certificates that it trusts: one file for each server."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kds_tui.config.sections import ServerSettings
from voice_tui.pinning import ServerTrust

_PORT: Final = 443

_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
"""What OpenSSL, by its versions, calls an answer that is no TLS."""


def pin_file(folder: Path, url: str) -> Path:
    """Tell where the certificate of a server is, or would be.

    Args:
        folder: `server.pins_dir` of the settings.
        url: the server's address.
    """
    parts = urlsplit(url)
    # An IPv6 address holds colons, which some file systems refuse.
    host = re.sub(r"[^\w.-]", "-", (parts.hostname or "").casefold())
    return folder / f"{host}_{parts.port or _PORT}.pem"


def trust_of(server: ServerSettings) -> ServerTrust:
    """Give that by which the order server is known.

    Args:
        server: its address, and the folder of the certificates.
    """
    return ServerTrust(server.url, pin_file(server.pins_dir, server.url))


def hung_up_on(url: str) -> str:
    """Say that a server took a connection and gave no answer: as one does that speaks TLS by now.

    Args:
        url: its address.
    """
    if not url.startswith("http:"):
        return f"{url} hangs up without an answer"
    return (
        f"{url} hangs up without an answer. If it speaks TLS by now:"
        f" kds-tui enrol {url.replace('http:', 'https:', 1)}"
    )


def tls_trouble(error: ssl.SSLError) -> str:
    """Say why there is no TLS with what answers, in words that continue a sentence.

    Args:
        error: not one about the certificate. Its `errno` is OpenSSL's, and says "Operation not
            permitted" where it is taken for the system's.
    """
    if error.reason in _NO_TLS:
        return "what answers there speaks no TLS (http:// instead of https://?)"
    return f"TLS failed ({error.reason or type(error).__name__})"
