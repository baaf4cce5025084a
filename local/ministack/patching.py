"""How the patches take hold of MiniStack's private functions, and what happens when one is not there any more."""

import importlib.metadata

#: The only version that the patches are written for.
VERSION = "1.5.33"


class PatchError(Exception):
    """MiniStack is not what a patch expects; the message is for the user."""


def original(module, name):
    """The module's attribute `name`, to be wrapped; an error that names both where there is none."""
    try:
        return getattr(module, name)
    except AttributeError:
        raise PatchError(
            f"MiniStack has no {module.__name__}.{name} any more: the patches in local/ministack/patches are written"
            f" for {VERSION} and must be revised together with the version in local/ministack/requirements.txt."
        ) from None


def replace(module, name, make):
    """Replaces the attribute by `make(its old value)`."""
    setattr(module, name, make(original(module, name)))


def check_version():
    """Refuses any other version of MiniStack than the one that the patches know."""
    found = importlib.metadata.version("ministack")
    if found != VERSION:
        raise PatchError(f"MiniStack {found} is installed, but the patches in local/ministack/patches need {VERSION}.")
