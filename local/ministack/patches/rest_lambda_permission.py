"""REST APIs: API Gateway needs `lambda:InvokeFunction` on the authorizer and on the backend.

AWS answers 500 where the function's policy does not name the API; MiniStack calls it all the same, which hides a
missing AWS::Lambda::Permission.
"""

from invoke_permission import execute_api_arn, may_invoke
from ministack.services import apigateway_v1 as rest
from patching import original, replace


def integration(call):
    async def call_if_permitted(function_ref, event, *, account_id=None, region=None):
        context = event.get("requestContext", {}) if isinstance(event, dict) else {}
        if "apiId" in context:
            path = f"{context['apiId']}/{context.get('stage')}/{event.get('httpMethod')}{event.get('resource') or '/'}"
            if not may_invoke(function_ref, account_id, region, execute_api_arn(region, account_id, path)):
                return None, "Invalid permissions on Lambda function"
        return await call(function_ref, event, account_id=account_id, region=region)

    return call_if_permitted


def authorizer(invoke):
    async def invoke_if_permitted(record, event, account_id, region):
        function_ref = rest._extract_lambda_ref_from_integration_uri(record.get("authorizerUri", ""))
        api_id = event["methodArn"].split(":")[5].split("/")[0]
        source = execute_api_arn(region, account_id, f"{api_id}/authorizers/{record.get('id')}")
        if record.get("authorizerCredentials") or may_invoke(function_ref, account_id, region, source):
            return await invoke(record, event, account_id, region)
        return None

    return invoke_if_permitted


def apply():
    original(rest, "_extract_lambda_ref_from_integration_uri")
    replace(rest, "_call_lambda_raw", integration)
    replace(rest, "_invoke_authorizer_lambda", authorizer)
