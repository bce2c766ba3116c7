"""The one Django app: what Fairpatch remembers."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "fairpatch.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
