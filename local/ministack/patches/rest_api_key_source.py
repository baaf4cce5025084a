"""REST APIs with `apiKeySource: AUTHORIZER`: the usage plan's key is the one that the authorizer returned.

AWS then reads `usageIdentifierKey` from the authorizer's answer and ignores the x-api-key header. MiniStack does not
store the setting from a template and always reads the header. Model, not AWS: throttles and quotas are counted
exactly here; on AWS they are best effort.
"""

import json

import request_state
from ministack.services import apigateway_v1 as rest
from ministack.services.cloudformation import provisioners
from patching import original, replace

RESOURCE = "AWS::ApiGateway::RestApi"


def remember_key(invoke):
    async def invoke_and_remember(authorizer, event, account_id, region):
        result = await invoke(authorizer, event, account_id, region)
        api = rest._rest_apis.get((event.get("requestContext") or {}).get("apiId"))
        if api and api.get("apiKeySource") == "AUTHORIZER":
            request_state.usage_identifier_key.set(returned(result).get("usageIdentifierKey") or "")
        return result

    return invoke_and_remember


def returned(result):
    body = (result or {}).get("body")
    try:
        body = json.loads(body) if isinstance(body, (str, bytes)) else body
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def key_of_request(from_header):
    def key(headers):
        remembered = request_state.usage_identifier_key.get()
        return from_header(headers) if remembered is None else remembered

    return key


def keep_setting(create):
    def create_and_keep(logical_id, props, stack_name):
        created = create(logical_id, props, stack_name)
        if props.get("ApiKeySourceType"):
            rest._rest_apis[created[0]]["apiKeySource"] = props["ApiKeySourceType"]
        return created

    return create_and_keep


def apply():
    original(rest, "_rest_apis")
    replace(rest, "_invoke_authorizer_lambda", remember_key)
    replace(rest, "_api_key_from_request", key_of_request)
    handlers = original(provisioners, "_RESOURCE_HANDLERS")
    handlers[RESOURCE] = {**handlers[RESOURCE], "create": keep_setting(handlers[RESOURCE]["create"])}
