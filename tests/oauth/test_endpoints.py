import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.endpoints import (
    check_browser_url,
    check_endpoint,
    check_named,
    is_loopback,
    on_this_machine,
)
from desktop_app.oauth.errors import EndpointError

GOOD = [
    "https://op.example.com/token",
    "https://op.example.com:8443/token?tenant=a%20b",
    "https://192.0.2.7/token",
    "https://[2001:db8::1]/token",
    "http://127.0.0.1:9000/token",
    "http://127.8.9.1/token",
    "http://[::1]:9000/token",
    "http://localhost:9000/token",
    "HTTPS://Op.Example.com/token",
]

BAD = [
    "",
    "token",
    "//op.example.com/token",
    "http://op.example.com/token",
    "http://localhost.example.com/token",
    "http://127.0.0.1.example.com/token",
    "http://2130706433/token",
    "https://2130706433/token",
    "https://0x7f.1/token",
    "https://127.1/token",
    "https://0.0.0.0/token",
    "https://[::]/token",
    "https://[fe80::1%25eth0]/token",
    "https://[v1.x]/token",
    "https://[::1/token",
    "https:///token",
    "https:token",
    "https://user@op.example.com/token",
    "https://user:pw@op.example.com/token",
    "https://op.example.com@evil.example/token",
    "https://op.example.com\\@evil.example/token",
    "https://op.example.com/token#part",
    "https://op.example.com/to ken",
    "https://op.example.com/token\n",
    "\thttps://op.example.com/token",
    "https://op.example.com/token\r\nHost: evil.example",
    "https://op.example.com/%0d%0aX:1",
    "https://op.example.com/%zz",
    "https://op.example.com/\x00",
    "https://op.ex\u0430mple.com/token",
    "https://op.example.com:0/token",
    "https://op.example.com:/token",
    "https://op.example.com:99999/token",
    "https://op.example.com:x/token",
    "https://-op.example.com/token",
    "https://" + "a" * 9000,
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://op.example.com/",
    "https://op.example.com/`id`",
    'https://op.example.com/"x"',
    "https://op.example.com/<x>",
    "https://op.example.com/|x",
]


@pytest.mark.parametrize("url", GOOD)
def test_https_and_loopback_http_pass_unchanged(url: str) -> None:
    assert check_endpoint(url, name="token_endpoint") == url


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(EndpointError) as caught:
        check_endpoint(url, name="token_endpoint")
    assert caught.value.fields["name"] == "token_endpoint"
    assert "token_endpoint" in caught.value.message


@pytest.mark.parametrize("url", [*BAD, "https://a.example/;id", "https://a.example/$(id)"])
def test_the_browser_gets_no_such_address_and_nothing_for_a_shell(url: str) -> None:
    with pytest.raises(EndpointError):
        check_browser_url(url)


def test_the_browser_gets_a_real_authorization_url() -> None:
    url = (
        "https://op.example.com/auth?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F"
    )
    assert check_browser_url(url) == url


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]"]
)
def test_loopback_hosts_are_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "localhost.", "a.localhost", "127.0.0.1.x", "128.0.0.1", "::2", "127.1", "0.0.0.0"]
)
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_an_address_on_this_machine_is_told_from_one_elsewhere() -> None:
    assert on_this_machine("http://[::1]:80/")
    assert not on_this_machine("https://op.example.com/")


@given(st.text() | st.text().map("https://".__add__) | st.text().map("http://127.0.0.1".__add__))
def test_any_text_is_an_address_or_an_endpoint_error(text: str) -> None:
    try:
        assert check_endpoint(text, name="x") == text
        assert text.isascii()
    except EndpointError:
        pass


@pytest.mark.parametrize(
    ("value", "by"),
    [
        ("https://localhost./x", "https://b.example"),
        ("https://a.localhost/x", "https://b.example"),
        ("https://[::ffff:127.0.0.1]/x", "https://b.example"),
        ("https://192.168.1.1/x", "https://b.example"),
        ("https://10.0.0.1/x", "https://93.184.216.34"),
        ("https://169.254.169.254/latest", "https://b.example"),
        ("https://100.64.0.1/x", "https://b.example"),
        ("https://[fd00::1]/x", "https://b.example"),
        ("https://[fe80::1]/x", "https://b.example"),
        ("http://127.0.0.1/x", "https://192.168.1.1"),
        ("https://[0:0:0:0:0:0:0:1]/x", "https://192.168.1.1"),
        # An IPv4 address in the clothes of IPv6: NAT64, 6to4, translated, compatible.
        ("https://[64:ff9b::7f00:1]/x", "https://192.168.1.1"),
        ("https://[2002:7f00:1::]/x", "https://192.168.1.1"),
        ("https://[::ffff:0:127.0.0.1]/x", "https://192.168.1.1"),
        ("https://[::127.0.0.1]/x", "https://192.168.1.1"),
        ("https://[64:ff9b::10.0.0.1]/x", "https://b.example"),
        ("https://[fec0::1]/x", "https://b.example"),
        # Names that only a network of one's own knows; its own authority may vouch for them.
        ("https://intranet/x", "https://b.example"),
        ("https://printer.local/x", "https://b.example"),
        ("https://metadata.google.internal/x", "https://8.8.8.8"),
        ("https://nas.home.arpa./x", "https://b.example"),
    ],
)
def test_nobody_names_a_computer_that_is_nearer_than_itself(value: str, by: str) -> None:
    """Else a provider could reach what only this computer's network sees."""
    with pytest.raises(EndpointError):
        check_named(value, name="uri", by=by)
    assert check_named(value, name="uri", by=value) == value


def test_an_address_in_a_document_may_name_this_machine_only_on_this_machine() -> None:
    local = "http://127.0.0.1:9000/x"
    assert check_named(local, name="uri", by="http://localhost:1/") == local
    assert check_named("https://a.example/x", name="uri", by="https://b.example")
    for value in (local, "https://[::1]/", None, 7, "http://a.example/"):
        with pytest.raises(EndpointError):
            check_named(value, name="uri", by="https://b.example")


def test_an_address_in_a_document_never_leads_further_in_than_its_owner_is() -> None:
    inside = "https://192.168.7.9/x"
    assert check_named(inside, name="uri", by="https://10.0.0.5/") == inside
    assert check_named(inside, name="uri", by="http://127.0.0.1:1/") == inside
    assert check_named("https://8.8.8.8/x", name="uri", by="https://10.0.0.5/")
    for by in ("https://b.example", "https://8.8.8.8/", "https://[2606:4700::1]/"):
        with pytest.raises(EndpointError) as caught:
            check_named(inside, name="uri", by=by)
        assert "a private network" in caught.value.fields["reason"]
    with pytest.raises(EndpointError):
        check_named("https://[::ffff:127.0.0.1]/", name="uri", by="https://10.0.0.5/")
