import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from gateway import logs
from gateway.logs import short


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def logged(format: logs.Format, level: logs.Level = "info") -> io.StringIO:
    out = io.StringIO()
    logs.configure(level, format, out)
    return out


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("bea@acme.example", "b…@acme.example"),
        ('"a@b"@acme.example', '"…@acme.example'),
        ("U0123456789", "U…"),
        ("@acme.example", "…@acme.example"),
        ("", ""),
    ],
)
def test_an_address_is_shortened(address: str, shown: str):
    assert short(address) == shown


def test_elsewhere_than_on_a_terminal_a_line_is_json():
    out = logged("auto")
    structlog.get_logger().info("accepted", inbox=7)
    line = json.loads(out.getvalue())
    assert (line["event"], line["inbox"], line["level"]) == ("accepted", 7, "info")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("closed")])
def test_a_line_that_cannot_be_written_is_left_out_and_stops_nobody(error: Exception):
    class Full(io.StringIO):
        full = True

        def write(self, text: str) -> int:
            if self.full:
                raise error
            return super().write(text)

    out = Full()
    logs.configure("info", "json", out)
    structlog.get_logger().info("accepted", inbox=7)
    logging.getLogger("library").warning("so be it")
    out.full = False
    structlog.get_logger().info("sent", outbox=7)
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["sent"]


def test_a_whole_address_gets_through_in_no_format():
    for format_ in ("json", "human"):
        out = logged(format_)
        structlog.get_logger().info("sent", to="<bea@acme.example>, carla@acme.example")
        try:
            raise ValueError("no such user: ada@example.org")
        except ValueError:
            structlog.get_logger().exception("failed")
        told = out.getvalue()
        assert "acme.example" in told
        assert not [a for a in ("bea@", "carla@", "ada@") if a in told]


def test_a_message_id_stays_whole():
    out = logged("json")
    structlog.get_logger().info("sent", message_id="<7.abc@acme.example>")
    assert json.loads(out.getvalue())["message_id"] == "<7.abc@acme.example>"


def test_no_value_steers_the_terminal():
    out = logged("human")
    structlog.get_logger().info("accepted", peer="\x1b[2J\nready \u202eevil")
    told = out.getvalue()
    assert told.count("\n") == 1
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_libraries_are_heard_from_warnings_up():
    out = logged("json", "debug")
    logging.getLogger("aiosmtpd").info("chatter")
    logging.getLogger("apscheduler.x").warning("missed %s", "a run")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["event"], line["logger"]) for line in lines] == [
        ("library", "apscheduler.x"),
        ("library", "py.warnings"),
    ]
    assert lines[0]["said"] == "missed a run"


def test_the_level_holds_back_what_is_lighter_and_setting_up_twice_tells_once():
    logged("json")
    out = logged("json", "warning")
    structlog.get_logger().info("light")
    logging.getLogger("x").error("heavy")
    assert [json.loads(line)["said"] for line in out.getvalue().splitlines()] == ["heavy"]


def test_an_exception_is_told_without_the_values_of_variables():
    out = logged("human")
    try:
        int("".join(["gehe", "im"])[:0])
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "invalid literal for int()" in out.getvalue()
    assert "geheim" not in out.getvalue()
