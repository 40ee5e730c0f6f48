"""The envelope that speaches puts around its messages: base64, in fragments above 900 bytes."""

from __future__ import annotations


class Unwrapper:
    """Puts the messages of one data channel back together; messages without an envelope pass unchanged."""

    def feed(self, raw: str | bytes) -> str | bytes | None:
        """Take one message.

        Returns:
            A whole message for `decode_event`; None while fragments are missing.

        Raises:
            EventError: A broken envelope; what was gathered of it is gone.
        """
        raise NotImplementedError
