"""The patch operations of API Gateway's Update calls: a JSON pointer, and values that are always strings."""

#: Members that are no strings, by their path.
TYPES = {
    "apiKeyRequired": lambda text: str(text).lower() == "true",
    "enabled": lambda text: str(text).lower() == "true",
    "authorizerResultTtlInSeconds": int,
    "quota/limit": int,
    "quota/offset": int,
    "throttle/burstLimit": int,
    "throttle/rateLimit": float,
}

#: Members that are lists: an operation adds or removes one entry.
LISTS = ("authorizationScopes", "binaryMediaTypes", "providerARNs")


def tokens(path):
    return [part.replace("~1", "/").replace("~0", "~") for part in path.strip("/").split("/")]


def typed(path, value):
    convert = TYPES.get("/".join(path))
    return convert(value) if convert and value is not None else value


def apply(target, operations):
    """Changes the dictionary `target` in place: add, replace, remove."""
    for operation in operations:
        path = tokens(operation.get("path", ""))
        holder = target
        for parent in path[:-1]:
            if not isinstance(holder.get(parent), dict):
                holder[parent] = {}
            holder = holder[parent]
        if path[-1] in LISTS and operation.get("op") in ("add", "remove"):
            rest = [entry for entry in holder.get(path[-1]) or [] if entry != operation.get("value")]
            holder[path[-1]] = rest + ([operation["value"]] if operation["op"] == "add" else [])
        elif operation.get("op") == "remove":
            holder.pop(path[-1], None)
        else:
            holder[path[-1]] = typed(path, operation.get("value"))
    return target
