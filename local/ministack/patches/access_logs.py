"""Access logs of REST and HTTP APIs.

AWS writes one line in the stage's format for each request. MiniStack stores the setting and writes nothing. It drops the
setting from a REST stage's template, shows an empty one where a REST stage has none, and has no DeleteAccessLogSettings.
Model, not AWS: only the variables in `facts` are filled, the others are `-`; a denied request's authorizer context is
there, which is not confirmed for AWS; no role and no permission for logs is asked for.
"""

import logging
import re
import time
import urllib.parse

import request_state
from ministack.services import apigateway as http
from ministack.services import apigateway_v1 as rest
from ministack.services import cloudwatch_logs as logs
from ministack.services.cloudformation import provisioners
from patching import original, replace

RESOURCE = "AWS::ApiGateway::Stage"
VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]+)")
logger = logging.getLogger("headgate.access_logs")


def write(settings, facts):
    arn, template = (settings or {}).get("destinationArn"), (settings or {}).get("format")
    group = logs._log_groups.get(arn.split(":log-group:")[-1].removesuffix(":*")) if arn and template else None
    if group is None:
        return
    now = int(time.time() * 1000)
    empty = {"events": [], "uploadSequenceToken": "1", "creationTime": now}
    empty.update(firstEventTimestamp=None, lastEventTimestamp=None, lastIngestionTime=None)
    stream = group["streams"].setdefault("access", empty)
    line = VARIABLE.sub(lambda match: str(facts.get(match[1], "-")), template)
    logs._append_log_events(stream, [{"timestamp": now, "ingestionTime": now, "message": line}])


def facts(api_id, stage, method, path, headers, response, began):
    forwarded = {key.lower(): value for key, value in (headers or {}).items()}.get("x-forwarded-for", "127.0.0.1")
    answered = {key.lower(): value for key, value in response[1].items()}
    context = request_state.authorizer_context.get() or {}
    return {
        "apiId": api_id,
        "stage": stage,
        "httpMethod": method,
        "path": path,
        "resourcePath": request_state.route.get() or "-",
        "routeKey": request_state.route.get() or "-",
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
        "responseLatency": round((time.monotonic() - began) * 1000),
        "integration.status": request_state.integration_status.get() or "-",
        "status": response[0],
        "requestId": answered.get("x-amzn-requestid", "-"),
        "identity.sourceIp": forwarded.split(",")[0].strip(),
        "error.responseType": request_state.error_response_type.get() or "-",
        **{f"authorizer.{key}": value for key, value in context.items()},
    }


def logged(execute, stages, method_first):
    async def execute_and_log(api_id, stage, first, second, headers, *args, **kwargs):
        began = time.monotonic()
        response = await execute(api_id, stage, first, second, headers, *args, **kwargs)
        method, path = (first, second) if method_first else (second, first)
        try:
            settings = ((stages.get(api_id) or {}).get(stage) or {}).get("accessLogSettings")
            write(settings, facts(api_id, stage, method, path, headers, response, began))
        except Exception:
            logger.exception("access log")
        return response

    return execute_and_log


def rest_route(execute):
    async def execute_and_remember(request, *args, **kwargs):
        response = await execute(request, *args, **kwargs)
        request_state.route.set(request["resource_path"] or None)
        if request["resource_path"] and not isinstance(response, rest._GatewayError):
            request_state.integration_status.set(response[0])
        return response

    return execute_and_remember


def http_route(match):
    def match_and_remember(*args):
        route = match(*args)
        request_state.route.set(route and route.get("routeKey"))
        return route

    return match_and_remember


def http_integration(invoke):
    async def invoke_and_remember(*args, **kwargs):
        response = await invoke(*args, **kwargs)
        request_state.integration_status.set(response[0])
        return response

    return invoke_and_remember


def keep_setting(create):
    def create_and_keep(logical_id, props, stack_name):
        created = create(logical_id, props, stack_name)
        setting = props.get("AccessLogSetting")
        stage = (rest._stages_v1.get(props.get("RestApiId")) or {}).get(props.get("StageName"))
        if setting and stage is not None:
            destination, template = setting.get("DestinationArn"), setting.get("Format")
            stage["accessLogSettings"] = {"destinationArn": destination, "format": template}
        return created

    return create_and_keep


def delete_setting(handle):
    async def handle_and_delete(method, path, headers, body, query):
        match method, [part for part in path.split("/") if part]:
            case "DELETE", ["v2", "apis", api_id, "stages", stage_name, "accesslogsettings"]:
                stage = (http._stages.get(api_id) or {}).get(urllib.parse.unquote(stage_name))
                if stage is None:
                    return http._apigw_error("NotFoundException", "Invalid stage identifier specified", 404)
                stage.pop("accessLogSettings", None)
                return 204, {}, b""
        return await handle(method, path, headers, body, query)

    return handle_and_delete


def without_empty(value):
    if isinstance(value, dict):
        empty = value.get("accessLogSettings") == {}
        return {key: without_empty(one) for key, one in value.items() if not (empty and key == "accessLogSettings")}
    return [without_empty(one) for one in value] if isinstance(value, list) else value


def apply():
    for name in ("_log_groups", "_append_log_events"):
        original(logs, name)
    original(rest, "_GatewayError")
    original(http, "_apigw_error")
    replace(http, "handle_request", delete_setting)
    replace(rest, "_v1_response", lambda respond: lambda data, status=200: respond(without_empty(data), status))
    replace(rest, "_execute_in_scope", rest_route)
    replace(http, "_match_route", http_route)
    replace(http, "_invoke_lambda_proxy", http_integration)
    replace(http, "_invoke_http_proxy", http_integration)
    rest_stages, http_stages = original(rest, "_stages_v1"), original(http, "_stages")
    replace(rest, "_handle_execute_in_scope", lambda execute: logged(execute, rest_stages, True))
    replace(http, "_handle_execute_in_scope", lambda execute: logged(execute, http_stages, False))
    handlers = original(provisioners, "_RESOURCE_HANDLERS")
    handlers[RESOURCE] = {**handlers[RESOURCE], "create": keep_setting(handlers[RESOURCE]["create"])}
