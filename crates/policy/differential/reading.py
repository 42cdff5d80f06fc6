"""Reads the parts of a case: its policies, statements and conditions, and what a resource pattern matches."""

import re

# A pattern, and a value, that fits nothing in a made case.
NOWHERE = "arn:aws:none:none:000000000000:none/none"
ARN_COLONS = 5


def is_iam_identity(principal):
    return principal.isdigit() or re.match(r"arn:[^:]*:(iam|sts)::\d+:(root|user/|role/|assumed-role/|federated-user/)", principal) is not None


def policies(case):
    """Every policy of the case."""
    yield from case["identity_policies"]
    yield from case["permission_boundaries"] or []
    yield from case["vpc_endpoint_policies"] or []
    for level in [*case["scps"], *case["rcps"]]:
        yield from level["policies"]
    yield from (policy for policy in (case["resource_policy"], case["session_policy"]) if policy)


def as_list(value):
    """A single value stands for a list of one."""
    return value if isinstance(value, list) else [value]


def statements(policy):
    return as_list(policy["Statement"])


def conditions(case):
    """Each operator of each statement: its policy, its name, its keys with their values."""
    for policy in policies(case):
        for statement in statements(policy):
            for operator, keys in statement.get("Condition", {}).items():
                yield policy, operator, keys


def applies(statement, case):
    """Whether a statement is about the action, as far as its name goes."""
    name = "NotAction" if "NotAction" in statement else "Action"
    fits = any(like(pattern.lower(), case["request"]["action"].lower()) for pattern in as_list(statement[name]))
    return fits != (name == "NotAction")


def like(pattern, text):
    """`*` is any run of characters, `?` any one, and `\\0` before a character makes it itself."""
    expression = ""
    for escaped, character in re.findall(r"(\0?)(.)", pattern, re.DOTALL):
        expression += re.escape(character) if escaped else {"*": ".*", "?": "."}.get(character, re.escape(character))
    return re.fullmatch(expression, text, re.DOTALL) is not None


def with_values(pattern, context):
    """The pattern with its variables replaced; `None` if one has no value."""
    values = {key.lower(): value for key, value in context.items() if isinstance(value, str) and value}

    def value(match):
        key, _, default = match[1].partition(", '")
        text = match[1] if match[1] in "*?$" else values.get(key.strip().lower(), default[:-1] if default else None)
        if text is None:
            raise KeyError(key)
        return "".join("\0" + character for character in text)

    try:
        return re.sub(r"\$\{((?:[^}']|'[^']*')*)\}", value, pattern)
    except KeyError:
        return None


def match_resource(pattern, policy, case):
    """Whether a resource pattern matches the case's resource."""
    resource = case["request"]["resource"]
    if set(pattern) == {"*"} or resource == "*":
        return set(pattern) == {"*"}
    head = re.split(r"\$\{", pattern)[0]
    parts = pattern.split(":", min(head.count(":"), ARN_COLONS))
    parts += ["*"] * (ARN_COLONS + 1 - len(parts))
    if policy["Version"] == "2012-10-17":
        parts[-1] = with_values(parts[-1], case["request"]["context"])
        if parts[-1] is None:
            return False
    names = resource.split(":", ARN_COLONS)
    if len(names) != len(parts):
        return False
    return all(like(part.lower(), name.lower()) for part, name in zip(parts[:-1], names[:-1], strict=True)) and like(parts[-1], names[-1])
