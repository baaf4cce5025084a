"""Stages that serve what their deployment holds, not the API as it is. Shared by the patches for both kinds of API."""

import contextlib
import contextvars
import copy

from ministack.core.responses import AccountRegionScopedDict
from patching import original


class StageSnapshots:
    """What each deployment of an API found in the module's stores `names`; kept until the process ends."""

    def __init__(self, module, names):
        self._module, self._names = module, names
        self._taken = {}  # (API id, deployment id) -> {store's name: what it held}
        self._serving = contextvars.ContextVar(f"headgate_snapshot_{module.__name__}", default=None)

    def take(self, api_id, deployment_id):
        held = {name: copy.deepcopy(getattr(self._module, name).get(api_id, {})) for name in self._names}
        self._taken[api_id, deployment_id] = {"api": api_id, **held}

    def of(self, api_id, deployment_id):
        """{store's name: what it held}; None for a deployment that is not known."""
        return self._taken.get((api_id, deployment_id))

    @contextlib.contextmanager
    def serving(self, snapshot):
        """While it lasts, the stores' `get` gives this request the snapshot; None: the API as it is."""
        token = self._serving.set(snapshot)
        try:
            yield
        finally:
            self._serving.reset(token)

    def install(self):
        """Lets the module's stores know of the snapshots."""
        serving, module, names = self._serving, self._module, self._names

        class Snapshotted(AccountRegionScopedDict):
            __slots__ = ()

            def get(self, key, default=None):
                current = serving.get()
                if current is None or current["api"] != key:
                    return super().get(key, default)
                return next(current[name] for name in names if getattr(module, name) is self)

        for name in names:
            original(module, name).__class__ = Snapshotted
