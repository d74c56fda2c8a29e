from __future__ import annotations

import stat
from pathlib import Path

from desktop_app.window.redirect_file import (
    remove_redirect_files,
    ticket_page,
    write_redirect_file,
)


def test_page_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = write_redirect_file(tmp_path, "http://127.0.0.1:8000/signed-out#ticket=abc")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_page_leads_to_the_address_and_nothing_breaks_out_of_it(tmp_path: Path) -> None:
    page = write_redirect_file(tmp_path, 'http://127.0.0.1/?a=1&b="><script>').read_text()
    assert "url=http://127.0.0.1/?a=1&amp;b=&quot;&gt;&lt;script&gt;" in page
    assert "<script>" not in page


def test_ticket_goes_into_the_fragment(tmp_path: Path) -> None:
    page = ticket_page(tmp_path, "http://127.0.0.1:8000/?ticket=abc").read_text()
    assert "url=http://127.0.0.1:8000/signed-out#ticket=abc" in page


def test_pages_are_removed_also_those_of_a_start_that_was_killed(tmp_path: Path) -> None:
    write_redirect_file(tmp_path, "http://127.0.0.1/")
    write_redirect_file(tmp_path, "http://127.0.0.1/")
    (tmp_path / "profiles.db").touch()
    remove_redirect_files(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["profiles.db"]
