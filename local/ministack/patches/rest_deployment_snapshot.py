"""REST APIs: a stage serves the snapshot that its deployment took.

On AWS a changed method or authorizer is live only after a new deployment; MiniStack serves the API as it is now,
which hides a template whose Deployment does not change together with its methods. Model, not AWS: a snapshot is lost
when the process ends, and a stage without one serves the API as it is.
"""

import contextvars
import copy
import json

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import apigateway_v1 as rest
from patching import original, replace

STORES = ("_resources", "_authorizers_v1")
snapshots = {}  # (API id, deployment id) -> {store's name: what it held}
serving = contextvars.ContextVar("headgate_rest_snapshot", default=None)


class Snapshotted(AccountRegionScopedDict):
    """The API's live store, which gives the snapshot while a request to a stage is being served."""

    __slots__ = ()

    def get(self, key, default=None):
        current = serving.get()
        if current is None or current["api"] != key:
            return super().get(key, default)
        return next(current[name] for name in STORES if getattr(rest, name) is self)


def take(create):
    def create_and_take(api_id, data):
        response = create(api_id, data)
        if response[0] == 201:
            held = {name: copy.deepcopy(getattr(rest, name).get(api_id, {})) for name in STORES}
            snapshots[api_id, json.loads(response[2])["id"]] = {"api": api_id, **held}
        return response

    return create_and_take


def serve(execute):
    async def execute_from_snapshot(api_id, stage_name, *args):
        stage = rest._stages_v1.get(api_id, {}).get(stage_name) or {}
        token = serving.set(snapshots.get((api_id, stage.get("deploymentId"))))
        try:
            return await execute(api_id, stage_name, *args)
        finally:
            serving.reset(token)

    return execute_from_snapshot


def apply():
    for name in STORES:
        original(rest, name).__class__ = Snapshotted
    original(rest, "_stages_v1")
    replace(rest, "_create_deployment", take)
    replace(rest, "_handle_execute_in_scope", serve)
