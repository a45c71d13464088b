# Django looks for the tables of an app here.
from apps.reports.releases.models import Release as Release
from apps.reports.releases.models import ReleaseText as ReleaseText
