"""Word to PDF by LibreOffice, a process of its own: fresh profile, rules for fonts, no network, a time limit.

LibreOffice is found by `settings.SOFFICE` or on PATH. Where it is missing `pdf_available()` is False and the
pages say so; Word remains.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core import heartbeats
from apps.core.jobs.errors import JobFailure
from apps.core.models import Heartbeat
from apps.reports.paper.fonts import fontconfig_rules

# Filter options of LibreOffice's PDF export: an outline of the headings, tags, every font inside, no forms.
OPTIONS = {
    "ExportBookmarks": True,
    "UseTaggedPDF": True,
    "ExportFormFields": False,
    "EmbedStandardFonts": True,
    "IsSkipEmptyPages": False,
    "OpenBookmarkLevels": 2,
    "InitialView": 1,
}
MAGIC = b"%PDF-"
CREATED = re.compile(rb"<dcterms:created[^>]*>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z</dcterms:created>")
DATE = re.compile(rb"(/CreationDate\(D:)(\d{14})(Z)")
# The identities of a file and its checksum, 32 hexadecimal digits each.
IDENTITIES = re.compile(rb"(/ID \[ <|>\n<|/DocChecksum /)([0-9A-F]{32})(?=>|\n)")
# What a document might lead LibreOffice to fetch goes nowhere: a port that nothing listens on.
NOWHERE = "http://127.0.0.1:9"


class OfficeMissingError(JobFailure):
    """LibreOffice is not installed where the worker runs."""


def soffice() -> str | None:
    """Return LibreOffice's program, None where it is not installed."""
    return shutil.which(settings.SOFFICE) if settings.SOFFICE else shutil.which("soffice")


def pdf_available() -> bool:
    """Tell whether a PDF can be made in this process."""
    return soffice() is not None


def pdf_offered() -> bool:
    """Tell whether the workers can make a PDF, as they said last; before their first word, whether we can."""
    said = Heartbeat.objects.filter(name=heartbeats.OFFICE).values_list("detail", flat=True).first()
    return bool(said["is_there"]) if said else pdf_available()


def missing_sentence() -> str:
    """Return what a page says where there is no LibreOffice."""
    return _("LibreOffice is not installed on the server, so no PDF can be made now; Word is available.")


def pdf_of(docx: bytes, *, seconds: float | None = None) -> bytes:
    """Return a Word file as PDF, with bookmarks from its headings and its fonts inside.

    Args:
        seconds: how long it may take; `settings.SOFFICE_SECONDS` when not given.

    Raises:
        OfficeMissingError: there is no LibreOffice here.
        JobFailure: it took too long, or gave no PDF.
    """
    program = soffice()
    if program is None:
        raise OfficeMissingError(missing_sentence())
    with tempfile.TemporaryDirectory(prefix="lusong-pdf-") as name:
        folder = Path(name)
        (folder / "report.docx").write_bytes(docx)
        (folder / "fonts.conf").write_text(fontconfig_rules(), encoding="utf-8")
        said = _run(_command(program, folder), folder, seconds or settings.SOFFICE_SECONDS)
        return settled(_result(folder / "report.pdf", said), created=_created(docx))


def settled(pdf: bytes, *, created: str) -> bytes:
    """Return a PDF whose date is that of its Word file (14 digits, UTC): the same file gives the same bytes.

    Every replacement has the length of what it replaces: the places that the PDF lists stay right.
    """
    pdf = DATE.sub(lambda match: match[1] + created.encode() + match[3], pdf)
    without = IDENTITIES.sub(lambda match: match[1] + b"0" * len(match[2]), pdf)
    own = hashlib.sha256(without).hexdigest()[:32].upper().encode()
    return IDENTITIES.sub(lambda match: match[1] + own, pdf)


def _created(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        found = CREATED.search(archive.read("docProps/core.xml"))
    return re.sub(rb"[^0-9]", b"", found[1]).decode() if found else "20000101000000"


def _command(program: str, folder: Path) -> list[str]:
    options = {
        name: {"type": "boolean" if isinstance(value, bool) else "long", "value": str(value).lower()}
        for name, value in OPTIONS.items()
    }
    return [
        program,
        f"-env:UserInstallation={folder.as_uri()}/profile",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        f"pdf:writer_pdf_Export:{json.dumps(options, separators=(',', ':'))}",
        "--outdir",
        str(folder),
        str(folder / "report.docx"),
    ]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the application's own environment: no passwords, no addresses of servers."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), NOWHERE)
    own = {"HOME": str(folder), "LANG": "C.UTF-8", "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    return kept | proxies | own | {"SAL_USE_VCLPLUGIN": "svp", "TZ": "UTC"}


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """Run it as a process group that is killed whole when its time is over or the worker gives up."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _nothing = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        _kill(process)
        text = _("LibreOffice took longer than %(seconds)s seconds and was stopped; Word is available.")
        raise JobFailure(text % {"seconds": round(seconds)}) from late
    except BaseException:  # the worker is told to stop: nothing it started goes on
        _kill(process)
        raise
    return said.decode(errors="replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that was not waited for yet, so that its number is still its own, with its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


def _result(pdf: Path, said: str) -> bytes:
    content = pdf.read_bytes() if pdf.is_file() else b""
    if not content.startswith(MAGIC):
        raise RuntimeError(f"LibreOffice made no PDF: {said[-500:]}")
    return content
