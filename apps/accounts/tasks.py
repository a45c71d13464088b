"""Background work about accounts."""

from __future__ import annotations

import smtplib

from celery import shared_task

from apps.accounts.security import resealing, resetting


@shared_task(
    autoretry_for=(OSError, smtplib.SMTPException), retry_backoff=5, retry_backoff_max=60, max_retries=3
)
def reset_link_send(pk: int, base: str, language: str) -> None:
    """Send a link for a new password, if there is anybody to send it to."""
    resetting.link_send(pk=pk, base=base, language=language)


@shared_task
def seal_second_steps() -> None:
    """Encrypt what an earlier version or an older key left of second steps."""
    resealing.secrets_seal_anew()
