"""HTTP APIs: API Gateway needs `lambda:InvokeFunction` on the authorizer and on the backend.

AWS answers 500 where the function's policy does not name the API; MiniStack calls it all the same.
"""

from invoke_permission import execute_api_arn, may_invoke
from ministack.services import apigateway as http
from patching import original, replace

REFUSED = 500, {"Content-Type": "application/json"}, b'{"message":"Internal Server Error"}'

#: Behind the method come headers, body, query and the route's key.
ROUTE_KEY = 3


def integration(invoke):
    async def invoke_if_permitted(record, api_id, stage, path, method, *args, **kwargs):
        account_id, region = kwargs.get("owner_account_id"), kwargs.get("owner_region")
        function_ref = http._extract_lambda_ref_from_integration_uri(record.get("integrationUri", ""))
        route_key = args[ROUTE_KEY]
        route = "/" + route_key if " " not in route_key else f"/{method}{route_key.split(' ', 1)[1]}"
        source = execute_api_arn(region, account_id, f"{api_id}/{stage}{route}")
        if not (record.get("credentialsArn") or may_invoke(function_ref, account_id, region, source)):
            return REFUSED
        return await invoke(record, api_id, stage, path, method, *args, **kwargs)

    return invoke_if_permitted


def authorizer(invoke):
    async def invoke_if_permitted(record, event, account_id, region):
        function_ref = http._extract_lambda_ref_from_integration_uri(record.get("authorizerUri", ""))
        api_id = (event.get("routeArn") or event.get("methodArn")).split(":")[5].split("/")[0]
        source = execute_api_arn(region, account_id, f"{api_id}/authorizers/{record.get('authorizerId')}")
        if record.get("authorizerCredentialsArn") or may_invoke(function_ref, account_id, region, source):
            return await invoke(record, event, account_id, region)
        return None

    return invoke_if_permitted


def apply():
    original(http, "_extract_lambda_ref_from_integration_uri")
    replace(http, "_invoke_lambda_proxy", integration)
    replace(http, "_invoke_request_authorizer_lambda", authorizer)
