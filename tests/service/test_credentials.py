"""The token file: for its owner only, followed when somebody signs in anew, never shown."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest

from kds_tui.services.backend_errors import TokenFileError
from kds_tui.services.credentials import FixedToken, Token, TokenFile, read_token, store_token
from tests.doubles.restaurant_os import RESTAURANT_ID, make_token


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "token"


def test_what_is_stored_is_read_again(path: Path) -> None:
    token = Token(make_token())
    store_token(path, token)
    assert read_token(path) == token


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o277])
def test_only_the_owner_ever_has_access(path: Path, umask: int) -> None:
    before = os.umask(umask & 0o077)
    try:
        store_token(path, Token("secret"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["token"], "no temporary file stays"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o610])
def test_a_file_that_others_can_use_is_refused(path: Path, mode: int) -> None:
    store_token(path, Token("secret"))
    path.chmod(mode)
    with pytest.raises(TokenFileError, match=f"Run: chmod 600 {path}"):
        read_token(path)


def test_a_file_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_token(path, Token("secret"))
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(TokenFileError, match="another user"):
        read_token(path)


def test_what_is_no_token_file_is_refused(path: Path) -> None:
    with pytest.raises(TokenFileError, match="Run: kds-tui login"):
        read_token(path)
    path.mkdir(parents=True)
    with pytest.raises(TokenFileError, match="not a plain file"):
        read_token(path)
    os.mkfifo(path.with_name("pipe"), 0o600)
    with pytest.raises(TokenFileError, match="not a plain file"):
        read_token(path.with_name("pipe"))


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe", b"x" * 20_000])
def test_a_file_without_a_token_is_refused(path: Path, content: bytes) -> None:
    store_token(path, Token("secret"))
    path.write_bytes(content)
    with pytest.raises(TokenFileError, match="holds no token"):
        read_token(path)


def test_a_failed_store_leaves_the_old_token(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_token(path, Token("old"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TokenFileError, match="No space left"):
        store_token(path, Token("new"))
    assert read_token(path) == Token("old")
    assert os.listdir(path.parent) == ["token"]


def test_the_claims_are_read_without_being_verified() -> None:
    token = Token(make_token(role="expo", exp=1000))
    assert (token.role, token.restaurant_id) == ("expo", RESTAURANT_ID)
    assert (token.expires_at, token.seconds_left(400)) == (1000, 600)


@pytest.mark.parametrize(
    "text", ["opaque", "a.b.c", make_token(role="", restaurant_id="", exp="x")]
)
def test_a_token_without_readable_claims_is_as_good(text: str) -> None:
    token = Token(text)
    assert (token.reveal(), token.role, token.restaurant_id) == (text, "", "")
    assert token.seconds_left(0) is None


def test_a_token_does_not_show_itself(caplog: pytest.LogCaptureFixture) -> None:
    token = Token(make_token())
    logging.getLogger("kds_tui.test").warning("%s %r", token, [token], extra={"token": token})
    shown = caplog.text + repr(token) + str(token) + f"{token}" + f"{vars(caplog.records[0])}"
    assert token.reveal() not in shown


async def test_the_file_is_followed_when_somebody_signs_in_anew(path: Path) -> None:
    store_token(path, Token("first"))
    source = TokenFile(path)
    assert await source.token() == "first"
    assert await source.refresh() is None
    store_token(path, Token("second"))
    assert await source.token() == "first", "read again only when the first is refused"
    assert await source.refresh() == "second"
    assert await source.token() == "second"


async def test_a_token_in_memory_has_no_other() -> None:
    source = FixedToken("demo")
    assert (await source.token(), await source.refresh()) == ("demo", None)
