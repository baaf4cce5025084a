"""REST APIs: the usage plans of one key.

AWS filters GetUsagePlans by `keyId` and refuses a key in two plans of one stage (409). MiniStack returns all plans and
takes the key. Still not AWS: a key may be in ten plans there.
"""

from ministack.services import apigateway_v1 as rest
from patching import original, replace


def plans_of_key(get_usage_plans):
    def patched(query_params):
        key_id = query_params.get("keyId")
        key_id = key_id[0] if isinstance(key_id, list) else key_id
        if not key_id:
            return get_usage_plans(query_params)
        plans = [plan for plan_id, plan in rest._usage_plans.items() if key_id in rest._usage_plan_keys.get(plan_id, {})]
        return rest._v1_paginated_response(plans, query_params)

    return patched


def stages_of(plan_id):
    return {(stage["apiId"], stage["stage"]) for stage in rest._usage_plans[plan_id].get("apiStages", [])}


def one_plan_for_a_stage(create_usage_plan_key):
    def patched(plan_id, data):
        key_id = data.get("keyId", "")
        if plan_id in rest._usage_plans:
            for other_id, keys in rest._usage_plan_keys.items():
                if key_id in keys and (other_id == plan_id or stages_of(other_id) & stages_of(plan_id)):
                    return rest._v1_error(
                        "ConflictException",
                        f"API Key {key_id} cannot be added to Usage Plan {plan_id} because it is in {other_id} already",
                        409,
                    )
        return create_usage_plan_key(plan_id, data)

    return patched


def apply():
    for name in ("_usage_plans", "_usage_plan_keys", "_v1_paginated_response", "_v1_error"):
        original(rest, name)
    replace(rest, "_get_usage_plans", plans_of_key)
    replace(rest, "_create_usage_plan_key", one_plan_for_a_stage)
