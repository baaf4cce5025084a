"""CloudFormation: AWS::CloudWatch::Alarm with `Metrics` (metric math).

AWS takes it; MiniStack refuses the whole deployment. Needs alarm_evaluation to have an effect. Model, not AWS: the
functions in metric_math.py; an alarm with any other is refused by the deployment, so that none is silently dead.
Anomaly detection and Contributor Insights are the exception: nothing here learns or ranks, so an alarm that needs
either is deployed and stays INSUFFICIENT_DATA, as on AWS before there is data.
"""

import metric_math
from ministack.services.cloudformation import provisioners
from patching import replace

PLACEHOLDER = "metric math"


def record(plain):
    def record_with_math(name, props):
        queries = props.get("Metrics")
        if not queries:
            return plain(name, props)
        for query in queries:
            if query.get("Expression"):
                metric_math.parse(query["Expression"])
        rest = {key: value for key, value in props.items() if key not in ("Metrics", "ThresholdMetricId")}
        # An alarm on an anomaly band has none: it is compared with the band.
        rest.setdefault("Threshold", 0)
        alarm = plain(name, {**rest, "MetricName": PLACEHOLDER, "Namespace": PLACEHOLDER})
        for key in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period"):
            alarm.pop(key, None)
        return {**alarm, "Metrics": queries}

    return record_with_math


def apply():
    replace(provisioners, "_cw_metric_alarm_record", record)
