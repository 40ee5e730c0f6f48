"""What a person sees of push-to-talk."""

from __future__ import annotations
