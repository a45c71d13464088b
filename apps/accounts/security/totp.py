"""Time-based one-time codes (RFC 6238, SHA-1, six digits, 30 seconds): pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
# A telephone's clock may be half a minute off, in both directions.
DRIFT = 1


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of a 30-second step (RFC 4226, section 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, typed: str, *, now: float, after: int) -> int | None:
    """Return the step whose code was typed, None if there is none newer than `after` (a code works once).

    Args:
        now: seconds since 1970.
    """
    current = int(now) // SECONDS
    for step in range(current - DRIFT, current + DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), typed.encode()):
            return step
    return None


def shown(secret: bytes) -> str:
    """Return the secret as a person types it into an authenticator: groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """Return the otpauth:// address that an authenticator reads from a picture."""
    label = quote(f"{issuer}:{account}")
    given = {
        "secret": base64.b32encode(secret).decode(),
        "issuer": issuer,
        "digits": DIGITS,
        "period": SECONDS,
    }
    return f"otpauth://totp/{label}?{urlencode(given, quote_via=quote)}"
