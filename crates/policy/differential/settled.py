"""Where the other engine differs from AWS's documentation, one function per kind.

Each function rewrites a case in place: it puts what the other engine reads differently into words that both read
alike, and leaves everything else as it was. A disagreement is settled only if the other engine gives our answer to the
rewritten case. So nothing can hide behind a kind that it has nothing to do with. A function's text says what AWS
documents, what the other engine does, and on which page it stands.
"""

import copy
import datetime
import ipaddress
import re

from reading import ARN_COLONS, NOWHERE, applies, as_list, conditions, is_iam_identity, match_resource, policies, statements

USER_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
# Services that support RCPs ("Resource control policies (RCPs)").
WITH_RCPS = {"aoss", "cognito-identity", "cognito-idp", "dynamodb", "ecr", "kms", "logs", "s3", "secretsmanager", "sqs", "sts"}


def rcps_of_unsupported_services(case):
    """RCPs count only for the services that AWS lists, and not for `kms:RetireGrant`; it applies them to every action.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"""
    action = case["request"]["action"].lower()
    if action.split(":")[0] not in WITH_RCPS or action == "kms:retiregrant":
        case["rcps"] = []


def roles_without_trust_policy(case):
    """A role without a trust policy cannot be assumed; it takes a missing one for no restriction.
    USER_GUIDE/id_roles_compare-resource-policies.html"""
    if case["request"]["action"].split(":")[0].lower() == "sts" and case["resource_policy"] is None:
        nobody = {"Effect": "Allow", "Principal": {"AWS": "999999999998"}, "Action": "sts:AssumeRole"}
        case["resource_policy"] = {"Version": "2012-10-17", "Statement": [nobody]}


def root_users_and_roles(case):
    """The root user cannot assume roles; it asks the policies.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""
    principal = case["request"]["principal"]
    if case["request"]["action"].lower() == "sts:assumerole" and (principal.isdigit() or principal.endswith(":root")):
        case["request"]["principal"] = "arn:aws:iam::999999999998:user/nobody"
        case["identity_policies"], case["resource_policy"], case["scps"], case["rcps"] = [], None, [], []
        case["vpc_endpoint_policies"], case["permission_boundaries"] = None, None


def direct_grants_to_sessions(case):
    """A grant to the session itself, or to everyone, is not limited by an implicit deny of the session policy; it is
    there. A Deny of the session policy still counts.
    USER_GUIDE/reference_policies_evaluation-logic_policy-eval-denyallow.html"""
    if not case["session_policy"] or not case["resource_policy"] or case["expected"] != "Allowed":
        return
    principal = case["request"]["principal"]
    for statement in statements(case["resource_policy"]):
        names = statement.get("Principal")
        named = as_list(names.get("AWS", []) if isinstance(names, dict) else names)
        is_direct = "*" in named or principal in named or "NotPrincipal" in statement
        if statement["Effect"] == "Allow" and is_direct and applies(statement, case):
            case["session_policy"]["Statement"] = [*statements(case["session_policy"]), dict(ALLOW_ALL)]
            return


def resource_patterns(case):
    """What a resource pattern matches: a variable without value makes it match nothing, and then `NotResource` does not
    list it; a pattern with fewer than six components is completed; a wildcard or variable in the first part of the
    name is like any other. It takes a statement with such a `NotResource` as not matching, and compares what it holds
    for the resource type as written.
    USER_GUIDE/reference_policies_variables.html, USER_GUIDE/reference-arns.html"""
    resource = case["request"]["resource"]
    for policy in policies(case):
        for statement in statements(policy):
            for name in ("Resource", "NotResource"):
                patterns = as_list(statement.get(name, []))
                if any(is_read_differently(pattern) for pattern in patterns):
                    matched = any(match_resource(pattern, policy, case) for pattern in patterns)
                    statement[name] = resource if matched else NOWHERE


def is_read_differently(pattern):
    *head, name = pattern.split(":", 5)
    is_short = len(head) < 5 and set(pattern) != {"*"}
    return is_short or "${" in pattern or re.match(r"[^/:]*[*?]", name) is not None


def variables_without_value(case):
    """A condition's value with a variable without value equals nothing and is like nothing, so that negated operators
    match; it takes the statement as not matching.
    USER_GUIDE/reference_policies_variables.html"""
    present = {key.lower() for key, value in case["request"]["context"].items() if isinstance(value, str) and value}

    def replace(text):
        unresolved = any(
            "'" not in name and name not in "*?$" and name.strip().lower() not in present
            for name in re.findall(r"\$\{([^}]*)\}", text)
        )
        return NOWHERE if unresolved else text

    for policy, operator, keys in conditions(case):
        if policy["Version"] == "2012-10-17" and ("String" in operator or "Arn" in operator):
            rewrite_values(keys, replace)


def old_version_without_variables(case):
    """Version 2008-10-17 has no policy variables; it replaces them.
    USER_GUIDE/reference_policies_variables.html"""
    for policy, _, keys in conditions(case):
        if policy["Version"] == "2008-10-17":
            for key, values in keys.items():
                # No value of a made request has a brace in it: the text as it stands equals none.
                if any("${" in str(value) for value in as_list(values)):
                    keys[key] = [NOWHERE if "${" in str(value) else value for value in as_list(values)]


def addresses_of_the_other_family(case):
    """An address is outside every range of the other family, `0.0.0.0/0` and `::/0` are ranges, and an IPv4 address
    written as IPv6 is IPv4; it finds the first two not comparable and no range in /0, and takes the last for IPv6.
    USER_GUIDE/reference_policies_elements_condition_operators.html"""
    context = case["request"]["context"]
    key = next((key for key in context if key.lower() == "aws:sourceip"), None)
    if key is None:
        return
    context[key] = re.sub(r"^::ffff:(?=[\d.]+$)", "", context[key])
    is_ipv6 = ":" in context[key]
    outside = "2001:db8:ffff:ffff:ffff::9/128" if is_ipv6 else "192.0.2.254/32"
    halves = {"0.0.0.0/0": ["0.0.0.0/1", "128.0.0.0/1"], "::/0": ["::/1", "8000::/1"]}
    for _, operator, keys in conditions(case):
        if "IpAddress" in operator:
            for name, values in keys.items():
                split = [half for value in as_list(values) for half in halves.get(value, [value])]
                moved = [outside if is_range(value) and (":" in value) != is_ipv6 else value for value in split]
                if moved != as_list(values):
                    keys[name] = moved


def is_range(text):
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def root_users(case):
    """The root user may do everything in his account, and an account id is the same principal as its root ARN; it asks
    for identity policies, which a root user cannot have, and takes the id for someone else.
    USER_GUIDE/id_root-user.html"""
    principal = case["request"]["principal"]
    if principal.isdigit():
        case["request"]["principal"] = f"arn:aws:iam::{principal}:root"
    if case["request"]["principal"].endswith(":root"):
        denies = [statement for policy in case["identity_policies"] for statement in statements(policy) if statement["Effect"] == "Deny"]
        case["identity_policies"] = [{"Version": "2012-10-17", "Statement": [*denies, dict(ALLOW_ALL)]}]
        case["permission_boundaries"] = None


def principals_beyond_organization_policies(case):
    """SCPs restrict no service-linked roles, service principals and anonymous callers, and RCPs no service-linked
    roles; it applies what it is given.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"""
    principal = case["request"]["principal"]
    if ":role/aws-service-role/" in principal:
        case["scps"], case["rcps"] = [], []
    if not is_iam_identity(principal):
        case["scps"] = []


def federated_users_with_a_path(case):
    """A federated user comes from the IAM user of his name, whatever that one's path; it compares path and name.
    USER_GUIDE/reference_policies_evaluation-logic_policy-eval-denyallow.html"""
    if ":federated-user/" in case["request"]["principal"] and case["resource_policy"]:
        text = repr(case["resource_policy"])
        case["resource_policy"] = eval(re.sub(r":user/(?:\w+/)+(\w+)'", r":user/\1'", text))  # noqa: S307


def epoch_seconds(case):
    """Dates may be epoch seconds; it reads them only where both sides are.
    USER_GUIDE/reference_policies_elements_condition_operators.html"""

    def iso(text):
        is_epoch = re.fullmatch(r"1\d{9}", text) is not None
        return datetime.datetime.fromtimestamp(int(text), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if is_epoch else text

    context = case["request"]["context"]
    for key in context:
        if key.lower() == "aws:currenttime":
            context[key] = iso(context[key])
    for _, operator, keys in conditions(case):
        if "Date" in operator:
            rewrite_values(keys, iso)


def incomplete_arns_among_others(case):
    """A lone `*` is every ARN, and the values of a positive operator are alternatives, also where one of them is no ARN;
    it takes `*` for no ARN, and then the condition as not matching.
    USER_GUIDE/reference_policies_condition-logic-multiple-context-keys-or-values.html"""
    for _, operator, keys in conditions(case):
        if "Arn" in operator:
            rewrite_values(keys, lambda text: "arn:*:*:*:*:*" if text == "*" else text)
        if "ArnLike" in operator or "ArnEquals" in operator:
            for key, values in keys.items():
                arns = [value for value in as_list(values) if value.count(":") >= ARN_COLONS]
                if arns and arns != as_list(values):
                    keys[key] = arns


def numbers_with_exponents(case):
    """Numbers may have an exponent; it reads the digits before it.
    USER_GUIDE/reference_policies_elements_condition_operators.html"""
    context = case["request"]["context"]
    for key, value in context.items():
        context[key] = "100" if value == "1e2" else value
    for _, operator, keys in conditions(case):
        if "Numeric" in operator:
            rewrite_values(keys, lambda text: "100" if text == "1e2" else text)


def null_data_sets(case):
    """A key whose values are none, or empty texts only, is a null data set: `ForAllValues` holds, `ForAnyValue` does
    not, and with no value at all it is null. It compares empty texts, and finds an empty list not null.
    USER_GUIDE/reference_policies_condition-single-vs-multi-valued-context-keys.html"""
    context = case["request"]["context"]
    empty = {key.lower() for key, value in context.items() if value == "" or (isinstance(value, list) and not any(value))}
    for key in [key for key, value in context.items() if value == []]:
        del context[key]
    for policy in policies(case):
        for statement in statements(policy):
            block = statement.get("Condition", {})
            for operator in [operator for operator in block if operator.split(":")[0] in ("ForAllValues", "ForAnyValue")]:
                for key in [key for key in block[operator] if key.lower() in empty]:
                    del block[operator][key]
                    test = "true" if operator.startswith("ForAllValues") else "false"
                    block.setdefault("Null", {})[ABSENT[test]] = test


# Keys that no made request has: testing one for null gives `true` or `false`.
ABSENT = {"true": "aws:FederatedProvider", "false": "aws:SourceIdentity"}


def bytes_in_the_request(case):
    """A binary value of the request may be given as the bytes themselves; it takes base64 only.
    USER_GUIDE/reference_policies_elements_condition_operators.html"""
    context = case["request"]["context"]
    for _, operator, keys in conditions(case):
        if "Binary" in operator:
            for key in keys:
                name = next((name for name in context if name.lower() == key.lower()), None)
                if name and context[name] == "Binary":
                    context[name] = "QmluYXJ5"


RULES = [value for name, value in list(globals().items()) if callable(value) and (value.__doc__ or "").count("http") + (value.__doc__ or "").count("USER_GUIDE")]


def rewrite_values(keys, replace):
    """Applies `replace` to each text of a condition."""
    for key, values in keys.items():
        replaced = [replace(value) if isinstance(value, str) else value for value in as_list(values)]
        if replaced != as_list(values):
            keys[key] = replaced


def rewritten(case, decision):
    """The case in words that both engines read alike, and the names of the kinds that changed it. `decision` is ours."""
    case = {**copy.deepcopy(case), "expected": decision}
    changed = []
    for rule in RULES:
        before = copy.deepcopy(case)
        rule(case)
        if case != before:
            changed.append(rule.__name__)
    return case, changed
