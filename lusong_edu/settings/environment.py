"""The one place that reads the process environment."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]

# SECRET_KEY_FILE and the like name a file that holds the value, as containers hand secrets over.
env = environ.FileAwareEnv()
if (BASE_DIR / ".env").is_file():
    environ.Env.read_env(BASE_DIR / ".env")


def data_dir() -> Path:
    """Folder of everything this instance writes: embedded servers, uploads, logs, beat's schedule."""
    return Path(env.str("LUSONG_DATA_DIR", default=str(BASE_DIR / ".data"))).expanduser().resolve()


def embedded_services() -> tuple[str, ...]:
    """The servers that no URL names, which the embedded ones therefore have to provide."""
    wanted = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
    return tuple(name for name, variable in wanted.items() if not env.str(variable, default=""))


def port() -> int:
    """TCP port of the web server that the supervisor starts."""
    return env.int("PORT", default=8000)


def bind_host() -> str:
    """Address the supervisor's web server listens on; this machine only unless asked otherwise."""
    return env.str("LUSONG_HOST", default="127.0.0.1")
