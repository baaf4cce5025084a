"""REST APIs: `embed=methods` of GetResource(s) and `embed=apisummary` of GetDeployment(s).

AWS answers without it only which methods a resource has, and a deployment without its summary. MiniStack always gives
everything, and a summary of the API as it is now, not as it was deployed. Its order: after rest_deployment_snapshot.
"""

import json

from ministack.services import apigateway_v1 as rest
from patching import replace

from .rest_deployment_snapshot import snapshots


def wants(query, what):
    value = query.get("embed") or []
    values = value if isinstance(value, list) else [value]
    return any(what in part.lower().split(",") for part in values)


def each(response, change):
    """The response with every item of the list, or the one thing that it is, changed."""
    status, headers, body = response
    if status != 200:
        return response
    answer = json.loads(body)
    if isinstance(answer.get("item"), list):
        answer["item"] = [change(item) for item in answer["item"]]
    else:
        answer = change(answer)
    return rest._v1_response(answer)


def resource(query):
    def shown(record):
        methods = record.pop("resourceMethods", None)
        if methods:
            record["resourceMethods"] = methods if wants(query, "methods") else {name: {} for name in methods}
        return record

    return shown


def deployment(api_id, query):
    def shown(record):
        record.pop("apiSummary", None)
        snapshot = snapshots.of(api_id, record["id"])
        if snapshot and wants(query, "apisummary"):
            record["apiSummary"] = summary(snapshot["_resources"])
        return record

    return shown


def summary(resources):
    return {
        record["path"]: {
            name: {
                "authorizationType": method.get("authorizationType", "NONE"),
                "apiKeyRequired": method.get("apiKeyRequired", False),
            }
            for name, method in record["resourceMethods"].items()
        }
        for record in resources.values()
        if record.get("resourceMethods")
    }


def view(handle):
    async def handle_and_view(method, path, headers, body, query):
        response = await handle(method, path, headers, body, query)
        parts = [part for part in path.split("/") if part]
        if method != "GET" or parts[:1] != ["restapis"] or len(parts) not in (3, 4):
            return response
        if parts[2] == "resources":
            return each(response, resource(query))
        if parts[2] == "deployments":
            return each(response, deployment(parts[1], query))
        return response

    return handle_and_view


def apply():
    replace(rest, "handle_request", view)
