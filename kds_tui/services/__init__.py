"""What moves bytes between the core and the world: websocket, REST, disk. No Textual."""

from __future__ import annotations
