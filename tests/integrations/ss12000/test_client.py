"""One question at a time: politely, patiently, never twice what may not be done twice, and nothing kept of bodies."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from integrations.ss12000.client import Answer, Client
from integrations.ss12000.problems import SourceError
from integrations.ss12000.signing_in import Credentials
from tests.ss12000_server.data import a_school


@pytest.fixture
def data():
    return a_school(30)


@pytest.fixture
def talk(source, slept):
    """Return conversations with the source, closed afterwards."""
    clients = []

    def begin(way="bearer", secret="fixed", **more):  # noqa: S107
        more.setdefault("token_address", source.address.replace("/v2.0", "/token"))
        clients.append(Client(source.address, Credentials(way, secret, **more), sleep=slept.append))
        return clients[-1]

    yield begin
    for client in clients:
        client.close()


@pytest.fixture
def client(talk):
    return talk()


def problem_of(call):
    with pytest.raises((SourceError, Answer)) as raised:
        call()
    error = raised.value
    return error.as_problem("x").code if isinstance(error, Answer) else error.code


def test_client_credentials_buy_a_token(source, slept, talk):
    client = talk("oauth", "secret", client_id="us", scope="ss12000")

    assert client.get("persons", [("limit", "1")])["data"]
    assert source.tokens == 1


def test_a_sign_in_server_that_wants_the_secret_in_the_header_gets_it_there(source, how, slept, talk):
    how.token_form = "basic"

    assert talk("oauth", "secret", client_id="us").get("persons")["data"]


def test_a_token_that_is_about_to_end_is_bought_anew(source, how, slept, talk):
    how.tokens_last = 61
    now = [0.0]
    client = talk("oauth", "secret", client_id="us")
    client._signer._clock = lambda: now[0]

    client.get("persons")
    now[0] = 2
    client.get("persons")

    assert source.tokens == 2


def test_a_token_that_was_withdrawn_is_bought_anew_once(source, slept, talk):
    client = talk("oauth", "secret", client_id="us")
    client.get("persons")
    source.tokens += 1

    assert client.get("persons")["data"]


def test_an_api_key_goes_in_its_header(source, slept, talk):
    assert talk("api_key", "key").get("persons")["data"]


def test_no_sign_in_sends_no_secret(source, slept, talk):
    source.tokens = -1

    assert talk("none", "secret").get("persons")["data"]
    assert "Authorization" not in source.headers[-1]


@pytest.mark.parametrize(
    ("way", "secret", "code"),
    [("oauth", "wrong", "no_token"), ("bearer", "wrong", "not_signed_in"), ("bearer", "", "secret_missing")],
)
def test_a_wrong_secret_has_a_name(source, slept, way, secret, code, talk):
    assert problem_of(lambda: talk(way, secret).get("persons")) == code


@pytest.mark.parametrize("shape", ["standard", "detail", "nested", "none"])
def test_errors_in_every_shape_are_read_and_nothing_personal_is_kept_of_them(client, how, shape):
    how.errors, how.forbidden = shape, {"persons"}

    with pytest.raises(Answer) as raised:
        client.get("persons")

    assert raised.value.status == 403
    assert raised.value.code in {"", "refused"}
    assert "Elev" not in str(raised.value.as_problem("persons").details)


def test_too_many_requests_waits_as_long_as_we_are_told(client, how, slept):
    how.refuses, how.retry_after = {429: 2}, "7"

    assert client.get("persons")["data"]
    assert [pause for pause in slept if pause > 1] == [7.0, 7.0]


def test_a_time_to_come_back_may_be_a_date(client, how, slept):
    how.refuses, how.retry_after = {503: 1}, format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    client.get("persons")

    assert 25 < max(slept) <= 30


def test_a_server_that_wants_us_back_much_later_is_left_alone_at_once(client, source, how, slept):
    how.refuses, how.retry_after = {429: 1}, "3600"

    assert problem_of(lambda: client.get("persons")) == "busy"
    assert len(source.requests) == 1


def test_waiting_grows_and_then_stops(client, source, how, slept):
    how.refuses = {502: 100}

    assert problem_of(lambda: client.get("persons")) == "server_failed"
    pauses = [pause for pause in slept if pause > 0.5]
    assert len(source.requests) == 4
    assert pauses == sorted(pauses)
    assert 1 <= pauses[0] < 2 <= pauses[1] < 4 <= pauses[2]


def test_a_lookup_that_is_too_big_is_halved_until_it_fits(client, source, how, data, slept):
    how.lookup_at_most = 10
    ids = [row["id"] for row in data.lists["persons"]]

    found = client.look_up("persons", {"ids": ids})

    assert sorted(row["id"] for row in found) == sorted(ids)
    assert not [pause for pause in slept if pause > 0.5]


def test_half_an_answer_is_asked_for_again(client, how):
    how.cut_bodies = 2

    assert client.get("persons")["data"]


def test_half_answers_for_ever_are_a_named_error(client, how):
    how.cut_bodies = 100

    assert problem_of(lambda: client.get("persons")) in {"cut_off", "not_json"}


def test_a_dropped_connection_is_tried_again(client, how):
    how.drops = {1, 2}

    assert client.get("persons")["data"]


def test_what_is_told_is_told_once_though_the_connection_drops(client, source, how):
    how.drops = {1}

    assert problem_of(lambda: client.tell("log", {"message": "x", "severityLevel": "Info"})) == "cut_off"
    assert len(source.requests) == 1


def test_a_redirect_is_not_followed(client, source, how):
    how.redirects = True

    assert problem_of(lambda: client.get("persons")) == "redirected"
    assert len(source.requests) == 1


def test_a_small_answer_that_unpacks_to_far_too_much_is_refused(client, how):
    how.bomb = True

    assert problem_of(lambda: client.get("persons")) == "too_large"


def test_a_plus_in_a_time_arrives_as_a_plus(client, source):
    client.get("persons", [("meta.modified.after", "2026-11-20T10:00:00+01:00")])

    assert dict(source.requests[-1][2])["meta.modified.after"] == "2026-11-20T10:00:00+01:00"


def test_requests_keep_a_polite_pace(source, slept, settings, talk):
    settings.SCHOOL_SOURCE_REQUESTS_PER_SECOND = 2
    client = talk()

    for _ in range(3):
        client.get("persons", [("limit", "1")])

    assert len(slept) == 2
    assert all(0.3 < pause <= 1 for pause in slept)


def test_secrets_are_not_in_what_is_printed_of_a_client(source, slept, talk):
    client = talk("oauth", "hemlig nyckel")

    assert "hemlig" not in repr(client)


def test_an_answer_that_drips_for_ever_is_given_up(talk, source):
    client = talk()
    seconds = iter(range(0, 100_000, 200))
    client.clock = lambda: float(next(seconds))

    assert problem_of(lambda: client.get("persons")) == "too_slow"
    assert len(source.requests) == 4
