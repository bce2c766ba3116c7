"""How is a worker started by hand? `python -m fairpatch.jobs`; `fairpatch worker` does the same."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpatch.site.settings")
django.setup()

from fairpatch.jobs.worker import main  # noqa: E402 - the models can only be imported after the set-up

main()
