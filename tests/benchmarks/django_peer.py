"""Runs in django-helpdesk's own environment: its `get_email` road, timed. See `peers`.

Arguments: a folder to work in, and the folder of the mails, which it empties. It prints JSON.

It tells an agent of each new ticket and of each reply, as the gateway does, and the requester of
both. Mails are given to it a few at a time, for it reads a folder in no order: a reply would open
a ticket of its own where it came before what it answers.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_AT_ONCE = 20  # mails that it finds in its folder

urlpatterns: list[Any] = []  # Django looks for them in the module that its settings name


def main() -> None:
    work, mails = Path(sys.argv[1]), Path(sys.argv[2])
    box = work / "box"
    box.mkdir()
    _configure(work)
    from helpdesk.email import process_queue  # type: ignore[import-not-found]
    from helpdesk.models import FollowUp, Queue, Ticket  # type: ignore[import-not-found]

    queue = Queue.objects.create(
        title="Support",
        slug="support",
        email_address="support@acme.example",
        allow_email_submission=True,
        email_box_type="local",
        email_box_local_dir=str(box),
        updated_ticket_cc="ada@acme.example",
        enable_notifications_on_email_events=True,
    )
    logger = logging.getLogger("peer")
    logger.setLevel(logging.ERROR)
    seconds, processor = 0.0, 0.0
    for some in _in_portions(mails):
        for mail in some:
            mail.rename(box / mail.name)
        start, busy = time.perf_counter(), time.process_time()
        process_queue(queue, logger)
        seconds += time.perf_counter() - start
        processor += time.process_time() - busy
    kept = {"tickets": Ticket.objects.count(), "follow_ups": FollowUp.objects.count()}
    left = sum(1 for _ in box.iterdir())
    took = {"seconds": seconds, "processor": processor, "left": left}
    print(json.dumps(took | kept))


def _in_portions(folder: Path) -> Iterator[list[Path]]:
    """The mails of a folder by name, a few at a time."""
    mails = sorted(folder.iterdir())
    for start in range(0, len(mails), _AT_ONCE):
        yield mails[start : start + _AT_ONCE]


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
