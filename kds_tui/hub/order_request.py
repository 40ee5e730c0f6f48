"""What a client may ask for: the bodies of the order routes, checked in one pass.

Both spellings of a field are read. A Restaurant OS server checks both but stores only camelCase, so
that `table_number` is lost there without a word.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from kds_tui.hub.errors import Refusal

MAX_METADATA: Final = 16_384
"""Most bytes of an order's `metadata`, as JSON."""

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Note = Annotated[str, Meta(max_length=500)]
OrderNote = Annotated[str, Meta(max_length=1000)]
CustomerName = Annotated[str, Meta(min_length=1, max_length=100)]
Label = Annotated[str, Meta(min_length=1, max_length=40)] | int
Seat = Annotated[int, Meta(ge=1, le=999)]
Covers = Annotated[int, Meta(ge=1, le=9999)]
Course = Annotated[str, Meta(min_length=1, max_length=20)] | Annotated[int, Meta(ge=0, le=99)]
PaymentStatus = Literal["unpaid", "pending", "paid", "failed", "refunded"]
Price = Annotated[float, Meta(ge=0, le=100_000)]
PriceChange = Annotated[float, Meta(ge=-100_000, le=100_000)]
Moment = Annotated[str, Meta(max_length=40)]

RequestedType = Literal[
    "online",
    "kiosk",
    "voice",
    "drive-thru",
    "dine-in",
    "dine_in",
    "takeout",
    "delivery",
    "pickup",
]


class ModifierAsked(Struct):
    """A modifier as an object; a plain string stands for one with that name and no price."""

    name: Text
    id: str = ""
    price: PriceChange = 0


Modifiers = Annotated[list[ModifierAsked | Text], Meta(max_length=50)]


class ItemAsked(Struct):
    """A line of a new order."""

    id: Text
    name: Text
    quantity: Annotated[int, Meta(ge=1, le=9999)]
    price: Price
    menu_item_id: Text | None = None
    menuItemId: Text | None = None
    modifiers: Modifiers | None = None
    modifications: Modifiers | None = None
    notes: Note | None = None
    special_instructions: Note | None = None
    specialInstructions: Note | None = None
    seat_number: Seat | None = None
    seatNumber: Seat | None = None
    course: Course | None = None
    """When in the meal it is served: a number or a name."""

    held: bool = False
    """Whether it waits until somebody fires it."""

    category: Text | None = None
    """Its page of the menu, where the hub's menu does not know the item."""


class OrderAsked(Struct):
    """A new order."""

    items: Annotated[list[ItemAsked], Meta(min_length=1, max_length=500)]
    type: RequestedType = "online"
    customerName: CustomerName | None = None
    customer_name: CustomerName | None = None
    customerEmail: Note | None = None
    customer_email: Note | None = None
    customerPhone: Note | None = None
    customer_phone: Note | None = None
    tableNumber: Label | None = None
    table_number: Label | None = None
    seatNumber: Seat | None = None
    seat_number: Seat | None = None
    scheduledPickupTime: Moment | None = None
    scheduled_pickup_time: Moment | None = None
    notes: OrderNote | None = None
    tip: Price = 0
    covers: Covers | None = None
    payment_status: PaymentStatus | None = None
    paymentStatus: PaymentStatus | None = None
    payment_method: Text | None = None
    paymentMethod: Text | None = None
    metadata: dict[str, Any] | None = None


class StatusAsked(Struct):
    """The body of a status change."""

    status: str | None = None
    notes: OrderNote | None = None


class PaymentAsked(Struct):
    """The body that tells how the payment of an order stands."""

    payment_status: PaymentStatus
    payment_method: Text | None = None
    """Left out, it stays as it is."""


class CancelAsked(Struct):
    """The body of a cancellation."""

    reason: Note | None = None


class LinesAsked(Struct):
    """The body that adds lines to an order."""

    items: Annotated[list[ItemAsked], Meta(min_length=1, max_length=100)]


class LineChangeAsked(Struct):
    """The body that changes a line; what is left out stays."""

    quantity: Annotated[int, Meta(ge=1, le=9999)] | None = None
    special_instructions: Note | None = None


class CommandAsked(Struct):
    """What a cook knew who gave a command; all of it may be left out."""

    base_version: Annotated[int, Meta(ge=0)] | None = None
    late: bool = False


class ItemMarkAsked(CommandAsked):
    """The body that marks a line done, or not."""

    done: bool = True


class PartAsked(CommandAsked):
    """The body of what can be asked of lines, of a course, or with neither of the whole order."""

    item_ids: Annotated[list[Text], Meta(max_length=500)] = []
    course: Course | None = None


class RushAsked(CommandAsked):
    """The body that puts an order to the front, or back."""

    rush: bool = True


class AvailabilityAsked(Struct):
    """The body that puts an item of the menu out of stock, or back."""

    available: bool
    base_version: Annotated[int, Meta(ge=0)] | None = None


class PinAsked(Struct):
    """The body of a PIN login."""

    pin: Annotated[str, Meta(min_length=1, max_length=16)]
    restaurantId: Annotated[str, Meta(max_length=200)] = ""


class NewPin(Struct):
    """The body that sets a PIN."""

    pin: Annotated[str, Meta(pattern=r"^[0-9]{4,8}$")]


class InvalidBody(Exception):
    """A body that does not have the shape it must have.

    Args:
        field: the top-level field that is wrong; empty when it is the body as a whole.
        reason: what is wrong, without quoting the content.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


Body = TypeVar("Body", bound=Struct)


def read_body(body: bytes, shape: type[Body]) -> Body:
    """Decode and check a body.

    Args:
        body: JSON; an empty one stands for an empty object.
        shape: what it must be.

    Returns:
        The body.

    Raises:
        InvalidBody: it is something else.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=shape)
    except msgspec.ValidationError as error:
        message = str(error)
        place = re.search(r"`\$\.(\w+)", message) or re.search(r"required field `(\w+)`", message)
        raise InvalidBody(place.group(1) if place else "", message) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidBody("", "not JSON that can be read") from error


def check_metadata(metadata: dict[str, Any]) -> None:
    """Refuse metadata that is too large to be broadcast with every change.

    Raises:
        Refusal: it is.
    """
    if len(msgspec.json.encode(metadata)) > MAX_METADATA:
        raise Refusal(400, f"metadata is larger than {MAX_METADATA} bytes", "INVALID_REQUEST")
