"""Backup and restore of database and files, each verified by what it holds."""

from .errors import BackupError
from .making import backup_make
from .restoring import restore
from .verifying import verify

__all__ = ["BackupError", "backup_make", "restore", "verify"]
