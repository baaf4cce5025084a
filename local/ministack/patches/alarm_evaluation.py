"""Alarms: their own dimensions, M out of N, missing data, percentiles and metric math; recovery as time passes.

MiniStack looks at every metric of the same name whatever its dimensions, at one value for the whole time, and only
when a metric arrives. Here an alarm looks at its own metric in each of its last periods, and DescribeAlarms looks
again. Model, not AWS: the period that has just begun counts, so an alarm goes off at once, not after its period;
SetAlarmState is undone by the next look.
"""

import time

import metric_math
from ministack.services import cloudwatch
from patching import original, replace

COMPARISONS = {
    "GreaterThanOrEqualToThreshold": float.__ge__,
    "GreaterThanThreshold": float.__gt__,
    "LessThanThreshold": float.__lt__,
    "LessThanOrEqualToThreshold": float.__le__,
}


def queries_of(alarm):
    """The alarm's metric queries; a plain alarm is one query."""
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    stat = {"Metric": alarm, "Period": alarm.get("Period", 60), "Stat": statistic}
    return alarm.get("Metrics") or [{"Id": "m", "ReturnData": True, "MetricStat": stat}]


def series(stat, start):
    """The metric's value in each period since `start`, by the period's beginning."""
    metric, period = stat["Metric"], int(stat.get("Period", 60))
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    points = {}
    for point in cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], dimensions), []):
        if point["Timestamp"] >= start:
            points.setdefault(int(point["Timestamp"] // period) * period, []).append(point)
    name = stat.get("Stat", "Average")
    return {at: cloudwatch._stat_value(cloudwatch._calc_stats(held), name, held) for at, held in points.items()}


def solve(queries, start):
    """Every query's series by its id; an expression may use those before it."""
    solved = {query["Id"]: series(query["MetricStat"], start) for query in queries if query.get("MetricStat")}
    times = sorted({at for values in solved.values() for at in values})
    for query in (query for query in queries if query.get("Expression")):
        tree = metric_math.parse(query["Expression"])
        results = {at: metric_math.evaluate(tree, {i: v.get(at) for i, v in solved.items()}) for at in times}
        solved[query["Id"]] = {at: value for at, value in results.items() if value is not None}
    return solved


def state_of(alarm, now):
    """The state that the alarm should be in, and why; None where it keeps the one that it has."""
    queries = queries_of(alarm)
    expressions = [metric_math.parse(query["Expression"]) for query in queries if query.get("Expression")]
    if any(metric_math.is_absent(tree) for tree in expressions):
        return None
    compare = COMPARISONS.get(alarm.get("ComparisonOperator"))
    if compare is None:
        return None
    period = max(int(query["MetricStat"].get("Period", 60)) for query in queries if query.get("MetricStat"))
    count = int(alarm.get("EvaluationPeriods") or 1)
    latest = int(now // period) * period
    missing = alarm.get("TreatMissingData") or "missing"
    returned = next(query["Id"] for query in queries if query.get("ReturnData", True) is not False)
    values = solve(queries, latest - (count - 1) * period)[returned]
    if not values and (missing == "ignore" or (missing == "missing" and alarm["StateValue"] == "INSUFFICIENT_DATA")):
        return None
    if not values and missing == "missing":
        return "INSUFFICIENT_DATA", f"No datapoint in {count} periods"
    periods = [latest - i * period for i in range(count)]
    threshold = float(alarm["Threshold"])
    breaching = sum(compare(float(values[at]), threshold) if at in values else missing == "breaching" for at in periods)
    needed = int(alarm.get("DatapointsToAlarm") or count)
    seen = ", ".join(f"{values[at]:g}" for at in periods if at in values) or "none"
    reason = f"Threshold Crossed: {breaching} of {count} datapoints [{seen}] against the threshold {threshold:g}"
    return ("ALARM" if breaching >= needed else "OK"), reason


def evaluate(alarm):
    if not (alarm.get("Metrics") or alarm.get("Namespace")):
        return
    result = state_of(alarm, time.time())
    old = alarm["StateValue"]
    if result is None or result[0] == old:
        return
    new, reason = result
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def look_first(describe):
    def look_and_describe(*args, **kwargs):
        cloudwatch._evaluate_all_alarms()
        return describe(*args, **kwargs)

    return look_and_describe


def apply():
    for name in (
        "_metrics", "_dims_key", "_dims_from_list", "_stat_value", "_calc_stats", "_record_history",
        "_dispatch_alarm_actions", "_evaluate_parent_alarms", "_evaluate_all_alarms",
    ):  # fmt: skip
        original(cloudwatch, name)
    replace(cloudwatch, "_evaluate_alarm", lambda _old: evaluate)
    replace(cloudwatch, "_describe_alarms", look_first)
