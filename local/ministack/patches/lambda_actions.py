"""IAM: the action of a call about a function's reserved concurrency.

AWS tells GetFunctionConcurrency, PutFunctionConcurrency and DeleteFunctionConcurrency apart. MiniStack asks for the
permission to put, whatever the call.
"""

from ministack.core import iam_actions
from patching import replace

VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}


def told_apart(action):
    def patched(method, path):
        found = action(method, path)
        return f"{VERBS.get(method, 'Put')}FunctionConcurrency" if found == "PutFunctionConcurrency" else found

    return patched


def apply():
    replace(iam_actions, "_lambda_action", told_apart)
