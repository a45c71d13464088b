"""Words in Latin letters that a Chinese page may hold: the same in every language."""

from __future__ import annotations

FILES = {"Excel", "CSV", "csv", "PDF", "pdf", "xls", "xlsx", "XLSX", "DOCX", "TXT", "png", "PNG", "JPEG"}
STANDARDS = {"MB", "GB", "GBK", "UTF", "SHA", "WS"}
# Authors and journals that the methods name as their sources.
AUTHORS = {"Gardner", "McKenzie", "Griliches", "Regev", "Kitagawa", "Iglewicz", "Hoaglin"}
JOURNALS = {"Management", "Science"}

EVERYWHERE = frozenset(FILES | STANDARDS | AUTHORS | JOURNALS | {"English", "Esc"})
