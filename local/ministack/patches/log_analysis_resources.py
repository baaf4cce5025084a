"""CloudFormation: Contributor Insights rules and saved queries can be part of a stack.

MiniStack refuses a stack with either. Model, not AWS: nothing is made; there are no reports of the rules and no saved
queries to look up.
"""

from ministack.services.cloudformation import provisioners
from patching import original

NAMES = {"AWS::CloudWatch::InsightRule": "RuleName", "AWS::Logs::QueryDefinition": "QueryDefinitionId"}


def placeholder(name):
    def create(logical_id, _props, stack_name):
        physical_id = f"{stack_name}-{logical_id}"
        return physical_id, {"Arn": f"arn:aws:none:::{physical_id}", name: physical_id}

    def update(physical_id, _old, _new, _stack_name):
        return physical_id, {"Arn": f"arn:aws:none:::{physical_id}", name: physical_id}

    return {"create": create, "update": update, "delete": lambda _physical_id, _props: None}


def apply():
    handlers = original(provisioners, "_RESOURCE_HANDLERS")
    for kind, name in NAMES.items():
        handlers.setdefault(kind, placeholder(name))
