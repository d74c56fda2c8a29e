"""The plain form of a backup: what is written is read again, and nothing else is understood."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.model import Provider
from desktop_app.providers.places import ENDPOINTS
from desktop_app.services.accounts import Grant, Picture
from desktop_app.services.backup.backup_errors import BackupError, BackupTooLargeError
from desktop_app.services.backup.checking import checked
from desktop_app.services.backup.contents import Contents
from desktop_app.services.backup.document import BackupDocument, decode, encode
from desktop_app.vault.age_header import check_header
from tests.support.made_up import grant, profile, some_profiles

MADE = BackupDocument(
    made_at="2026-02-02T02:40:00Z",
    made_by="a test",
    settings={"theme": "dark"},
    contents=Contents(profiles=tuple(some_profiles())),
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda more: some.lists(more) | some.dictionaries(some.text(), more),
    max_leaves=10,
)


def with_name(name: str) -> BackupDocument:
    first = replace(MADE.contents.profiles[0], name=name)
    return replace(MADE, contents=Contents(profiles=(first,)))


@pytest.mark.parametrize("name", ["Ада", "half a \ud83d character", ""])
def test_what_was_written_is_read_again(name: str) -> None:
    made = with_name(name)
    assert decode(encode(made)) == made


def test_a_person_can_read_it() -> None:
    assert "Ада".encode() in encode(with_name("Ада"))


def test_every_account_that_we_know_of_passes_the_check() -> None:
    """What can be kept can be restored."""
    assert checked(MADE.contents) == MADE.contents


@pytest.mark.parametrize(
    "preset", [each for each in Catalogue.load().all() if not each.asks], ids=lambda each: each.id
)
def test_an_account_of_every_preset_passes_the_check(preset: Provider) -> None:
    """Some addresses have places that are filled only when they are called."""
    pinned = {each.name for each in fields(Grant)} & set(ENDPOINTS)
    places = {name: getattr(preset, name) for name in pinned if getattr(preset, name)}
    account = profile(provider=preset.id, grant=grant(**places))
    kept = Contents(profiles=(account,), providers=(preset,))
    assert checked(kept) == kept


def test_a_place_to_fill_is_none_in_the_name_of_a_computer() -> None:
    anywhere = grant(userinfo_endpoint="https://{host}/me")
    with pytest.raises(BackupError):
        checked(Contents(profiles=(profile(grant=anywhere),)))


@given(some.binary(max_size=300))
def test_what_is_none_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(BackupError):
        decode(content)


@given(JSON, some.sampled_from(["made_at", "made_by", "settings", "contents", "version"]))
def test_a_part_that_is_another_is_refused_in_words_or_taken(value: Any, name: str) -> None:
    document = json.loads(encode(MADE)) | {name: value}
    try:
        decode(json.dumps(document).encode())
    except BackupError as error:
        assert error.message


@given(JSON, some.sampled_from(["profiles", "pictures", "providers", "denials", "documents"]))
def test_a_part_of_the_contents_too(value: Any, name: str) -> None:
    document = json.loads(encode(MADE))
    document["contents"][name] = value
    try:
        checked(decode(json.dumps(document).encode()).contents)
    except BackupError as error:
        assert error.message


@given(some.binary(max_size=200) | some.binary(max_size=99).map(b"age-encryption.org/v1\n".__add__))
def test_the_beginning_of_any_file_is_told_apart(content: bytes) -> None:
    with pytest.raises(BackupError):
        check_header(content)


def test_what_is_deeper_than_anything_is_no_backup() -> None:
    with pytest.raises(BackupError):
        decode(b'{"format":' + b"[" * 100_000)


def test_more_than_a_backup_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.services.backup.document.MOST_BYTES", 1000)
    with pytest.raises(BackupTooLargeError):
        encode(MADE)


def png(size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", size, (1, 2, 3, 255)).save(file, "PNG", optimize=True)
    return file.getvalue()


def test_a_picture_that_we_would_not_keep_stays_out() -> None:
    contents = [png((256, 200)), png((3000, 3000)), b"<script>", png((9, 9))[:40]]
    pictures = tuple(
        Picture(profile_id=f"p{place}", png=content, source_url="", fetched_at=0.0)
        for place, content in enumerate(contents)
    )
    found = checked(Contents(pictures=pictures)).pictures
    assert [each.profile_id for each in found] == ["p0"]
