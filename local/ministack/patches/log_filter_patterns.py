"""CloudWatch Logs: patterns for JSON lines, `{ $.event = "limited" && $.status >= 400 }`.

AWS reads the fields of a line; MiniStack lets such a pattern match every line in FilterLogEvents and any line with its
words in subscription filters. Model, not AWS: no array elements, no regular expressions, `*` in texts only.
"""

import fnmatch
import json
import re

from ministack.services import cloudwatch_logs as logs
from patching import replace

NUMBER = re.compile(r"-?\d+(\.\d+)?")
TOKEN = re.compile(
    r'\s*(?:(?P<mark>&&|\|\||[()])|\$\.(?P<path>[\w.-]+)\s*'
    r'(?:(?P<word>NOT EXISTS|EXISTS|IS NULL|IS TRUE|IS FALSE)|(?P<op>!=|<=|>=|=|<|>)\s*(?P<value>"[^"]*"|[^\s()&|}]+)))'
)
ORDER = {"<": float.__lt__, ">": float.__gt__, "<=": float.__le__, ">=": float.__ge__}
ABSENT = object()


def field(document, path):
    for name in path.split("."):
        document = document.get(name, ABSENT) if isinstance(document, dict) else ABSENT
    return document


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def holds(document, term):
    value, word, operator = field(document, term["path"]), term["word"], term["op"]
    if word:
        states = {"IS NULL": value is None, "IS TRUE": value is True, "IS FALSE": value is False}
        return {**states, "EXISTS": value is not ABSENT, "NOT EXISTS": value is ABSENT}[word]
    if value is ABSENT:
        return False
    wanted = term["value"].strip('"')
    if operator in ORDER:
        return is_number(value) and ORDER[operator](float(value), float(wanted))
    if is_number(value) and NUMBER.fullmatch(wanted):
        equal = float(value) == float(wanted)
    else:
        equal = fnmatch.fnmatchcase(str(value), wanted)
    return equal == (operator == "=")


def tokens_of(pattern):
    text, at, tokens = pattern.strip()[1:-1].strip(), 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"not understood: {text[at:at + 40]}")
        tokens.append(match)
        at = match.end()
    return tokens


def either(tokens, document):
    result = both(tokens, document)
    while tokens and tokens[0]["mark"] == "||":
        tokens.pop(0)
        result = both(tokens, document) or result
    return result


def both(tokens, document):
    result = single(tokens, document)
    while tokens and tokens[0]["mark"] == "&&":
        tokens.pop(0)
        result = single(tokens, document) and result
    return result


def single(tokens, document):
    token = tokens.pop(0)
    if token["mark"] != "(":
        return holds(document, token)
    result = either(tokens, document)
    tokens.pop(0)
    return result


def matcher(pattern):
    tokens = tokens_of(pattern)

    def matches(message):
        try:
            document = json.loads(message)
        except ValueError:
            return False
        return isinstance(document, dict) and either(list(tokens), document)

    return matches


def is_json(pattern):
    return (pattern or "").strip().startswith("{")


def apply():
    replace(logs, "_compile_filter_pattern", lambda old: lambda raw: matcher(raw) if is_json(raw) else old(raw))
    replace(
        logs,
        "_subscription_pattern_matches",
        lambda old: lambda raw, message: matcher(raw)(message or "") if is_json(raw) else old(raw, message),
    )
