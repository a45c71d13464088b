# Django looks for the tables of an app here.
from apps.reports.behind.models import Circular as Circular
from apps.reports.releases.models import Release as Release
from apps.reports.releases.models import ReleaseText as ReleaseText
from apps.reports.schedules.models import ReportDelivery as ReportDelivery
from apps.reports.schedules.models import ReportSchedule as ReportSchedule
