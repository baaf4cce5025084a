"""HTTP APIs: `requestContext.http.sourceIp` is the left-most address of X-Forwarded-For, as MiniStack does for REST
APIs.

MiniStack gives 127.0.0.1 to everybody there. AWS gives the address of the connection and never believes the header:
here it lets one machine play many callers, and so proves nothing about who a caller can pretend to be.
"""

from ministack.services import apigateway as http
from patching import replace


def with_address(run):
    async def run_with_address(target, record, event, **kwargs):
        details = (event.get("requestContext") or {}).get("http") if isinstance(event, dict) else None
        forwarded = (event.get("headers") or {}).get("x-forwarded-for") if details else None
        if forwarded:
            details["sourceIp"] = forwarded.split(",")[0].strip()
        return await run(target, record, event, **kwargs)

    return run_with_address


def apply():
    replace(http, "run_reentrant", with_address)
