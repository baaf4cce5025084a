"""What the patches remember about the request that is being served. Each request runs in a context of its own."""

import contextvars

#: The context that the authorizer returned for this request, as strings; None before it ran.
authorizer_context = contextvars.ContextVar("headgate_authorizer_context", default=None)

#: The usage identifier key that a REST authorizer returned; None where the API does not take keys from it.
usage_identifier_key = contextvars.ContextVar("headgate_usage_identifier_key", default=None)

#: The gateway's own error answer to this request (`ACCESS_DENIED`, ...); None where it gave none.
error_response_type = contextvars.ContextVar("headgate_error_response_type", default=None)

#: The resource (`/notes/{id}`) or route (`GET /notes/{id}`) that the request has reached; None where it reached none.
route = contextvars.ContextVar("headgate_route", default=None)

#: The status that the integration answered with; None where it was not asked.
integration_status = contextvars.ContextVar("headgate_integration_status", default=None)


def clear():
    authorizer_context.set(None)
    usage_identifier_key.set(None)
    error_response_type.set(None)
    route.set(None)
    integration_status.set(None)
