"""REST APIs: what AWS refuses and MiniStack takes.

An authorizer that a method refers to cannot be deleted (409), two cannot have one name (400), a method cannot refer to
one that is not there (400), and a deployment that a stage serves cannot be deleted (400).
"""

import copy

import json_patch
from ministack.services import apigateway_v1 as rest
from patching import original, replace

from .rest_patch_operations import WITH_AUTHORIZER


def bad_request(message):
    return rest._v1_error("BadRequestException", message, 400)


def create_authorizer(create):
    def create_with_own_name(api_id, data):
        name = data.get("name", "")
        if any(other["name"] == name for other in rest._authorizers_v1.get(api_id, {}).values()):
            return bad_request(f"Authorizer name must be unique. Authorizer {name} already exists in this RestApi.")
        return create(api_id, data)

    return create_with_own_name


def delete_authorizer(delete):
    def delete_if_unused(api_id, authorizer_id):
        for resource in rest._resources.get(api_id, {}).values():
            for name, method in (resource.get("resourceMethods") or {}).items():
                if method.get("authorizerId") == authorizer_id:
                    authorizer = rest._authorizers_v1.get(api_id, {}).get(authorizer_id) or {}
                    where = f"'{authorizer.get('name')}', is referenced in method: {name}/{resource['path']}"
                    return rest._v1_error("ConflictException", f"Cannot delete authorizer {where}", 409)
        return delete(api_id, authorizer_id)

    return delete_if_unused


def delete_deployment(delete):
    def delete_if_unused(api_id, deployment_id):
        stages = rest._stages_v1.get(api_id, {}).values()
        if any(stage.get("deploymentId") == deployment_id for stage in stages):
            return bad_request("Active stages pointing to this deployment must be moved or deleted")
        return delete(api_id, deployment_id)

    return delete_if_unused


def without_authorizer(api_id, method):
    if method.get("authorizationType") not in WITH_AUTHORIZER:
        return None
    if method.get("authorizerId") in rest._authorizers_v1.get(api_id, {}):
        return None
    return bad_request(
        "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a"
        " valid authorizer."
    )


def put_method(put):
    def put_with_authorizer(api_id, resource_id, http_method, data):
        return without_authorizer(api_id, data) or put(api_id, resource_id, http_method, data)

    return put_with_authorizer


def update_method(update):
    def update_with_authorizer(api_id, resource_id, http_method, data):
        resource = rest._resources.get(api_id, {}).get(resource_id) or {}
        method = (resource.get("resourceMethods") or {}).get(http_method)
        after = json_patch.apply(copy.deepcopy(method or {}), data.get("patchOperations", []))
        return without_authorizer(api_id, after) or update(api_id, resource_id, http_method, data)

    return update_with_authorizer


def apply():
    for store in ("_resources", "_authorizers_v1", "_stages_v1"):
        original(rest, store)
    replace(rest, "_create_authorizer", create_authorizer)
    replace(rest, "_delete_authorizer", delete_authorizer)
    replace(rest, "_delete_deployment", delete_deployment)
    replace(rest, "_put_method", put_method)
    replace(rest, "_update_method", update_method)
