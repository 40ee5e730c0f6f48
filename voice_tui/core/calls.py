"""Function calls of the model: each executed at most once, answered, followed up after response.done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """A function call to execute now; never given twice for one `call_id`."""

    call_id: str
    name: str
    arguments: str
    """JSON text as it came."""

    response_id: str


class Calls:
    """Function calls by response.

    Feed it what the server says; execute the calls that it returns; hand their outputs back with `answer`.
    """
