"""REST APIs: patch operations of the Update calls.

AWS reads `~1` in a path as `/`, and turns the operation's string into the member's type. MiniStack does neither: a
mapping gets a name that is not its own, and `"0"` is not 0. A method that is given the authorization NONE loses its
authorizer on AWS; MiniStack keeps it.
"""

import json_patch
from ministack.services import apigateway_v1 as rest
from patching import original, replace

WITH_AUTHORIZER = ("CUSTOM", "COGNITO_USER_POOLS")


def forget_authorizer(update):
    def update_and_forget(api_id, resource_id, http_method, data):
        response = update(api_id, resource_id, http_method, data)
        resource = rest._resources.get(api_id, {}).get(resource_id) or {}
        method = (resource.get("resourceMethods") or {}).get(http_method)
        if response[0] == 200 and method["authorizationType"] not in WITH_AUTHORIZER:
            method["authorizerId"] = None
            return rest._v1_response(method)
        return response

    return update_and_forget


def apply():
    original(rest, "_resources")
    replace(rest, "_apply_patch", lambda _: json_patch.apply)
    replace(rest, "_update_method", forget_authorizer)
