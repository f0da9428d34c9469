"""Tests reach this machine and nothing else."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


# TEST-NET: addresses that belong to nobody. The refusal is also a warning, which elsewhere fails the test by itself.
@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("address", ["192.0.2.1", "203.0.113.7"])
def test_connecting_elsewhere_is_refused(address):
    with pytest.raises(SocketConnectBlockedError, match=address):
        socket.create_connection((address, 443), timeout=2)


def test_connecting_to_this_machine_works():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=2):
        pass
