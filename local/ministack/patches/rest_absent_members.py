"""REST APIs: what is not set is not in the answer.

AWS leaves such members out; MiniStack answers null, which a caller could take for a value.
"""

from ministack.services import apigateway_v1 as rest
from patching import replace


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(member) for member in value] if isinstance(value, list) else value


def apply():
    replace(rest, "_v1_response", lambda respond: lambda data, status=200: respond(without_nulls(data), status))
