"""Embedded metric format: a log line with an `_aws` block becomes metrics, and alarms see them.

AWS reads such lines from a function's log; MiniStack only stores them. Alarms are looked at once a line has brought a
metric: at once instead of at the end of their period.
"""

import json

from ministack.services import cloudwatch, lambda_svc
from patching import original, replace


def record(document):
    """Records the line's metrics; true where there was one."""
    found = False
    for directive in (document.get("_aws") or {}).get("CloudWatchMetrics", []):
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(document.get(name, "")) for name in names}
            for metric in directive["Metrics"]:
                for value in as_list(document.get(metric["Name"])):
                    if isinstance(value, (int, float)):
                        unit = metric.get("Unit", "None")
                        cloudwatch.record_metric(directive["Namespace"], metric["Name"], value, unit, dimensions)
                        found = True
    return found


def as_list(value):
    return value if isinstance(value, list) else [value]


def documents(text):
    for line in (text or "").splitlines():
        try:
            document = json.loads(line[line.index("{") :])
        except ValueError:
            continue
        if isinstance(document, dict):
            yield document


def read_metrics(emit):
    def emit_and_read(function, request_id, text, *args, **kwargs):
        emit(function, request_id, text, *args, **kwargs)
        if any([record(document) for document in documents(text)]):
            cloudwatch._evaluate_all_alarms()

    return emit_and_read


def apply():
    original(cloudwatch, "record_metric")
    original(cloudwatch, "_evaluate_all_alarms")
    replace(lambda_svc, "_emit_lambda_logs", read_metrics)
