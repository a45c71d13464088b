"""Which reports there are. A builder registers itself with `@report`; its module is called `kinds.py`.

    @report(
        "overview-workbook",
        label=_("Overview as Excel"),
        form=QuarterForm,
        audience=lambda user, parameters: f"user:{user.pk}" if is_bureau_member(user) else None,
        source=lambda user, parameters: ...,
    )
    def overview_workbook(request: BuildRequest, progress: Progress) -> BuiltFile:
        progress.stage(_("Reading the results"), 0, 2)
        ...

Every `kinds.py` in a folder of `apps/reports` is imported when the application starts: keep it light, import
what is slow to load inside the builder. It runs in a worker, in the language and on the business date of the
request.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.jobs.errors import CancelledError, JobFailure
from apps.core.jobs.kinds import BuiltFile, JobKind, Parameters, register
from apps.core.jobs.models import Job
from apps.core.jobs.progress import Progress
from apps.reports.jobs.parameters import ParametersForm
from apps.reports.pdf import pdf_of

__all__ = ["BuildRequest", "BuiltFile", "CancelledError", "JobFailure", "Progress", "ReportKind", "report"]

QUEUE = "reports"
PDF = "-pdf"
PDF_TYPE = "application/pdf"


@dataclass(frozen=True)
class BuildRequest:
    """What a builder is asked for. The content may depend on nothing that is not said here.

    parameters: as the kind's form gives them; JSON.
    audience: whom the content is for, as the kind says (`bureau`, `school:12`).
    source: what it is made from, as the kind says (a release's SHA-256).
    on: the business date of the request, at which the clock stands during the making.
    """

    kind: str
    parameters: Mapping[str, Any]
    audience: str
    language: str
    source: str
    on: dt.date
    asked_by: User


Builder = Callable[[BuildRequest, Progress], BuiltFile]


@dataclass(frozen=True)
class ReportKind:
    """A report as people choose it: its name, and the form that asks for its parameters."""

    name: str
    label: str | Promise
    description: str | Promise
    form: type[ParametersForm]
    job: JobKind
    is_listed: bool
    has_pdf: bool = False

    @property
    def pdf_name(self) -> str:
        """The kind of job that makes the same as a PDF."""
        return self.name + PDF

    def title(self, parameters: Parameters) -> str:
        return self.job.title(parameters)

    def offered_to(self, user: User) -> bool:
        """Tell whether the list of reports offers it to a user: somebody may have it at all."""
        return self.is_listed and bool(self.form.offered_to(user))


_reports: dict[str, ReportKind] = {}


def report(
    name: str,
    *,
    label: str | Promise,
    form: type[ParametersForm],
    audience: Callable[[User, Parameters], str | None],
    source: Callable[[User, Parameters], str],
    description: str | Promise = "",
    version: int = 1,
    title: Callable[[Parameters], str] | None = None,
    is_listed: bool = True,
    has_pdf: bool = False,
) -> Callable[[Builder], Builder]:
    """Register a builder: `(BuildRequest, Progress) -> BuiltFile`.

    Args:
        audience: whom the content is for when a user asks; None: not for that user. Asked again at download.
        source: what it is made from; another source gives another file.
        version: to be raised when the builder makes another file of the same request.
        title: what the list says of one request; `label` and the words of the form when not given.
        is_listed: offered under "My reports"; else other pages ask for it.
        has_pdf: the builder makes a Word file, which can be had as a PDF too, as the kind `<name>-pdf`.
    """

    def decorate(builder: Builder) -> Builder:
        job = JobKind(
            name=name,
            title=title or partial(_title, label, form),
            audience=audience,
            source=source,
            build=partial(_build, builder, source),
            version=version,
            queue=QUEUE,
        )
        register(job)
        if has_pdf:
            pdf = partial(_build, converted(builder), source)
            register(replace(job, name=name + PDF, title=partial(_pdf_title, job.title), build=pdf))
        _reports[name] = ReportKind(name, label, description, form, job, is_listed, has_pdf)
        return builder

    return decorate


def _title(label: str | Promise, form: type[ParametersForm], parameters: Parameters) -> str:
    said = form.words(parameters)
    return f"{label} · {said}" if said else str(label)


def _build(
    builder: Builder, source: Callable[[User, Parameters], str], job: Job, progress: Progress
) -> BuiltFile:
    request = BuildRequest(
        kind=job.kind,
        parameters=job.parameters,
        audience=job.audience,
        language=job.language,
        source=source(job.owner, job.parameters),
        on=job.on,
        asked_by=job.owner,
    )
    return builder(request, progress)


def _pdf_title(title: Callable[[Parameters], str], parameters: Parameters) -> str:
    return as_pdf_name(title(parameters))


def as_pdf_name(title: str) -> str:
    """Return what the PDF of a Word report is called."""
    return gettext("%(title)s (PDF)") % {"title": title.replace(gettext(" (Word)"), "", 1)}


class OneMore:
    """The progress of a builder whose file is converted afterwards: one part more."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.total = 1

    def stage(self, name: str, done: int, total: int) -> None:
        self.total = total + 1
        self.progress.stage(name, done, self.total)


def converted(builder: Builder) -> Builder:
    """Return a builder of PDF files from one of Word files."""

    def build(request: BuildRequest, progress: Progress) -> BuiltFile:
        inner: Any = OneMore(progress)
        word = builder(request, inner)
        progress.stage(gettext("Making the PDF"), inner.total - 1, inner.total)
        return BuiltFile(f"{word.name.removesuffix('.docx')}.pdf", pdf_of(word.content), PDF_TYPE)

    return build


def reports() -> list[ReportKind]:
    """Return every report, in the order in which they were registered."""
    return list(_reports.values())


def report_of(name: str) -> ReportKind | None:
    return _reports.get(name)


def report_by_kind(kind: str) -> ReportKind | None:
    """Return the report whose kind of job this is, the PDF's too."""
    found = _reports.get(kind) or _reports.get(kind.removesuffix(PDF))
    return found if found and (kind == found.name or found.has_pdf) else None


def discover() -> None:
    """Import `kinds` of every folder of this application that has one; no other folder is loaded."""
    for path in sorted(Path(__file__).parent.parent.glob("*/kinds.py")):
        importlib.import_module(f"apps.reports.{path.parent.name}.kinds")
