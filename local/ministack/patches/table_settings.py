"""DynamoDB tables: TTL and point-in-time recovery as a template says.

AWS applies `TimeToLiveSpecification` and `PointInTimeRecoverySpecification` of a table when it is made. MiniStack's
CloudFormation leaves both off. Still not AWS: a later change of them in the template is not applied.
"""

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners
from patching import original


def with_settings(create):
    def patched(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        ttl = props.get("TimeToLiveSpecification") or {}
        if str(ttl.get("Enabled")).lower() == "true":
            dynamodb._ttl_settings[name] = {
                "TimeToLiveStatus": "ENABLED",
                "AttributeName": ttl["AttributeName"],
            }
        recovery = props.get("PointInTimeRecoverySpecification") or {}
        if str(recovery.get("PointInTimeRecoveryEnabled")).lower() == "true":
            dynamodb._pitr_settings[name] = True
        return name, attributes

    return patched


def apply():
    for name in ("_ttl_settings", "_pitr_settings"):
        original(dynamodb, name)
    handlers = original(provisioners, "_RESOURCE_HANDLERS")["AWS::DynamoDB::Table"]
    handlers["create"] = with_settings(handlers["create"])
