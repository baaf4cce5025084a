"""REST APIs: `requestContext.identity.apiKey` and `.apiKeyId` of a method that needs an API key.

AWS gives both to the authorizer and to the backend; MiniStack to neither. Model, not AWS: whether a real authorizer
sees the id of a key that no plan of the stage holds is not documented; here it does not.
"""

import request_state
from ministack.services import apigateway_v1 as rest
from patching import original, replace


def identity(api_id, stage, resource, http_method, headers):
    methods = (resource or {}).get("resourceMethods") or {}
    method = methods.get(http_method) or methods.get("ANY") or {}
    if not method.get("apiKeyRequired"):
        return {}
    from_authorizer = (rest._rest_apis.get(api_id) or {}).get("apiKeySource") == "AUTHORIZER"
    value = request_state.usage_identifier_key.get() if from_authorizer else rest._header_ci(headers, "x-api-key")
    key = rest._resolve_api_key(value)
    if key is None or not rest._usage_plans_for_key(key["id"], api_id, stage):
        return {}
    return {"apiKey": key["value"], "apiKeyId": key["id"]}


def authorizer_event(invoke):
    async def invoke_with_identity(authorizer, event, account_id, region):
        context = event.get("requestContext") or {}
        resource = rest._resources.get(context.get("apiId"), {}).get(context.get("resourceId"))
        if resource:
            known = identity(
                context["apiId"], context["stage"], resource, context["httpMethod"], event.get("headers") or {}
            )
            context["identity"].update(known)
        return await invoke(authorizer, event, account_id, region)

    return invoke_with_identity


def backend_event(build):
    def build_with_identity(api_id, stage_name, stage, resource, request_path, method, headers, *args, **kwargs):
        event = build(api_id, stage_name, stage, resource, request_path, method, headers, *args, **kwargs)
        event["requestContext"]["identity"].update(identity(api_id, stage_name, resource, method, headers))
        return event

    return build_with_identity


def apply():
    for name in ("_rest_apis", "_resources", "_header_ci", "_resolve_api_key", "_usage_plans_for_key"):
        original(rest, name)
    replace(rest, "_invoke_authorizer_lambda", authorizer_event)
    replace(rest, "_build_lambda_event_v1", backend_event)
