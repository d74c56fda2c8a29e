import base64
import json
import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws
from joserfc.jwk import OctKey

from desktop_app.oauth.client_authentication import Client, authenticate, choose_method
from desktop_app.oauth.errors import ClientCredentialError
from desktop_app.oauth.jose import registry
from tests.support.signing import NOW, signing_key

TOKEN = "https://op.example.com/token"


def proven(client: Client) -> tuple[dict[str, str], dict[str, str]]:
    return authenticate(
        client,
        {"code": "x"},
        {"Accept": "*/*"},
        audience=TOKEN,
        now=NOW,
        random=secrets.token_bytes,
    )


def test_basic_matches_the_rfc_vector() -> None:
    """RFC 6749 section 2.3.1."""
    client = Client(
        client_id="s6BhdRkqt3", client_secret="gX1fBat3bV", method="client_secret_basic"
    )
    form, headers = proven(client)
    assert headers["Authorization"] == "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"
    assert form == {"code": "x"}


def test_basic_encodes_each_half_as_a_form_first() -> None:
    """RFC 6749 section 2.3.1 and appendix B."""
    client = Client(client_id="a:b c", client_secret="p%+é\r\n", method="client_secret_basic")
    header = proven(client)[1]["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(header) == b"a%3Ab+c:p%25%2B%C3%A9%0D%0A"


def test_post_puts_both_into_the_form() -> None:
    form, headers = proven(Client(client_id="id", client_secret="s", method="client_secret_post"))
    assert form == {"code": "x", "client_id": "id", "client_secret": "s"}
    assert headers == {"Accept": "*/*"}


def test_a_public_client_only_names_itself() -> None:
    form, headers = proven(Client(client_id="id", client_secret="kept"))
    assert form == {"code": "x", "client_id": "id"}
    assert "Authorization" not in headers


def test_client_secret_jwt_is_an_assertion_that_the_secret_signs() -> None:
    """OpenID Connect Core section 9."""
    client = Client(client_id="id", client_secret="s" * 32, method="client_secret_jwt")
    form = proven(client)[0]
    assert form["client_assertion_type"].endswith(":jwt-bearer")
    assert "client_secret" not in form
    token = jws.deserialize_compact(
        form["client_assertion"], OctKey.import_key("s" * 32), registry=registry("HS256")
    )
    claims = json.loads(token.payload)
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("id", "id", TOKEN)
    assert claims["exp"] - claims["iat"] == 60
    assert len(claims["jti"]) == 43


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "ES384", "EdDSA"])
@pytest.mark.parametrize("form", ["pem", "jwk"])
def test_private_key_jwt_signs_with_what_fits_the_key(algorithm: str, form: str) -> None:
    key = signing_key(algorithm)
    if form == "jwk":
        text = json.dumps({**key.as_dict(private=True), "kid": "mine"})
    else:
        raw = key.private_key
        text = raw.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    client = Client(client_id="id", private_key=text, method="private_key_jwt")
    token = jws.deserialize_compact(
        proven(client)[0]["client_assertion"], key, registry=registry(algorithm)
    )
    assert token.headers()["alg"] == algorithm
    assert token.headers().get("kid") == ("mine" if form == "jwk" else None)


@pytest.mark.parametrize(
    ("key", "taken", "algorithm"),
    [
        ("RS256", ("PS256",), "PS256"),
        ("RS256", ("ES256", "PS512", "RS384"), "RS384"),
        ("RS256", ("ES256", "PS256", "RS256"), "RS256"),
        ("ES384", ("RS256", "ES384"), "ES384"),
        ("EdDSA", ("Ed25519",), "Ed25519"),
        # Nothing that fits: the provider may take more than it says.
        ("ES256", ("PS256",), "ES256"),
    ],
)
def test_private_key_jwt_takes_an_algorithm_that_the_provider_takes(
    key: str, taken: tuple[str, ...], algorithm: str
) -> None:
    """RFC 8414 section 2, ``token_endpoint_auth_signing_alg_values_supported``."""
    text = json.dumps(signing_key(key).as_dict(private=True))
    client = Client(client_id="id", private_key=text, method="private_key_jwt", algorithms=taken)
    assert algorithm_of(client) == algorithm


def test_client_secret_jwt_takes_an_algorithm_that_the_provider_takes() -> None:
    client = Client(client_id="id", client_secret="s" * 64, method="client_secret_jwt")
    assert algorithm_of(client) == "HS256"
    assert algorithm_of(replace(client, algorithms=("RS256", "HS512"))) == "HS512"


def algorithm_of(client: Client) -> str:
    header = proven(client)[0]["client_assertion"].split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=="))["alg"])


@pytest.mark.parametrize(
    "client",
    [
        Client(client_id="id", method="client_secret_basic"),
        Client(client_id="id", client_secret="", method="client_secret_post"),
        Client(client_id="id", method="client_secret_jwt"),
        Client(client_id="id", method="private_key_jwt"),
        Client(client_id="id", private_key="no key", method="private_key_jwt"),
        Client(client_id="id", private_key='{"kty": "RSA"}', method="private_key_jwt"),
        Client(client_id="id", private_key='{"kty": []}', method="private_key_jwt"),
        Client(client_id="id", private_key="{", method="private_key_jwt"),
        Client(client_id="id", private_key="é", method="private_key_jwt"),
        Client(client_id="id", method="tls_client_auth"),
    ],
)
def test_a_missing_or_damaged_credential_is_a_clear_error(client: Client) -> None:
    with pytest.raises(ClientCredentialError):
        proven(client)


def test_a_public_key_can_not_prove_the_client() -> None:
    text = json.dumps(signing_key("RS256").as_dict(private=False))
    with pytest.raises(ClientCredentialError):
        proven(Client(client_id="id", private_key=text, method="private_key_jwt"))


@pytest.mark.parametrize(
    ("supported", "secret", "key", "method"),
    [
        (None, True, False, "client_secret_basic"),
        (None, False, True, "private_key_jwt"),
        (None, False, False, "none"),
        (["client_secret_post", "client_secret_basic"], True, False, "client_secret_post"),
        (["none", "client_secret_basic"], True, False, "client_secret_basic"),
        (["client_secret_basic", "private_key_jwt"], False, True, "private_key_jwt"),
        (["client_secret_basic"], False, False, "none"),
        (["tls_client_auth"], True, False, "client_secret_basic"),
        (["private_key_jwt"], True, False, "client_secret_basic"),
    ],
)
def test_the_first_method_that_both_can_do_is_chosen(
    supported: list[str] | None, secret: bool, key: bool, method: str
) -> None:
    assert choose_method(supported, has_secret=secret, has_key=key) == method


def test_secrets_are_not_in_the_repr() -> None:
    client = Client(client_id="id", client_secret="hidden-1", private_key="hidden-2")
    assert "hidden" not in repr(client)
