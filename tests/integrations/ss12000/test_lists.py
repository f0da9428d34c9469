"""All pages of a list are read, whatever way the server means paging (T1-T7, T14, T15)."""

import pytest

from integrations.ss12000.client import Client
from integrations.ss12000.lists import NAMES, Listing, Place, read_all, read_list
from integrations.ss12000.problems import SourceError
from integrations.ss12000.signing_in import Credentials
from tests.ss12000_server.data import a_school, uid


@pytest.fixture
def data():
    return a_school(30)


@pytest.fixture
def client(source, slept):
    client = Client(source.address, Credentials("bearer", "fixed"), sleep=slept.append)
    yield client
    client.close()


def classes(row):
    return row.get("groupType") == "Klass"


GROUPS = Listing("groups", [("groupType", "Klass"), ("organisation", uid("school"))], classes)


def names(rows):
    return [row["displayName"] for row in rows]


@pytest.fixture
def groups(data):
    """Put teaching groups and classes in turn, so that a forgotten filter shows."""
    for number in range(20):
        data.add_class(f"8{number:02}", kind="Klass" if number < 8 else "Undervisning")
    return [row["displayName"] for row in data.lists["groups"] if classes(row)]


@pytest.mark.parametrize("paging", ["standard", "forgetful", "repeat"])
def test_every_dialect_of_paging_gives_the_same_rows(client, source, how, groups, paging):
    how.paging = paging

    assert sorted(names(read_all(client, GROUPS))) == sorted(groups)


def test_after_the_first_page_the_standard_is_asked_with_token_and_limit_alone(client, source, groups):
    read_all(client, GROUPS)

    assert {key for query in source.asked("groups")[1:] for key, _ in query} == {"limit", "pageToken"}


def test_filters_that_are_ignored_are_asked_of_every_row(client, how, groups):
    how.ignores = {"*"}

    assert sorted(names(read_all(client, GROUPS))) == sorted(groups)


def test_a_forgotten_filter_on_page_two_begins_the_list_anew_with_filters_repeated(client, source, how, groups):
    how.paging = "forgetful"
    place = Place()

    pages = list(read_list(client, GROUPS, place))

    assert place.repeats
    assert place.restarts == 1
    assert [page.is_first for page in pages].count(True) == 2
    assert all(("groupType", "Klass") in query for query in source.asked("groups")[3:])


def test_a_server_that_refuses_filters_beside_a_token_is_asked_without(client, how, groups):
    place = Place(repeats=True)

    assert sorted(row["displayName"] for page in read_list(client, GROUPS, place) for row in page.rows) == sorted(
        groups
    )
    assert not place.repeats


@pytest.mark.parametrize("kind", ["same", "new"])
def test_pages_without_end_are_a_named_error(client, how, groups, kind):
    how.endless = kind

    with pytest.raises(SourceError) as raised:
        read_all(client, GROUPS)

    assert raised.value.code == "endless_pages"


def test_an_expired_token_begins_the_list_anew(client, source, how, groups):
    how.expires = 2

    assert sorted(names(read_all(client, GROUPS))) == sorted(groups)


def test_tokens_that_always_expire_are_a_named_error(client, how, groups):
    how.expires = 1000

    with pytest.raises(SourceError) as raised:
        read_all(client, GROUPS)

    assert (raised.value.code, raised.value.details["endpoint"]) == ("page_expired", "groups")


def test_a_server_that_ignores_the_limit_gives_everything_in_one_page(client, source, how, groups):
    how.ignores_limit = True

    assert sorted(names(read_all(client, GROUPS))) == sorted(groups)
    assert len(source.asked("groups")) == 1


def test_a_server_that_fails_on_names_is_asked_without_them(client, source, how, groups):
    how.names_fail = True
    place = Place()

    pages = read_list(client, Listing("groups", [*GROUPS.filters, NAMES], classes), place)

    assert sorted(row["displayName"] for page in pages for row in page.rows) == sorted(groups)
    assert not place.names
    assert sum("expandReferenceNames" in dict(query) for query in source.asked("groups")) == 1


@pytest.mark.parametrize("key", ["own", "bare"])
def test_rows_are_found_under_any_key(client, how, groups, key):
    how.list_key = key

    assert sorted(names(read_all(client, GROUPS))) == sorted(groups)


@pytest.mark.parametrize("raw", [b'{"result": []}', b'"no"', b"{}", b"null", b'{"data": {"x": 1}}'])
def test_an_answer_in_no_known_shape_is_a_named_error(client, how, raw):
    how.raw = raw

    with pytest.raises(SourceError) as raised:
        read_all(client, GROUPS)

    assert raised.value.code == "list_not_understood"


def test_a_list_too_big_to_answer_is_asked_for_in_smaller_pages(client, source, how, groups, slept):
    how.refuses = {503: 4}

    assert sorted(names(read_all(client, GROUPS))) == sorted(groups)
    assert dict(source.asked("groups")[-1])["limit"] == "250"


def test_a_list_goes_on_from_where_it_was(client, source, groups):
    place = Place()
    first = next(read_list(client, GROUPS, place))
    kept = Place(**place.as_json())

    rest = [row for page in read_list(client, GROUPS, kept) for row in page.rows]

    assert sorted(names([*first.rows, *rest])) == sorted(groups)
