"""IAM: the resource of reading SSM parameters by path.

AWS asks for the permission on the path, as it was given: `arn:aws:ssm:REGION:ACCOUNT:parameter/the/path`. MiniStack knows
the resource of a call that names a parameter only, and asks for `*`.
"""

import json

from ministack.core import iam_actions
from patching import replace


def with_paths(extract):
    def patched(service, method, path, headers, body, query_params, region, account_id):
        if service == "ssm" and headers.get("x-amz-target", "").endswith(".GetParametersByPath"):
            asked = json.loads(body or b"{}").get("Path", "/")
            return f"arn:aws:ssm:{region}:{account_id}:parameter{asked}"
        return extract(service, method, path, headers, body, query_params, region, account_id)

    return patched


def apply():
    replace(iam_actions, "extract_resource_arn", with_paths)
