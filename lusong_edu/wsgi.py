"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application

from .demo_accounts import refuse_demo_accounts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lusong_edu.settings.production")

application = get_wsgi_application()
refuse_demo_accounts()
