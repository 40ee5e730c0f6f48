"""The conversation of `kds-tui enrol` with the person who sits at the terminal."""

from __future__ import annotations

from collections.abc import Callable

import click

from kds_tui.config.loading import enrolment_file
from kds_tui.config.sections import ServerSettings
from kds_tui.services.backend_errors import BackendError
from kds_tui.services.credentials import TOKEN_CREDENTIAL
from kds_tui.services.enrolment import (
    EnrolmentError,
    Shown,
    is_same,
    keep,
    known_fingerprints,
    look_at,
    remember_server,
)
from voice_tui.pinning import in_groups
from voice_tui.private_files import credential_file
from voice_tui.say import Refusal, say


def enrol_terminal(
    server: ServerSettings, fingerprint: str | None, sign_in: Callable[[], str]
) -> None:
    """Trust a server, remember it, and sign in there.

    Args:
        server: its address, and where certificates and token are kept.
        fingerprint: the one to expect; None asks the person.
        sign_in: signs in, asking for the PIN; gives a sentence.

    Raises:
        Refusal: in a sentence; nothing is kept unless it says so.
        click.Abort: the person said no.
    """
    try:
        shown = look_at(server.url)
        pinned = _is_compared(server, shown, fingerprint)
        keep(server.pins_dir, server.url, shown, pinned=pinned)
        remember_server(enrolment_file(), server.url)
    except EnrolmentError as error:
        raise Refusal(str(error)) from error
    if credential_file(TOKEN_CREDENTIAL) is None:
        try:
            say(sign_in())
        except BackendError as error:
            raise Refusal(
                f"The hub is trusted now, but this terminal is not signed in: {error}\n"
                "Try again with: kds-tui login"
            ) from error
    say(f"This terminal belongs to {server.url} now. Start it with: kds-tui run")


def _is_compared(server: ServerSettings, shown: Shown, fingerprint: str | None) -> bool:
    """Have the certificate compared; False when there was no need to."""
    if fingerprint is not None:
        if not is_same(fingerprint, shown.fingerprint):
            raise EnrolmentError(
                f"{server.url} shows another certificate than the expected one:\n"
                + "\n".join(f"  {line}" for line in in_groups(shown.fingerprint))
                + "\nNothing was kept, and nothing was told to it."
            )
        return True
    if shown.vouched_for:
        say(f"A public authority vouches for {server.url}: there is nothing to compare.")
        return False
    known = known_fingerprints(server.pins_dir, server.url)
    if shown.fingerprint in known:
        say(f"{server.url} shows the certificate that was compared before.")
        return True
    if known:
        say(f"{server.url} has shown another certificate until now.")
    say(f"{server.url} shows this certificate (SHA-256):\n")
    for line in in_groups(shown.fingerprint):
        say(f"    {line}")
    say("\nThe hub shows its own when it starts, and with: kds-tui hub certificate")
    if not click.confirm("Are both the same?", default=False):
        raise EnrolmentError("Nothing was kept, and nothing was told to it.")
    return True
