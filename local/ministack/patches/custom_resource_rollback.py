"""CloudFormation: a custom resource whose Create failed is asked to Delete in the rollback.

AWS sends a Delete with the PhysicalResourceId of the failed answer, before what the resource depends on is deleted;
MiniStack forgets the resource, so whatever a half-done Create has left would stay, and nobody would notice. Model, not
AWS: a Delete that fails as well is only logged; the stack's status does not say so.
"""

import logging

from ministack.services.cloudformation import custom_resource, provisioners
from patching import original, replace

RESOURCE = "AWS::CloudFormation::CustomResource"
logger = logging.getLogger("cloudformation")

failed = {}  # (stack id, logical id) -> PhysicalResourceId of the last answer that said FAILED


def remember(deliver):
    def deliver_and_remember(token, response):
        if isinstance(response, dict) and response.get("Status") == "FAILED":
            failed[response.get("StackId"), response.get("LogicalResourceId")] = response.get("PhysicalResourceId")
        return deliver(token, response)

    return deliver_and_remember


def roll_back(create):
    def create_or_roll_back(logical_id, props, stack_name, resource_type=RESOURCE):
        key = (provisioners._cr_stack_id(stack_name), logical_id)
        failed.pop(key, None)
        try:
            return create(logical_id, props, stack_name, resource_type)
        except Exception:
            physical_id = failed.pop(key, None)
            if physical_id:
                delete(physical_id, props, stack_name, logical_id, resource_type)
            raise

    return create_or_roll_back


def delete(physical_id, props, stack_name, logical_id, resource_type):
    try:
        provisioners._custom_resource_delete(
            physical_id, props, stack_name=stack_name, logical_id=logical_id, resource_type=resource_type
        )
    except Exception as error:
        logger.error("Custom resource %s could not be deleted in the rollback: %s", logical_id, error)


def apply():
    original(provisioners, "_cr_stack_id")
    original(provisioners, "_custom_resource_delete")
    replace(custom_resource, "deliver_response", remember)
    replace(provisioners, "_custom_resource_create", roll_back)
    handlers = original(provisioners, "_RESOURCE_HANDLERS")
    handlers[RESOURCE] = {**handlers[RESOURCE], "create": provisioners._custom_resource_create}
