"""CloudFormation: AWS::CloudWatch::CompositeAlarm; and a composite alarm keeps silent while its suppressor is on.

MiniStack evaluates composite alarms, but refuses a stack with one and knows no suppressor. Model, not AWS: there is no
waiting for the suppressor (`ActionsSuppressorWaitPeriod`) and no silence after it (`ActionsSuppressorExtensionPeriod`).
"""

import json

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners
from patching import original, replace

KIND = "AWS::CloudWatch::CompositeAlarm"
SUPPRESSOR = "ActionsSuppressor"


def put(name, props):
    enabled = str(props.get("ActionsEnabled", True)).lower() != "false"
    status, _headers, body = cloudwatch._put_composite_alarm(
        {}, {**props, "AlarmName": name, "ActionsEnabled": enabled}, False, True
    )
    if status >= 300:
        raise ValueError(json.loads(body).get("message") or f"{KIND} {name} is refused")
    alarm = cloudwatch._composite_alarms[name]
    alarm[SUPPRESSOR] = props.get(SUPPRESSOR)
    return name, {"Arn": alarm["AlarmArn"]}


def create(logical_id, props, stack_name):
    return put(props.get("AlarmName") or f"{stack_name}-{logical_id}", props)


def update(physical_id, _old, new, _stack_name):
    return put(physical_id, new)


def delete(physical_id, _props):
    cloudwatch._composite_alarms.pop(physical_id, None)


def is_suppressed(alarm):
    reference = alarm.get(SUPPRESSOR)
    return bool(reference) and cloudwatch._rule_alarm_state(reference) == "ALARM"


def unless_suppressed(dispatch):
    def dispatch_unless_suppressed(alarm, *args, **kwargs):
        if not is_suppressed(alarm):
            dispatch(alarm, *args, **kwargs)

    return dispatch_unless_suppressed


def apply():
    for name in ("_put_composite_alarm", "_composite_alarms", "_rule_alarm_state"):
        original(cloudwatch, name)
    replace(cloudwatch, "_dispatch_alarm_actions", unless_suppressed)
    original(provisioners, "_RESOURCE_HANDLERS")[KIND] = {"create": create, "update": update, "delete": delete}
