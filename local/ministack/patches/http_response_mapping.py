"""HTTP APIs: response parameter mappings, and `$context.authorizer.<key>` in them.

AWS changes the integration's answer as the mapping for its status code says (`append:header.x`, `overwrite:...`,
`remove:...`, `overwrite:statuscode`); MiniStack ignores mappings. Model, not AWS: values from the response
(`$response.*`) are not known here. A template's mappings are brought into the API's form by http_control_plane.
"""

import request_state
from ministack.services import apigateway as http
from patching import original, replace

AUTHORIZER = "$context.authorizer."


def atom(resolve):
    def resolve_with_context(expression, **scopes):
        if expression.startswith(AUTHORIZER) and "." not in expression[len(AUTHORIZER) :]:
            context = scopes["context_vars"].get("authorizer.lambda") or request_state.authorizer_context.get() or {}
            return context.get(expression[len(AUTHORIZER) :])
        return resolve(expression, **scopes)

    return resolve_with_context


def mapped(integration, response):
    status, headers, body = response
    for destination, source in mapping_for(integration, status).items():
        operation, _, location = destination.partition(":")
        value = resolve(source)
        if location == "statuscode":
            status = int(value)
        elif location.startswith("header.") and (value is not None or operation == "remove"):
            change_header(headers, operation, location[len("header.") :], value)
    return status, headers, body


def mapping_for(integration, status):
    return (integration.get("responseParameters") or {}).get(str(status)) or {}


def resolve(source):
    context = {"authorizer.lambda": request_state.authorizer_context.get()}
    return http._resolve_mapping_value(
        source, request_headers={}, request_query={}, path_params={}, context_vars=context, stage_vars={}
    )


def change_header(headers, operation, name, value):
    present = next((key for key in headers if key.lower() == name.lower()), None)
    if operation == "append" and present:
        headers[present] = f"{headers[present]},{value}"
        return
    if present:
        del headers[present]
    if operation != "remove":
        headers[name] = value


def after(invoke):
    async def invoke_and_map(integration, *args, **kwargs):
        return mapped(integration, await invoke(integration, *args, **kwargs))

    return invoke_and_map


def remember(authorize):
    async def authorize_and_remember(*args, **kwargs):
        error, context = await authorize(*args, **kwargs)
        request_state.authorizer_context.set(context or {})
        return error, context

    return authorize_and_remember


def fresh_state(execute):
    async def execute_with_fresh_state(*args, **kwargs):
        request_state.clear()
        return await execute(*args, **kwargs)

    return execute_with_fresh_state


def apply():
    original(http, "_resolve_mapping_value")
    replace(http, "_resolve_mapping_atom", atom)
    replace(http, "_authorize_request_v2", remember)
    replace(http, "_invoke_lambda_proxy", after)
    replace(http, "_invoke_http_proxy", after)
    replace(http, "_handle_execute_in_scope", fresh_state)
