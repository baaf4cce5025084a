"""Alarms: a change of state is an event, `CloudWatch Alarm State Change`, on the account's default event bus.

AWS sends one for every alarm; MiniStack sends none. Model, not AWS: an event has no `reasonData`, its `configuration`
holds the description alone, and the first event of an alarm names no time for the state before.
"""

import json
import time

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, eventbridge
from patching import original, replace

changed_at = {}  # alarm ARN -> when it last changed


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime(seconds))


def send(record):
    def record_and_send(name, old, new, reason, *args, **kwargs):
        record(name, old, new, reason, *args, **kwargs)
        if old == new:
            return
        arn, now = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}", time.time()
        before = {"value": old, **({"timestamp": stamp(changed_at[arn])} if arn in changed_at else {})}
        changed_at[arn] = now
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name) or {}
        detail = {
            "alarmName": name,
            "state": {"value": new, "reason": reason, "timestamp": stamp(now)},
            "previousState": before,
            "configuration": {"description": alarm.get("AlarmDescription") or ""},
        }
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": [arn],
            "Detail": json.dumps(detail),
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

    return record_and_send


def apply():
    original(eventbridge, "_put_events")
    original(cloudwatch, "_alarms")
    original(cloudwatch, "_composite_alarms")
    replace(cloudwatch, "_record_history", send)
