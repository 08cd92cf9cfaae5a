"""Runs in django-helpdesk's own environment: its `get_email` road, timed. See `peers`.

Arguments: a folder to work in, and the folder of the mails, which it empties. It prints JSON.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

urlpatterns: list[Any] = []  # Django looks for them in the module that its settings name


def main() -> None:
    work, mails = Path(sys.argv[1]), Path(sys.argv[2])
    _configure(work)
    from helpdesk.email import process_queue  # type: ignore[import-not-found]
    from helpdesk.models import FollowUp, Queue, Ticket  # type: ignore[import-not-found]

    queue = Queue.objects.create(
        title="Support",
        slug="support",
        email_address="support@acme.example",
        allow_email_submission=True,
        email_box_type="local",
        email_box_local_dir=str(mails),
    )
    logger = logging.getLogger("peer")
    logger.setLevel(logging.ERROR)
    start = time.perf_counter()
    process_queue(queue, logger)
    seconds = time.perf_counter() - start
    kept = {"tickets": Ticket.objects.count(), "follow_ups": FollowUp.objects.count()}
    left = sum(1 for _ in mails.iterdir())
    print(json.dumps({"seconds": seconds, "left": left} | kept))


def _configure(work: Path) -> None:
    """As its documentation sets it up, on Django's SQLite as it comes: durable with each commit.

    Mail that it sends goes nowhere: that costs it neither disk nor network.
    """
    import django  # type: ignore[import-not-found]
    from django.conf import settings  # type: ignore[import-not-found]
    from django.core.management import call_command  # type: ignore[import-not-found]

    settings.configure(
        SECRET_KEY="benchmark",
        USE_TZ=True,
        SITE_ID=1,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        ROOT_URLCONF=__name__,
        MEDIA_ROOT=str(work / "media"),
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(work / "peer.db"),
            }
        },
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        INSTALLED_APPS=[
            *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"),
            *("django.contrib.sites", "django.contrib.messages", "django.contrib.humanize"),
            *("django.contrib.admin", "rest_framework", "helpdesk"),
        ],
    )
    django.setup()
    from django.urls import include, path  # type: ignore[import-not-found]

    urlpatterns.append(path("", include("helpdesk.urls", namespace="helpdesk")))
    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)


if __name__ == "__main__":
    main()
