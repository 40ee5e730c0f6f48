"""What the gateway answers to a request that it cannot take, over HTTP and on the data channel."""

from __future__ import annotations


class RequestError(ValueError):
    """A request is wrong, or comes at the wrong time; the session stays open.

    Args:
        code: the API's name for it, for programs.
        message: what is wrong, for people.
        param: which field it is about, if one.
        kind: the API's `type` of error.
    """

    def __init__(
        self,
        code: str,
        message: str,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.kind = kind

    def as_json(self) -> dict[str, object]:
        """Return the `error` object of an HTTP answer."""
        return {
            "type": self.kind,
            "code": self.code,
            "message": self.message,
            "param": self.param,
        }
