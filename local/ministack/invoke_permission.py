"""Whether a Lambda function's resource policy lets API Gateway call it. Shared by the patches for both kinds of API."""

import fnmatch

from ministack.services import lambda_svc


def may_invoke(function_ref, account_id, region, source_arn):
    """True where a statement names apigateway.amazonaws.com, this function and a SourceArn that matches.

    A function that does not exist is left to MiniStack's own error.
    """
    function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        function_ref, account_id=account_id, region=region
    )
    if function is None:
        return True
    arn = function_ref if function_ref.startswith("arn:") else (config or {}).get("FunctionArn", "")
    return any(_allows(s, arn, source_arn) for s in (function.get("policy") or {}).get("Statement", []))


def _allows(statement, function_arn, source_arn):
    principal = statement.get("Principal")
    named = principal.get("Service") if isinstance(principal, dict) else principal
    pattern = ((statement.get("Condition") or {}).get("ArnLike") or {}).get("AWS:SourceArn", "*")
    permitted = named in ("*", "apigateway.amazonaws.com")
    return permitted and statement.get("Resource") == function_arn and fnmatch.fnmatchcase(source_arn, pattern)


def execute_api_arn(region, account_id, rest):
    return f"arn:aws:execute-api:{region}:{account_id}:{rest}"
