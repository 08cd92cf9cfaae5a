"""The figures in Prometheus' text format. Labels hold no address, no subject and no words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from gateway.runtime.figures import BOUNDS, Counted
from gateway.store.depths import Depths


class _Once:
    """Hands metrics that were made already to the library that writes them down."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def exposition(counted: Counted, depths: Depths, ready: dict[str, bool], now: datetime) -> bytes:
    """One page of metrics: what this process counted, and what waits for all of them."""
    registry = CollectorRegistry()
    registry.register(_Once([*_counts(counted), *_waiting(depths, now), _ready(ready)]))
    return generate_latest(registry)


def _counts(counted: Counted) -> Iterator[Metric]:
    came = CounterMetricFamily(
        "gateway_messages_in",
        "Messages handled by this process, by channel and fate",
        labels=("channel", "outcome"),
    )
    for (channel, outcome), n in sorted(counted.came.items()):
        came.add_metric((channel, outcome), n)
    yield came
    went = CounterMetricFamily(
        "gateway_messages_out",
        "Tries to send by this process, by channel and what they came to",
        labels=("channel", "outcome"),
    )
    for (channel, outcome), n in sorted(counted.went.items()):
        went.add_metric((channel, outcome), n)
    yield went
    yield _took(counted)


def _took(counted: Counted) -> Metric:
    sums = list(accumulate(counted.took))
    bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
    return HistogramMetricFamily(
        "gateway_in_to_ticket_seconds",
        "From accepting a message to its being on a ticket",
        buckets=list(zip(bounds, map(float, sums), strict=True)),
        sum_value=counted.took_in_all,
    )


def _waiting(depths: Depths, now: datetime) -> Iterator[Metric]:
    gauges = {
        "gateway_inbox_waiting": ("Messages that wait to be handled", depths.inbox_waiting),
        "gateway_inbox_oldest_seconds": (
            "How long the oldest of them has waited",
            _age(depths.inbox_oldest, now),
        ),
        "gateway_inbox_held": ("Messages that wait for an agent's word", depths.inbox_held),
        "gateway_inbox_failed": ("Messages that could not be handled", depths.inbox_failed),
        "gateway_outbox_waiting": ("Messages that wait to be sent", depths.outbox_waiting),
        "gateway_outbox_oldest_seconds": (
            "How long ago the oldest of them was written",
            _age(depths.outbox_oldest, now),
        ),
        "gateway_outbox_failed": ("Messages that were not sent", depths.outbox_failed),
        "gateway_deadlines_running": ("Deadlines that are still to come", depths.deadlines_running),
        "gateway_deadlines_late": ("Deadlines that should have fired", depths.deadlines_late),
    }
    for name, (words, value) in gauges.items():
        yield GaugeMetricFamily(name, words, value=value)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _ready(ready: dict[str, bool]) -> Metric:
    family = GaugeMetricFamily(
        "gateway_ready", "Whether each part of this process does its work", labels=("part",)
    )
    for part, works in sorted(ready.items()):
        family.add_metric((part,), 1.0 if works else 0.0)
    return family
