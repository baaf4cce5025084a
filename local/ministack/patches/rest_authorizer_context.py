"""REST APIs: `context.authorizer.*` in gateway responses, headers and body templates.

AWS fills them with the context that the Lambda authorizer returned, on a Deny too; MiniStack leaves headers out and
the variable's name in the body. `context.identity.sourceIp` likewise. Model, not AWS: without result caching (TTL 0)
only, and a missing key renders as nothing.
"""

import re

import request_state
from ministack.services import apigateway_v1 as rest
from patching import replace

PREFIX = "context.authorizer."
IN_TEMPLATE = re.compile(r"\$(?:context\.authorizer\.(\w+)|\{context\.authorizer\.(\w+)\})")


def remember_context(stringify):
    def stringify_and_remember(context):
        strings = stringify(context)
        request_state.authorizer_context.set(strings)
        return strings

    return stringify_and_remember


def header_value(resolve):
    def resolve_with_context(source, request):
        if source.startswith(PREFIX):
            return (request_state.authorizer_context.get() or {}).get(source[len(PREFIX) :])
        if source == "context.identity.sourceIp":
            forwarded = {k.lower(): v for k, v in request["headers"].items()}.get("x-forwarded-for", "127.0.0.1")
            return forwarded.split(",")[0].strip()
        return resolve(source, request)

    return resolve_with_context


def gateway_error(render):
    def render_with_context(error, request):
        request_state.error_response_type.set(error.response_type)
        status, headers, body = render(error, request)
        context = request_state.authorizer_context.get() or {}
        text = IN_TEMPLATE.sub(lambda m: str(context.get(m[1] or m[2], "")), body.decode())
        return status, headers, text.encode()

    return render_with_context


def fresh_state(execute):
    async def execute_with_fresh_state(*args, **kwargs):
        request_state.clear()
        return await execute(*args, **kwargs)

    return execute_with_fresh_state


def apply():
    replace(rest, "_stringify_context", remember_context)
    replace(rest, "_gateway_request_value", header_value)
    replace(rest, "_gateway_error_response", gateway_error)
    replace(rest, "_handle_execute_in_scope", fresh_state)
