import logging
import secrets
from contextlib import suppress
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1.rfc5849 import signature as rfc5849
from oauthlib.oauth1.rfc5849.utils import parse_authorization_header, unescape

from desktop_app.oauth.errors import ClientCredentialError, EndpointError, OAuthError
from desktop_app.oauth.flow_errors import SigningError
from desktop_app.oauth.oauth1_signature import (
    SIGNATURE_METHODS,
    Oauth1Client,
    Oauth1Token,
    authorization_header,
    signature,
    signature_base_string,
)

NOW = 1_700_000_000.9
PRINTER = Oauth1Client(client_id="dpf43f3p2l4k3l03", client_secret="kd94hf93k423kf44")
PHOTOS = Oauth1Token(token="nnch734d00sl2jdk", secret="pfkkdhi9sl3r4s00")
TEMPORARY = Oauth1Token(token="hh5s93j4hdidpola", secret="hdhd0244k9j7ao03")


@cache
def key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def client_for(method: str) -> Oauth1Client:
    if method.startswith("RSA"):
        return Oauth1Client(client_id="c", private_key=key_pair()[0], signature_method=method)
    return Oauth1Client(client_id="c", client_secret="s&%é", signature_method=method)


def protocol(**values: str) -> dict[str, str]:
    shared = {"oauth_consumer_key": PRINTER.client_id, "oauth_signature_method": "HMAC-SHA1"}
    return {**shared, **{f"oauth_{name}": value for name, value in values.items()}}


@pytest.mark.parametrize(
    ("method", "url", "token", "values", "expected"),
    [
        (
            "POST",
            "https://photos.example.net/initiate",
            None,
            protocol(
                timestamp="137131200", nonce="wIjqoS", callback="http://printer.example.com/ready"
            ),
            "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
        ),
        (
            "POST",
            "https://photos.example.net/token",
            TEMPORARY,
            protocol(
                timestamp="137131201",
                nonce="walatlh",
                token="hh5s93j4hdidpola",
                verifier="hfdp7dh39dks9884",
            ),
            "gKgrFCywp7rO0OXSjdot/IHF7IU=",
        ),
        (
            "GET",
            "http://photos.example.net/photos?file=vacation.jpg&size=original",
            PHOTOS,
            protocol(timestamp="137131202", nonce="chapoH", token="nnch734d00sl2jdk"),
            "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
        ),
    ],
)
def test_signatures_match_the_rfc_vectors(
    method: str, url: str, token: Oauth1Token | None, values: dict[str, str], expected: str
) -> None:
    """RFC 5849 section 1.2."""
    base = signature_base_string(method, url, "HMAC-SHA1", (), values)
    assert signature(PRINTER, token, base) == expected


def test_base_string_matches_the_rfc_vector() -> None:
    """RFC 5849 sections 3.1 and 3.4.1.1."""
    values = {
        "oauth_consumer_key": "9djdj82h48djs9d2",
        "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131201",
        "oauth_nonce": "7d8f3e4a",
    }
    url = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"
    base = signature_base_string("post", url, "HMAC-SHA1", [("c2", ""), ("a3", "2 q")], values)
    assert base == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D"
        "%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce"
        "%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201"
        "%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )
    client = Oauth1Client(client_id="9djdj82h48djs9d2", client_secret="j49sk3j29djd")
    token = Oauth1Token(token="kkk9d7dh3k39sjv7", secret="dh893hdasih9")
    assert signature(client, token, base) == "r6/TJjbCOr97/+UU0NsvSne7s5g="


def header(method: str = "GET", url: str = "https://api.example.com/a", **changes: Any) -> str:
    values: dict[str, Any] = {"client": PRINTER, "token": PHOTOS, "now": NOW}
    values |= {"random": secrets.token_bytes, **changes}
    return authorization_header(method=method, url=url, **values)


def fields(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in parse_authorization_header(text)}


def is_valid(text: str, client: Oauth1Client, method: str, url: str, body: str = "") -> bool:
    """What a server does with it: all of oauthlib's own verification."""
    collected = rfc5849.collect_parameters(
        uri_query=url.partition("?")[2], body=body or None, headers={"Authorization": text}
    )
    request = SimpleNamespace(
        params=collected, uri=url, http_method=method, signature=fields(text)["oauth_signature"]
    )
    name = client.signature_method
    if name.startswith("RSA"):
        verify = rfc5849.verify_rsa_sha1 if name == "RSA-SHA1" else rfc5849.verify_rsa_sha256
        return bool(verify(request, key_pair()[1]))
    verify = {
        "HMAC-SHA1": rfc5849.verify_hmac_sha1,
        "HMAC-SHA256": rfc5849.verify_hmac_sha256,
        "PLAINTEXT": rfc5849.verify_plaintext,
    }[name]
    return bool(verify(request, client.client_secret, PHOTOS.secret))


@pytest.mark.parametrize("name", SIGNATURE_METHODS)
def test_a_server_accepts_the_signature(name: str) -> None:
    client, url = client_for(name), "https://api.example.com:8443/a;b?x=1+2&x=%C3%A9&y"
    form = [("a", "b c"), ("a", "ü&="), ("empty", "")]
    text = header("POST", url, client=client, parameters=form)
    assert is_valid(text, client, "POST", url, urlencode(form))
    assert fields(text)["oauth_timestamp"] == "1700000000"
    assert fields(text)["oauth_version"] == "1.0"
    if name != "PLAINTEXT":
        assert not is_valid(text, client, "PUT", url, urlencode(form))


def test_every_request_has_its_own_nonce() -> None:
    assert fields(header())["oauth_nonce"] != fields(header())["oauth_nonce"]


def test_the_realm_is_shown_and_not_signed() -> None:
    assert header(realm="Photos").startswith('OAuth realm="Photos", ')
    for realm in ('a"b', "a\r\nb", "é"):
        with pytest.raises(SigningError):
            header(realm=realm)


def test_plaintext_is_for_encrypted_addresses_alone() -> None:
    """RFC 5849 section 3.4.4: it sends both secrets themselves."""
    plain = client_for("PLAINTEXT")
    assert header(url="http://127.0.0.1:9000/a", client=plain)
    with pytest.raises(EndpointError):
        header(url="http://api.example.com/a", client=plain)
    assert header(url="http://api.example.com/a")


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "https://a/b c", "https://u:p@a/", "https://a/#f", "http:"]
)
def test_what_is_no_address_is_not_signed(url: str) -> None:
    with pytest.raises(EndpointError):
        header(url=url)


def test_parameters_cannot_take_the_protocols_names() -> None:
    for changes in (
        {"url": "https://a.example/?oauth_token=other"},
        {"parameters": [("oauth_verifier", "x")]},
    ):
        with pytest.raises(SigningError):
            header("POST", **changes)


def test_a_query_that_is_no_text_is_refused() -> None:
    with pytest.raises(SigningError):
        header(url="https://a.example/?x=%FF")


def pem(key: Any, encryption: Any = None) -> str:
    return str(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()
    )


def test_missing_and_unreadable_credentials_are_clear_errors() -> None:
    locked = pem(rsa.generate_private_key(65537, 2048), BestAvailableEncryption(b"x"))
    elliptic = pem(ec.generate_private_key(ec.SECP256R1()))
    for key in (None, "", "no key", key_pair()[1], locked, elliptic):
        client = Oauth1Client(client_id="c", private_key=key, signature_method="RSA-SHA256")
        with pytest.raises(ClientCredentialError):
            header(client=client)
    with pytest.raises(ClientCredentialError):
        header(client=Oauth1Client(client_id="c"))
    with pytest.raises(SigningError):
        header(client=Oauth1Client(client_id="c", client_secret="s", signature_method="MD5"))


def test_secrets_are_neither_shown_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    header("POST", parameters=[("a", "b")], protocol={"oauth_verifier": "hidden-verifier"})
    shown = caplog.text + repr(PRINTER) + repr(PHOTOS)
    for secret in (PRINTER.client_secret, PHOTOS.secret, PHOTOS.token, "hidden-verifier"):
        assert str(secret) not in shown


@given(
    st.sampled_from(["GET", "post", "", "é", "A B"]) | st.text(max_size=5),
    st.text() | st.text(alphabet="http:/?&=%[]@a1.", max_size=40).map("https://a".__add__),
    st.lists(st.tuples(st.text(), st.text()), max_size=4),
)
def test_any_request_is_signed_or_refused(
    method: str, url: str, form: list[tuple[str, str]]
) -> None:
    with suppress(OAuthError):
        text = header(method, url, parameters=form)
        assert text.isascii()
        assert text.isprintable()
