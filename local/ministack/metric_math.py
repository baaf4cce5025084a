"""The part of CloudWatch's metric math that alarms on rates need: arithmetic, comparison, AND, OR, IF, FILL, MIN,
MAX, ABS.

An expression is parsed once and anything else is refused with its name: an alarm that can never fire is worse than
none. Functions that need what this AWS has not (`ABSENT`) can be parsed, and have no value.
"""

import ast
import operator
import re

FUNCTIONS = {
    "IF": lambda condition, yes, no=0.0: yes if condition else no,
    "FILL": lambda value, default: default if value is None else value,
    "MAX": max,
    "MIN": min,
    "ABS": abs,
}
#: Anomaly detection and Contributor Insights.
ABSENT = ("ANOMALY_DETECTION_BAND", "INSIGHT_RULE_METRIC")
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def parse(expression):
    """The expression's tree; ValueError where it holds something that is not modelled."""
    text = re.sub(r"\bAND\b|&&", " and ", re.sub(r"\bOR\b|\|\|", " or ", expression))
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"Metric math expression cannot be read: {expression}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) not in (*FUNCTIONS, *ABSENT):
            raise ValueError(f"Metric math function not modelled by the local AWS: {ast.unparse(node.func)}")
        if isinstance(node, ast.operator | ast.cmpop) and type(node) not in OPERATORS:
            raise ValueError(f"Metric math operator not modelled by the local AWS: {expression}")
        if not isinstance(node, MODELLED):
            raise ValueError(f"Metric math not modelled by the local AWS: {expression}")
    return tree


MODELLED = (
    ast.Call, ast.Name, ast.Constant, ast.BinOp, ast.Compare, ast.BoolOp, ast.UnaryOp,
    ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.expr_context,
)  # fmt: skip


def is_absent(tree):
    """Whether the expression needs what this AWS has not."""
    return any(isinstance(node, ast.Call) and node.func.id in ABSENT for node in ast.walk(tree))


def evaluate(node, values):
    """The expression's value for one point of time; None where a value that it needs is missing or it divides by 0."""
    try:
        result = _evaluate(node, values)
        return None if result is None else float(result)
    except (TypeError, ZeroDivisionError):
        return None


def _evaluate(node, values):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return values.get(node.id)
    if isinstance(node, ast.Call):
        # Both branches of IF are evaluated; the one that divides by zero may be the one that is not taken.
        if node.func.id == "IF":
            taken = node.args[1] if _evaluate(node.args[0], values) else (node.args[2] if len(node.args) > 2 else None)
            return 0.0 if taken is None else _evaluate(taken, values)
        return FUNCTIONS[node.func.id](*[_evaluate(argument, values) for argument in node.args])
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_evaluate(node.left, values), _evaluate(node.right, values))
    if isinstance(node, ast.UnaryOp):
        operand = _evaluate(node.operand, values)
        return -operand if isinstance(node.op, ast.USub) else not operand
    if isinstance(node, ast.BoolOp):
        results = [_evaluate(part, values) for part in node.values]
        return all(results) if isinstance(node.op, ast.And) else any(results)
    return OPERATORS[type(node.ops[0])](_evaluate(node.left, values), _evaluate(node.comparators[0], values))
