"""Words in Latin letters that a Chinese page may hold: the same in every language."""

from __future__ import annotations

FILES = {
    *("Excel", "Word", "PowerPoint", "CSV", "csv", "PDF", "pdf", "xls", "xlsx", "XLSX", "DOCX", "TXT"),
    *("png", "PNG", "JPEG"),
}
STANDARDS = {"MB", "GB", "GBK", "UTF", "SHA", "WS"}
# Authors and journals that the methods name as their sources.
AUTHORS = {"Gardner", "McKenzie", "Griliches", "Regev", "Kitagawa", "Iglewicz", "Hoaglin"}
JOURNALS = {"Management", "Science"}
# Programs, and the commands that the page of operations tells the administrator to give.
PROGRAMS = {
    *("Redis", "LibreOffice", "systemctl", "restart", "journalctl", "manage", "py", "verify"),
    *("redis", "server", "lusong", "worker", "beat", "backup"),
}

EVERYWHERE = frozenset(FILES | STANDARDS | AUTHORS | JOURNALS | PROGRAMS | {"English", "Esc"})
