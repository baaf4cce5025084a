"""REST APIs: UpdateUsagePlan on `/apiStages`.

AWS adds and removes the stages of a plan with it (`/apiStages` with the value `API:STAGE`) and sets the limits of
single methods (`/apiStages/API:STAGE/throttle/PATH/METHOD/rateLimit`). MiniStack writes the text over the list, and
every call with a key of the plan is then answered 500.
"""

import json

import json_patch
from ministack.services import apigateway_v1 as rest
from patching import original, replace


class NotInPlan(Exception):
    """The plan has no such stage; the message names it."""


def update_usage_plan(plan_id, data):
    plan = rest._usage_plans.get(plan_id)
    if not plan:
        return rest._v1_error("NotFoundException", "Invalid Usage Plan identifier specified", 404)
    try:
        for operation in data.get("patchOperations", []):
            path = json_patch.tokens(operation["path"])
            if path[0] == "apiStages":
                change_stages(plan, path[1:], operation)
            else:
                json_patch.apply(plan, [operation])
    except NotInPlan as missing:
        return rest._v1_error("NotFoundException", f"Usage Plan Stage {missing} not found", 404)
    return rest._v1_response(plan)


def change_stages(plan, path, operation):
    removes, value = operation.get("op") == "remove", operation.get("value")
    name = path[0] if path else value
    entry = next((stage for stage in plan["apiStages"] if f"{stage['apiId']}:{stage['stage']}" == name), None)
    if not path and not removes:
        if entry is None:
            api_id, _, stage = name.partition(":")
            plan["apiStages"].append({"apiId": api_id, "stage": stage})
    elif entry is None:
        raise NotInPlan(name)
    elif len(path) <= 1:
        plan["apiStages"].remove(entry)
    else:
        change_throttle(entry, path[2:], removes, value)


def change_throttle(entry, path, removes, value):
    """`path` is what follows `/throttle`: nothing, PATH/METHOD, or PATH/METHOD/rateLimit."""
    throttle = entry.setdefault("throttle", {})
    limit = path[-1] if path and path[-1] in ("rateLimit", "burstLimit") else None
    method = "/".join(path[:-1] if limit else path)
    if not path:
        entry["throttle"] = {} if removes else json.loads(value)
    elif removes and limit is None:
        throttle.pop(method, None)
    elif removes:
        throttle.get(method, {}).pop(limit, None)
    else:
        throttle.setdefault(method, {})[limit] = json_patch.typed(["throttle", limit], value)
    if not entry["throttle"]:
        del entry["throttle"]


def apply():
    original(rest, "_usage_plans")
    replace(rest, "_update_usage_plan", lambda _: update_usage_plan)
