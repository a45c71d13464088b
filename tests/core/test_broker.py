"""A thread's connection to the broker: kept, made anew when it has broken, never used by another process."""

import pytest

from apps.core import broker
from apps.rollups.tasks import refresh_stale


@pytest.fixture(autouse=True)
def connected():
    broker.forget()
    broker.send(refresh_stale)
    yield broker._kept.connection
    broker.forget()


def waiting(connection):
    return connection.default_channel.client.llen("rollup")


def test_one_connection_serves_message_after_message(connected):
    broker.send(refresh_stale)
    assert broker._kept.connection is connected
    assert waiting(connected) == 2


def test_a_connection_that_broke_is_made_anew(connected, monkeypatch):
    def broken(*_arguments, **_options):
        raise ConnectionResetError

    monkeypatch.setattr(connected.default_channel, "_put", broken)
    broker.send(refresh_stale)
    assert broker._kept.connection is not connected
    assert waiting(broker._kept.connection) == 2


def test_another_process_makes_its_own(connected, monkeypatch):
    monkeypatch.setattr(broker._kept, "process", 1)
    broker.send(refresh_stale)
    assert broker._kept.connection is not connected


def test_a_broker_that_is_away_is_told_and_not_remembered(monkeypatch):
    broker.forget()
    connect = refresh_stale.app.connection_for_write
    monkeypatch.setattr(refresh_stale.app, "connection_for_write", lambda: connect("redis+socket:///nowhere"))
    with pytest.raises(Exception, match="No such file"):
        broker.send(refresh_stale)
    assert broker._kept.connection is None
