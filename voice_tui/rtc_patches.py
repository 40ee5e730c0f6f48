"""Every touch of private parts of aiortc and aioice, each with its reason.

Read in aiortc 1.16.0 and aioice 0.13.0. Where a part is gone in another version, the caller is told
so and works without it.
"""

from __future__ import annotations

from typing import Final

import aioice.ice
from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtp import RtpPacket

LOOPBACK: Final = "127.0.0.1"

JITTER_CAPACITY: Final = 4
"""Packets (20 ms each) that one lost packet can hold up: 50 ms, where aiortc's 16 hold up 300 ms
for the rest of the call."""

JITTER_PREFETCH: Final = 1
"""Later packets that must be there before one is handed out: aiortc's 4 cost 85 ms, 1 costs 34."""

_JITTER_BUFFER: Final = "_RTCRtpReceiver__jitter_buffer"

_WRAP: Final = 1 << 32
"""RTP timestamps are 32 bits wide."""


def allow_loopback_candidates() -> None:
    """Let two peers on one host meet where the host has nothing but `lo`. Safe to call again.

    aioice never offers 127.0.0.1 (RFC 8445, 5.1.1.1). On a host without any other address, such as
    a container without a network, a connection then stays `new` for ever and no failure is told.
    The loopback address is added only where there is no other: nothing else changes.
    """
    aioice.ice.get_host_addresses = _host_addresses


_unpatched_host_addresses = aioice.ice.get_host_addresses


def _host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    addresses = _unpatched_host_addresses(use_ipv4, use_ipv6)
    return addresses or ([LOOPBACK] if use_ipv4 else [])


class Arrivals(JitterBuffer):
    """A smaller jitter buffer that knows what has been received, before any of it is decoded.

    aiortc tells a track's reader nothing of the packets that wait in the jitter buffer, and hides
    the RTP clock's random start: positions here count from the first frame handed out, as the
    `pts` of decoded frames does.
    """

    def __init__(self) -> None:
        super().__init__(capacity=JITTER_CAPACITY, prefetch=JITTER_PREFETCH)
        self._newest: int | None = None
        self._position = 0
        self._start: int | None = None

    @property
    def newest_pts(self) -> int | None:
        """Where the newest packet received begins, in samples at 48 kHz; None before the first."""
        return None if self._start is None else self._position - self._start

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Take one packet from the network.

        Args:
            packet: as received, perhaps late or twice.

        Returns:
            Whether a picture was lost (never for sound), and the next frame if one is complete.
        """
        if self._newest is None:
            self._newest = packet.timestamp
        ahead = (packet.timestamp - self._newest) % _WRAP
        if ahead < _WRAP // 2:
            self._newest = packet.timestamp
            self._position += ahead
        lost, frame = super().add(packet)
        if frame is not None and self._start is None:
            self._start = self._position - (self._newest - frame.timestamp) % _WRAP
        return lost, frame


def watch_arrivals(receiver: RTCRtpReceiver) -> Arrivals | None:
    """Put the smaller jitter buffer into a receiver; call it before the peers are connected.

    Args:
        receiver: of an audio track.

    Returns:
        What tells the newest packet's position; None where aiortc has changed its inside.
    """
    if not isinstance(getattr(receiver, _JITTER_BUFFER, None), JitterBuffer):
        return None
    arrivals = Arrivals()
    setattr(receiver, _JITTER_BUFFER, arrivals)
    return arrivals
