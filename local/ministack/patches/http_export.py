"""HTTP APIs: ExportApi, of what a stage serves or of the API as it is, as OpenAPI 3.0 with API Gateway's extensions.

MiniStack has no such call. Model, not AWS: JSON only, without models and parameters; a stage with AutoDeploy is the API
as it is. Its order: after http_deployment_snapshot.
"""

import json

from ministack.core.responses import get_region
from ministack.services import apigateway as http
from patching import original, replace

from .http_deployment_snapshot import deploys_itself, snapshots

EXTENSION = "x-amazon-apigateway-"


def export_api(api_id, query):
    api = http._apis.get(api_id)
    if not api:
        return http._api_not_found(api_id)
    stage_name = first(query, "stageName")
    stage = http._stages.get(api_id, {}).get(stage_name)
    if stage_name and stage is None:
        return http._apigw_error("NotFoundException", "Invalid stage identifier specified", 404)
    served = snapshots.of(api_id, stage.get("deploymentId")) if stage and not deploys_itself(stage) else None
    if stage and not deploys_itself(stage) and served is None:
        return http._apigw_error("BadRequestException", f"Stage {stage_name} has no deployment", 400)
    with snapshots.serving(served):
        body = json.dumps(document(api_id, api, stage_name)).encode()
    return 200, {"Content-Type": "application/octet-stream"}, body


def first(query, name):
    value = query.get(name)
    return value[0] if isinstance(value, list) and value else value


def document(api_id, api, stage_name):
    authorizers = http._authorizers.get(api_id, {})
    integrations = http._integrations.get(api_id, {})
    paths = {}
    for route in http._routes.get(api_id, {}).values():
        method, _, path = route["routeKey"].rpartition(" ")
        name = method.lower() if method not in ("", "ANY") else f"{EXTENSION}any-method"
        exported = operation(route, authorizers, integrations)
        paths.setdefault(path if method else "/$default", {})[name] = exported
    used = {route.get("authorizerId") for route in http._routes.get(api_id, {}).values()}
    schemes = {one["name"]: scheme(one) for key, one in authorizers.items() if key in used}
    url = f"https://{api_id}.execute-api.{get_region()}.amazonaws.com"
    server = {"url": url} if stage_name in (None, "$default") else {"url": f"{url}/{stage_name}"}
    return {
        "openapi": "3.0.1",
        "info": {"title": api["name"], "version": api.get("version") or "1.0"},
        "servers": [server],
        "paths": paths,
        "components": {"securitySchemes": schemes} if schemes else {},
        **({f"{EXTENSION}cors": api["corsConfiguration"]} if api.get("corsConfiguration") else {}),
        f"{EXTENSION}importexport-version": "1.0",
    }


def operation(route, authorizers, integrations):
    key = route["routeKey"]
    exported = {"responses": {"default": {"description": f"Default response for {key}"}}}
    if key == "$default":
        exported["isDefaultRoute"] = True
    authorizer = authorizers.get(route.get("authorizerId"))
    if authorizer:
        exported["security"] = [{authorizer["name"]: list(route.get("authorizationScopes") or [])}]
    if route.get("authorizationType") == "AWS_IAM":
        exported[f"{EXTENSION}auth"] = {"type": "AWS_IAM"}
    target = integrations.get((route.get("target") or "").removeprefix("integrations/"))
    if target:
        exported[f"{EXTENSION}integration"] = integration(target)
    return exported


def integration(record):
    members = {
        "payloadFormatVersion": record.get("payloadFormatVersion"),
        "type": record.get("integrationType", "").lower(),
        "httpMethod": record.get("integrationMethod"),
        "uri": record.get("integrationUri"),
        "connectionType": record.get("connectionType"),
        "requestParameters": record.get("requestParameters"),
        "responseParameters": record.get("responseParameters"),
        "timeoutInMillis": record.get("timeoutInMillis"),
    }
    return {name: member for name, member in members.items() if member}


def scheme(authorizer):
    if authorizer["authorizerType"] == "JWT":
        configuration = authorizer.get("jwtConfiguration") or {}
        return {"type": "oauth2", f"{EXTENSION}authorizer": {"type": "jwt", "jwtConfiguration": configuration}}
    source = authorizer.get("identitySource") or []
    extension = {
        "type": "request",
        "authorizerUri": authorizer.get("authorizerUri"),
        "authorizerResultTtlInSeconds": authorizer.get("authorizerResultTtlInSeconds"),
        "authorizerPayloadFormatVersion": authorizer.get("authorizerPayloadFormatVersion"),
        "enableSimpleResponses": authorizer.get("enableSimpleResponses"),
        **({"identitySource": ",".join(source)} if source else {}),
    }
    name = source[0].rpartition(".")[2] if source else "Unused"
    return {"type": "apiKey", "name": name, "in": "header", f"{EXTENSION}authorizer": extension}


def dispatch(handle):
    async def dispatch_export(method, path, headers, body, query):
        parts = [part for part in path.split("/") if part]
        if method == "GET" and len(parts) == 5 and (parts[:2], parts[3:]) == (["v2", "apis"], ["exports", "OAS30"]):
            return export_api(parts[2], query)
        return await handle(method, path, headers, body, query)

    return dispatch_export


def apply():
    for name in ("_apis", "_api_not_found", "_apigw_error", "_stages", "_routes", "_integrations", "_authorizers"):
        original(http, name)
    replace(http, "handle_request", dispatch)
