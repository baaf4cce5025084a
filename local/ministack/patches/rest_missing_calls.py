"""REST APIs: UpdateGatewayResponse, DeleteGatewayResponse of a default, TestInvokeAuthorizer,
FlushStageAuthorizersCache and GetUsage.

MiniStack has no such calls, and takes the deletion of a gateway response that was never changed. Model, not AWS: only
REQUEST authorizers can be tried out, and their log is empty; the usage of a plan is one number for each key, whatever
the dates.
"""

import json

import json_patch
from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway_v1 as rest
from patching import original, replace


def update_gateway_response(api_id, response_type, data):
    status, headers, body = rest._get_gateway_response(api_id, response_type)
    if status != 200:
        return status, headers, body
    changed = json_patch.apply(json.loads(body), data.get("patchOperations", []))
    status, headers, body = rest._put_gateway_response(api_id, response_type, changed)
    return (200 if status == 201 else status), headers, body


def delete_gateway_response(delete):
    def delete_if_changed(api_id, response_type):
        known = api_id in rest._rest_apis and response_type in rest._GATEWAY_RESPONSE_TYPES
        if known and response_type not in rest._gateway_responses.get(api_id, {}):
            return rest._v1_error("NotFoundException", "Gateway response type not defined on api", 404)
        return delete(api_id, response_type)

    return delete_if_changed


async def test_invoke_authorizer(api_id, authorizer_id, data):
    authorizer = rest._authorizers_v1.get(api_id, {}).get(authorizer_id)
    if authorizer is None:
        return rest._v1_error("NotFoundException", "Invalid Authorizer identifier specified", 404)
    account_id, region = get_account_id(), get_region()
    event = test_event(api_id, account_id, region, data)
    result = await rest._invoke_authorizer_lambda(authorizer, event, account_id, region)
    answer = answer_of(result or {})
    if "policyDocument" not in answer:
        return rest._v1_response({"clientStatus": 500, "log": "", "latency": 1})
    policy = json.dumps(answer["policyDocument"])
    principal = answer.get("principalId")
    return rest._v1_response({"clientStatus": 200, "log": "", "latency": 1, "principalId": principal, "policy": policy})


def answer_of(result):
    try:
        body = result.get("body")
        body = json.loads(body) if isinstance(body, (str, bytes)) else body
    except ValueError:
        return {}
    return body if isinstance(body, dict) and not result.get("error") else {}


def test_event(api_id, account_id, region, data):
    headers = data.get("headers") or {}
    stage = "test-invoke-stage"
    return {
        "type": "REQUEST",
        "methodArn": f"arn:aws:execute-api:{region}:{account_id}:{api_id}/{stage}/GET/",
        "resource": "/",
        "path": "/",
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {},
        "pathParameters": {},
        "stageVariables": data.get("stageVariables") or {},
        "requestContext": {
            "apiId": api_id,
            "accountId": account_id,
            "stage": stage,
            "httpMethod": "GET",
            "resourcePath": "/",
            "identity": {"sourceIp": "test-invoke-source-ip"},
        },
    }


def flush_authorizers_cache():
    rest._authorizer_cache.clear()
    return 202, {}, b""


def get_usage(plan_id, query):
    plan = rest._usage_plans.get(plan_id)
    if not plan:
        return rest._v1_error("NotFoundException", "Invalid Usage Plan identifier specified", 404)
    limit = (plan.get("quota") or {}).get("limit")
    used = {key: count for (plan, key), (count, _) in rest._quota_state.items() if plan == plan_id}
    days = {name: rest._qp(query, name, "") for name in ("startDate", "endDate")}
    values = {key: [[count, max(0, int(limit) - count) if limit else 0]] for key, count in used.items()}
    # The wire calls it so: the SDK's `items`.
    return rest._v1_response({"usagePlanId": plan_id, **days, "values": values})


def dispatch(handle):
    async def dispatch_missing(method, path, headers, body, query):
        parts = [part for part in path.split("/") if part]
        match (method, parts):
            case "PATCH", ["restapis", api_id, "gatewayresponses", response_type]:
                return update_gateway_response(api_id, response_type, json.loads(body or "{}"))
            case "POST", ["restapis", api_id, "authorizers", authorizer_id]:
                return await test_invoke_authorizer(api_id, authorizer_id, json.loads(body or "{}"))
            case "DELETE", ["restapis", _, "stages", _, "cache", "authorizers"]:
                return flush_authorizers_cache()
            case "GET", ["usageplans", plan_id, "usage"]:
                return get_usage(plan_id, query)
        return await handle(method, path, headers, body, query)

    return dispatch_missing


def apply():
    for name in ("_authorizer_cache", "_quota_state", "_usage_plans", "_gateway_responses", "_GATEWAY_RESPONSE_TYPES"):
        original(rest, name)
    for name in ("_get_gateway_response", "_put_gateway_response", "_invoke_authorizer_lambda", "_qp"):
        original(rest, name)
    replace(rest, "_delete_gateway_response", delete_gateway_response)
    replace(rest, "handle_request", dispatch)
