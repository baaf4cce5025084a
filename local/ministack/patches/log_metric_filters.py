"""CloudWatch Logs: metric filters count the lines that match their pattern.

MiniStack keeps the filters and counts nothing. Alarms are looked at once a line has brought a metric. Model, not AWS: a
dimension or value that the line does not have makes no metric; no default values.
"""

import json
import logging

from ministack.services import cloudwatch
from ministack.services import cloudwatch_logs as logs
from patching import original, replace

logger = logging.getLogger("headgate.log_metric_filters")


def group_of(stream):
    groups = logs._log_groups.items()
    return next((name for name, group in groups if any(one is stream for one in group["streams"].values())), None)


def taken_from(document, text):
    return document.get(text[2:]) if text.startswith("$.") else text


def count(transformation, message):
    try:
        document = json.loads(message)
    except ValueError:
        document = {}
    given = transformation.get("dimensions") or {}
    dimensions = {name: taken_from(document, field) for name, field in given.items()}
    value = taken_from(document, transformation["metricValue"])
    if value is None or None in dimensions.values():
        return False
    unit = transformation.get("unit", "None")
    namespace, name = transformation["metricNamespace"], transformation["metricName"]
    cloudwatch.record_metric(namespace, name, float(value), unit, dimensions)
    return True


def read(stream, events):
    group = group_of(stream)
    filters = [one for (of, _name), one in logs._metric_filters.items() if of == group]
    counted = [
        count(transformation, event["message"])
        for one in filters
        for event in events
        if logs._compile_filter_pattern(one["filterPattern"])(event["message"])
        for transformation in one["metricTransformations"]
    ]
    if any(counted):
        cloudwatch._evaluate_all_alarms()


def append_and_read(append):
    def append_and_count(stream, events):
        append(stream, events)
        try:
            if logs._metric_filters:
                read(stream, events)
        except Exception:
            logger.exception("metric filters")

    return append_and_count


def apply():
    for name in ("_log_groups", "_metric_filters", "_compile_filter_pattern"):
        original(logs, name)
    for name in ("record_metric", "_evaluate_all_alarms"):
        original(cloudwatch, name)
    replace(logs, "_append_log_events", append_and_read)
