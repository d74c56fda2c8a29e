import inspect
import string

import pytest

from desktop_app.oauth import errors, flow_errors

SAMPLES: list[errors.OAuthError] = [
    flow_errors.SigningError("its realm is wrong"),
    flow_errors.AccountUnknownError("anna.example", "reason"),
    flow_errors.CallbackNotConfirmedError(),
    flow_errors.ClockRefusedError("timestamp_refused", status=401),
    flow_errors.DpopKeyError("detail"),
    flow_errors.TokenNotBoundError(),
    flow_errors.InvalidDpopProofError("invalid_dpop_proof", status=400),
    flow_errors.DeviceAuthorizationError("reason"),
    flow_errors.DeviceCodeExpiredError(),
    flow_errors.InitialTokenNeededError("reason"),
    flow_errors.InitialTokenRefusedError("reason"),
    flow_errors.RegistrationGoneError(status=401),
    flow_errors.ClientDocumentError("reason"),
    flow_errors.ResourceError("reason"),
    flow_errors.InvalidTargetError("invalid_target", status=400),
    flow_errors.ResourceMetadataError("reason"),
    flow_errors.SignedResponseError("iss"),
]
# To a program these are a registration that failed; only the person is told more.
REFUSALS = (flow_errors.InitialTokenNeededError, flow_errors.InitialTokenRefusedError)


def test_every_error_has_a_sample_and_a_code_of_its_own() -> None:
    classes = {
        each
        for _, each in inspect.getmembers(flow_errors, inspect.isclass)
        if each.__module__ == flow_errors.__name__
    }
    assert classes == {type(sample) for sample in SAMPLES}
    assert all(issubclass(each, errors.OAuthError) for each in classes)
    older = {each.code for _, each in inspect.getmembers(errors, inspect.isclass)}
    assert {each.code for each in REFUSALS} == {errors.RegistrationError.code}
    codes = [sample.code for sample in SAMPLES if not isinstance(sample, REFUSALS)]
    assert len(set(codes)) == len(codes)
    assert not older.intersection(codes)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_message_can_be_shown(error: errors.OAuthError) -> None:
    places = {name for _, name, _, _ in string.Formatter().parse(error.public_message) if name}
    assert places <= set(error.fields)
    assert "{" not in error.message
    assert error.message.endswith(".")
    assert error.code.replace("_", "").isalpha()
