"""REST APIs: what is not set is not in the answer.

AWS leaves such members out; MiniStack answers null, which a caller could take for a value, and gives a REQUEST
authorizer without identity sources the Authorization header as one.
"""

from ministack.services import apigateway_v1 as rest
from patching import replace


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(member) for member in value] if isinstance(value, list) else value


def without_default_source(create):
    def create_without(api_id, data):
        if data.get("type") == "REQUEST":
            data = {**data, "identitySource": data.get("identitySource") or None}
        return create(api_id, data)

    return create_without


def apply():
    replace(rest, "_create_authorizer", without_default_source)
    replace(rest, "_v1_response", lambda respond: lambda data, status=200: respond(without_nulls(data), status))
