"""The hub's own certificate: TLS in a kitchen that has no authority and no IT department.

Displays trust exactly this certificate, after a person has compared its fingerprint on both screens
(`kds-tui enrol`). Nothing vouches for it, so it need not be renewed: it is good for ten years.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kds_tui.hub.errors import HubError
from kds_tui.hub.settings import HubSettings
from voice_tui.private_files import FileRefused, read_private, store_private

LIFE: Final = timedelta(days=3653)
"""Ten years. A certificate that nobody vouches for gains nothing from being young."""

BACKDATED: Final = timedelta(days=2)
"""How far the clock of a browser or another client may lag behind ours."""

CERTIFICATE: Final = "certificate.pem"
KEY: Final = "certificate-key.pem"
"""Names in the hub's folder. The first is public: a copy of it on a terminal is a pin."""

_MAX_PEM: Final = 256 * 1024
_RENEW: Final = " To make a new one: kds-tui hub certificate --new"


@dataclass(frozen=True, slots=True)
class HubCertificate:
    """A certificate and where its key is."""

    file: Path
    """The certificate in PEM; public."""

    key_file: Path
    fingerprint: str
    """SHA-256 of the certificate, 64 hexadecimal digits."""

    names: tuple[str, ...]
    """Host names and addresses that it is made out to."""

    ends: datetime
    """When it runs out; displays that pinned it do not mind."""

    renewal: str = field(default="", compare=False)
    """How to make a new one, for the end of a sentence; empty when it is not made here."""


def certificate_of(settings: HubSettings) -> HubCertificate:
    """Give the certificate that a hub is to show, made now if there is none.

    Args:
        settings: which files, or the folder of the hub's own.

    Raises:
        HubError: it cannot be read or made, or others can read its key.
    """
    if settings.certificate is not None and settings.certificate_key is not None:
        return _load(settings.certificate, settings.certificate_key, "")
    own, key = settings.data_dir / CERTIFICATE, settings.data_dir / KEY
    if not own.exists():
        return make_certificate(settings)
    return _load(own, key, _RENEW)


def make_certificate(settings: HubSettings, names: Sequence[str] = ()) -> HubCertificate:
    """Make the hub's own certificate, in the place of the one that it has.

    Args:
        settings: the hub's folder, and the address that it listens on.
        names: more host names or addresses by which it is reached.

    Raises:
        HubError: it cannot be written, or a name cannot stand in a certificate.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kds-tui hub")])
    known = [_general_name(one) for one in _own_names(settings.host, names)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName(known), False)
        # It can sign nothing: whoever trusts it trusts this one certificate.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file, key_file = settings.data_dir / CERTIFICATE, settings.data_dir / KEY
    try:
        # The key first: a certificate without its key would look like one that can be used.
        file.unlink(missing_ok=True)
        store_private(key_file, secret)
        store_private(file, certificate.public_bytes(Encoding.PEM))
        file.chmod(0o644)
    except OSError as error:
        raise HubError(f"the certificate cannot be written: {error}") from error
    return _load(file, key_file, _RENEW)


def server_context(certificate: HubCertificate) -> ssl.SSLContext:
    """Make what the hub speaks TLS with: 1.3, or 1.2 with an older client.

    Raises:
        HubError: certificate and key do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a passphrase: OpenSSL would ask for it on the terminal, and wait.
        context.load_cert_chain(certificate.file, certificate.key_file, password=lambda: "")
    except (OSError, ValueError) as error:
        raise HubError(
            f"{certificate.file} and the key {certificate.key_file} cannot be used together"
            f" ({_reason(error)}).{certificate.renewal}"
        ) from error
    return context


def _load(file: Path, key_file: Path, renewal: str) -> HubCertificate:
    try:
        # Only looked at: OpenSSL reads the key itself.
        read_private(key_file, "The key", 0)
        certificate = x509.load_pem_x509_certificates(file.read_bytes()[:_MAX_PEM])[0]
    except FileRefused as error:
        raise HubError(str(error)) from error
    except OSError as error:
        raise HubError(f"the certificate cannot be read: {error}.{renewal}") from error
    except ValueError as error:
        raise HubError(f"{file} holds no certificate.{renewal}") from error
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    return HubCertificate(
        file, key_file, digest, _names(certificate), certificate.not_valid_after_utc, renewal
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(one) for one in found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _own_names(host: str, more: Sequence[str]) -> tuple[str, ...]:
    """Collect by what this machine is reached, without asking any name server."""
    found = [*more, "localhost", "127.0.0.1", "::1"]
    name = socket.gethostname().casefold()
    if name.isascii():
        found += [name, f"{name.partition('.')[0]}.local"]
    if host not in ("0.0.0.0", "::"):
        found.append(host)
    return tuple(dict.fromkeys(found))


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError as error:
        raise HubError(f"{name!r} cannot stand in a certificate: write it as xn--...") from error


def _reason(error: Exception) -> str:
    return getattr(error, "reason", "") or str(error)
