"""HTTP APIs: how AWS takes changes of authorizers, routes and integrations.

- A REQUEST authorizer without identity sources has none; MiniStack then asks for an Authorization header (401).
- An authorizer that a route refers to cannot be deleted (409), and two cannot have one name (400).
- A route that is given an authorizer needs the type with it, and the authorizer must be there (400); one that is given
  NONE loses its authorizer.
- UpdateIntegration changes the mappings of those status codes that it names: `{}` removes a code's mappings, and the
  other codes keep theirs. MiniStack replaces them all, and shows those of a template in the template's form.
"""

from ministack.services import apigateway as http
from ministack.services.cloudformation import provisioners
from patching import original, replace

WITH_AUTHORIZER = ("CUSTOM", "JWT")


def bad_request(message):
    return http._apigw_error("BadRequestException", message, 400)


def create_authorizer(create):
    def create_with_own_name(api_id, data):
        name = data.get("name", "")
        if any(other["name"] == name for other in http._authorizers.get(api_id, {}).values()):
            return bad_request(f"Authorizer name must be unique. Authorizer {name} already exists in this RestApi.")
        if data.get("authorizerType") == "REQUEST":
            data = {"identitySource": [], **data}
        return create(api_id, data)

    return create_with_own_name


def delete_authorizer(delete):
    def delete_if_unused(api_id, authorizer_id):
        for route in http._routes.get(api_id, {}).values():
            if route.get("authorizerId") == authorizer_id:
                authorizer = http._authorizers.get(api_id, {}).get(authorizer_id) or {}
                where = f"'{authorizer.get('name')}', is referenced in route: {route['routeKey']}"
                return http._apigw_error("ConflictException", f"Cannot delete authorizer {where}", 409)
        return delete(api_id, authorizer_id)

    return delete_if_unused


def refusal(api_id, change, present=None):
    kind = change.get("authorizationType")
    authorizer_id = change.get("authorizerId", (present or {}).get("authorizerId"))
    if change.get("authorizerId") and kind is None:
        return bad_request("Unable to update route. Authorizer type is invalid or null.")
    if kind in WITH_AUTHORIZER and authorizer_id not in http._authorizers.get(api_id, {}):
        return bad_request("Invalid authorizer ID specified.")
    return None


def create_route(create):
    return lambda api_id, data: refusal(api_id, data) or create(api_id, data)


def update_route(update):
    def update_with_authorizer(api_id, route_id, data):
        if data.get("authorizationType") not in (None, *WITH_AUTHORIZER):
            data = {**data, "authorizerId": ""}
        present = http._routes.get(api_id, {}).get(route_id)
        return refusal(api_id, data, present) or update(api_id, route_id, data)

    return update_with_authorizer


def update_integration(update):
    def update_and_merge(api_id, integration_id, data):
        if data.get("responseParameters") is not None:
            present = (http._integrations.get(api_id, {}).get(integration_id) or {}).get("responseParameters") or {}
            merged = {**present, **data["responseParameters"]}
            data = {**data, "responseParameters": {status: mapping for status, mapping in merged.items() if mapping}}
        return update(api_id, integration_id, data)

    return update_and_merge


def template_mappings(read):
    def read_as_api_form(props):
        data = read(props)
        mappings = data.get("responseParameters") or {}
        data["responseParameters"] = {str(status): as_map(mapping) for status, mapping in mappings.items()} or None
        return data

    return read_as_api_form


def as_map(mapping):
    if isinstance(mapping.get("ResponseParameters"), list):
        return {entry["Destination"]: entry["Source"] for entry in mapping["ResponseParameters"]}
    return mapping


def apply():
    for store in ("_routes", "_integrations", "_authorizers"):
        original(http, store)
    replace(http, "_create_authorizer", create_authorizer)
    replace(http, "_delete_authorizer", delete_authorizer)
    replace(http, "_create_route", create_route)
    replace(http, "_update_route", update_route)
    replace(http, "_update_integration", update_integration)
    replace(provisioners, "_apigw_v2_integration_props", template_mappings)
