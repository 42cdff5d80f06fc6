"""Cases over many services: principals of three accounts, whole policies of near misses, resource control policies."""

from generate import Generator

ACCOUNTS = ["111111111111", "222222222222", "333333333333"]
REGIONS = ["us-east-1", "eu-west-1"]
USERS = ["alice", "bob", "Dave", "eng/alice"]
ROLES = ["app-role", "admin-role", "ReadOnly"]

TARGETS = [
    ("s3", ["GetObject", "PutObject", "DeleteObject", "GetObjectVersion"], ["arn:aws:s3:::corp-data/blue/report.csv", "arn:aws:s3:::homes/home/bob/b.txt", "arn:aws:s3:::logs/file with space.txt"]),
    ("s3", ["ListBucket", "GetBucketPolicy"], ["arn:aws:s3:::corp-data", "arn:aws:s3:::site"]),
    ("s3", ["ListAllMyBuckets"], ["*"]),
    ("sqs", ["SendMessage", "ReceiveMessage", "DeleteQueue"], ["arn:aws:sqs:{region}:{account}:orders", "arn:aws:sqs:{region}:{account}:orders-dlq", "arn:aws:sqs:{region}:{account}:jobs.fifo"]),
    ("sns", ["Publish", "Subscribe"], ["arn:aws:sns:{region}:{account}:alerts", "arn:aws:sns:{region}:{account}:alerts-prod"]),
    ("kms", ["Decrypt", "Encrypt", "GenerateDataKey"], ["arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"]),
    ("kms", ["CreateGrant", "RevokeGrant", "ListGrants", "RetireGrant"], ["arn:aws:kms:{region}:{account}:key/0987dcba-09fe-87dc-65ba-ab0987654321"]),
    ("lambda", ["InvokeFunction", "UpdateFunctionCode"], ["arn:aws:lambda:{region}:{account}:function:resize", "arn:aws:lambda:{region}:{account}:function:orders:prod"]),
    ("secretsmanager", ["GetSecretValue", "PutSecretValue"], ["arn:aws:secretsmanager:{region}:{account}:secret:prod/db-AbCdEf"]),
    ("logs", ["PutLogEvents"], ["arn:aws:logs:{region}:{account}:log-group:/aws/lambda/resize:log-stream:stream-1"]),
    ("dynamodb", ["GetItem", "PutItem", "Query"], ["arn:aws:dynamodb:{region}:{account}:table/Users", "arn:aws:dynamodb:{region}:{account}:table/audit_log/index/by-date"]),
    ("ssm", ["GetParameter", "PutParameter"], ["arn:aws:ssm:{region}:{account}:parameter/app/dev/url"]),
    ("ec2", ["TerminateInstances", "StartInstances"], ["arn:aws:ec2:{region}:{account}:instance/i-01"]),
    ("iam", ["AttachUserPolicy", "CreateAccessKey"], ["arn:aws:iam::{account}:user/bob"]),
    ("iam", ["GetRole", "PassRole"], ["arn:aws:iam::{account}:role/app-role"]),
    ("iam", ["ListUsers"], ["*"]),
    ("sts", ["AssumeRole", "TagSession"], ["arn:aws:iam::{account}:role/admin-role", "arn:aws:iam::{account}:role/ReadOnly"]),
]
WITH_RESOURCE_POLICY = {"s3", "sqs", "sns", "kms", "lambda", "secretsmanager", "logs", "dynamodb", "sts"}

TEXTS = {
    "aws:PrincipalAccount": ACCOUNTS,
    "aws:username": USERS,
    "aws:userid": ["AIDAALICE", "AROAAPP:build-42"],
    "aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-other00000"],
    "aws:PrincipalTag/team": ["platform", "red", "blue"],
    "aws:ResourceTag/env": ["dev", "prod"],
    "aws:SourceVpc": ["vpc-0a1b2c3d", "vpc-99999999"],
    "aws:SourceVpce": ["vpce-0a1b2c3d", "vpce-99999999"],
    "aws:SourceAccount": ACCOUNTS,
    "aws:ResourceAccount": ACCOUNTS,
    "aws:RequestedRegion": REGIONS,
    "aws:PrincipalArn": ["arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:role/app-role"],
}
LISTS = {
    "aws:TagKeys": ["team", "env", "Owner"],
    "aws:CalledVia": ["athena.amazonaws.com", "cloudformation.amazonaws.com"],
    "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-root/ou-prod/", "o-a1b2c3d4e5/r-root/ou-dev/"],
}
# Key, values of requests, operators, values of policies.
TYPED = [
    ("aws:CurrentTime", ["2026-03-01T08:30:00+02:00", "2025-01-01T00:00:00Z", "1740787200"], ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"], ["2024-01-01T00:00:00Z", "2025-01-01", "2026-03-01T06:30:00Z", "2030-12-31T23:59:59Z", "1740787200"]),
    ("aws:MultiFactorAuthAge", ["30", "28800", "900"], ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"], ["10", "900", "28800", "99.5", "900.0"]),
    ("aws:SecureTransport", ["true", "false"], ["Bool"], ["true", "false", "True", "FALSE", "${aws:PrincipalTag/tls}"]),
    ("aws:MultiFactorAuthPresent", ["true", "false"], ["Bool"], ["true", "false"]),
    ("aws:SourceIp", ["2001:db8:ffff::1", "203.0.113.10", "192.168.1.200", "10.1.2.3", "198.51.100.7"], ["IpAddress", "NotIpAddress"], ["203.0.113.0/24", "203.0.113.10/32", "203.0.113.10", "10.0.0.0/8", "192.168.1.128/25", "2001:db8::/32", "2001:db8:ffff::/48", "2001:db8::1234", "::/0", "0.0.0.0/0"]),
    ("aws:SourceArn", ["arn:aws:sns:us-east-1:111111111111:alerts", "arn:aws:s3:::logs"], ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"], ["arn:aws:sns:*:*:*", "arn:aws:s3:::elsewhere", "arn:aws:sns:us-east-1:111111111111:al*", "arn:aws:sns:*:111111111111:alert?"]),
    ("aws:PrincipalArn", [], ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"], ["arn:aws:iam::111111111111:role/*", "arn:aws:iam:*:*:*", "arn:aws:iam::*:role/app-role", "arn:aws:iam::111111111111:user/${aws:username}", "arn:aws:iam::111111111111:user/alice"]),
    ("aws:PrincipalTag/key", ["QmluYXJ5", "Binary", "YQ==", ""], ["BinaryEquals"], ["QmluYXJ5", "YQ==", "YWI="]),
]
FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
FULL_RCP = {"Version": "2012-10-17", "Statement": [{"Sid": "RCPFullAWSAccess", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


class ServiceGenerator(Generator):
    def near(self, value):
        """The value, or something like it."""
        place = self.random.randrange(len(value))
        return self.random.choice([
            *[value] * 6, value + "x", value[:-2] + "*", value + "?", value[:place] + "*" + value[place:], value.upper(), "*", "other",
            "${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/unset, 'blue'}", "${aws:PrincipalTag/unset}",
        ])

    def condition(self):
        kind = self.random.random()
        if kind < 0.4:
            key, values = self.random.choice(list(TEXTS.items()))
            operator = self.random.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"])
            values = [self.near(self.random.choice(values)) for _ in range(self.random.randint(1, 2))]
        elif kind < 0.55:
            key, values = self.random.choice(list(LISTS.items()))
            operator = self.random.choice(["ForAllValues:", "ForAnyValue:"]) + self.random.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"])
            values = [value[:-3] + "*" if "Like" in operator else value for value in self.random.sample(values, self.random.randint(1, 2))]
        elif kind < 0.65:
            key = self.random.choice([*TEXTS, *LISTS, *(key for key, *_ in TYPED)])
            return {"Null": {key: self.random.choice(["true", "false", ["true"], ["false"]])}}
        else:
            key, _, operators, values = self.random.choice(TYPED)
            operator = self.random.choice(operators)
            values = self.random.sample(values, min(len(values), self.random.randint(1, 2)))
        if self.chance(20):
            operator += "IfExists"
        key = self.random.choice([*[str] * 4, str.lower, str.upper])(key)
        return {operator: {key: values if self.chance(50) or len(values) > 1 else values[0]}}

    def resources(self, resource):
        if resource == "*":
            return self.some(["*", "arn:aws:s3:::corp-data"])
        *head, name = resource.split(":", 5)
        kind = ""
        if head[2] != "s3" and ("/" in name or ":" in name):
            separator = min((character for character in "/:" if character in name), key=name.index)
            kind = name.split(separator, 1)[0] + separator
        start, body = ":".join(head) + ":" + kind, name[len(kind):]
        left, right = sorted(self.random.sample(range(len(body)), 2))
        return self.some([
            "*", resource, resource + "-other", start + body[:left] + "*", start + body[:left] + "*" + body[right:], start + body[:left] + "?" + body[left + 1:],
            start + "${aws:PrincipalTag/unset}*", start + f"${{aws:PrincipalTag/none, '{body}'}}",
            ":".join([*head[:3], "*" if head[3] else "", "*" if head[4] else "", name]),
            resource.replace("blue", "${aws:PrincipalTag/team}").replace("bob", "${aws:username}").replace("dev", "${aws:ResourceTag/env}"),
        ])

    def actions(self, action):
        service, name = action.split(":")
        return self.some(["*", f"{service}:*", action, action, f"{service}:{name[:3]}*", f"{service}:*{name[2:]}", action[:-1], action + "Extra", f"{service.upper()}:{name.lower()}", "ec2:*", f"{service}:?{name[1:]}"], 3)

    def principal(self):
        account, user, role = self.random.choice(ACCOUNTS), self.random.choice(USERS), self.random.choice(ROLES)
        return self.random.choice([
            *[f"arn:aws:iam::{account}:user/{user}"] * 2, f"arn:aws:iam::{account}:role/{role}", *[f"arn:aws:sts::{account}:assumed-role/{role}/build-42"] * 2,
            f"arn:aws:sts::{account}:federated-user/{user.split('/')[-1]}", "lambda.amazonaws.com", "anonymous",
        ])

    def principal_names(self):
        account, user, role = self.random.choice(ACCOUNTS), self.random.choice(USERS), self.random.choice(ROLES)
        names = [
            f"arn:aws:iam::{account}:user/{user}", f"arn:aws:iam::{account}:role/{role}", f"arn:aws:iam::{account}:root", account,
            f"arn:aws:sts::{account}:assumed-role/{role}/build-42", f"arn:aws:sts::{account}:federated-user/{user}", "arn:aws:iam::333333333333:role/stranger",
            *[self.caller] * (2 if self.caller.startswith("arn:") else 0),
        ]
        return self.random.choice([
            "*", "*", {"AWS": "*"}, *[{"AWS": self.some(names)}] * 4, {"Service": "lambda.amazonaws.com"}, {"Federated": "cognito-identity.amazonaws.com"},
            {"AWS": self.some(names), "Service": "lambda.amazonaws.com"}, {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
        ])

    def resource_control(self, action, resource):
        """A resource control policy: it denies, to everyone, named actions of services."""
        service, name = action.split(":")
        condition = self.random.choice([
            {},
            {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
            {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:PrincipalAccount": ["222222222222"]}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
            {"BoolIfExists": {"aws:SecureTransport": "false"}},
            {"Null": {"aws:SourceAccount": "false"}, "StringNotEquals": {"aws:SourceAccount": "111111111111"}},
            self.condition(),
        ])
        statement = {
            "Effect": "Deny", "Principal": "*", "Action": self.some([f"{service}:*", f"{service}:{name[:4]}*", action, "s3:*", "sts:*", "kms:Decrypt"], 3),
            "NotResource" if self.chance(20) and resource != "*" else "Resource": self.resources(resource),
        }
        return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}

    def context(self):
        context = {"aws:SecureTransport": self.random.choice(["true", "false"])}
        context |= {key: self.random.choice(values) for key, values in TEXTS.items() if self.chance(45)}
        context |= {key: self.random.sample(values, self.random.randint(1, 2)) for key, values in LISTS.items() if self.chance(40)}
        context |= {key: self.random.choice(values) for key, values, *_ in TYPED if values and self.chance(50)}
        return context

    def case(self, number):
        service, names, resources = self.random.choice(TARGETS)
        account = self.random.choice(ACCOUNTS)
        action = f"{service}:{self.random.choice(names)}"
        resource = self.random.choice(resources).format(account=account, region=self.random.choice(REGIONS))
        self.caller = caller = self.principal()
        if self.chance(60) and caller.startswith("arn:"):
            self.caller = caller = ":".join([*caller.split(":")[:4], account, caller.split(":", 5)[5]])
        identity, session = caller.startswith("arn:"), ":sts:" in caller
        some = lambda most, **kw: [self.policy(action, resource, **kw) for _ in range(self.random.randint(0, most))]
        rcps = lambda: [self.resource_control(action, resource) for _ in range(self.random.randint(0, 2))]
        return {
            "id": f"services-{number}",
            "request": {"principal": caller, "action": action, "resource": resource, "resource_account_id": account, "context": self.context()},
            "identity_policies": some(3) if identity else [],
            "resource_policy": self.policy(action, resource, "resource") if service in WITH_RESOURCE_POLICY and self.chance(65) else None,
            "permission_boundaries": [self.policy(action, resource)] if identity and self.chance(20) else None,
            "session_policy": self.policy(action, resource) if session and self.chance(30) else None,
            "scps": [{"org_id": f"level-{level}", "policies": ([FULL] if self.chance(85) else []) + some(1, denies=50)} for level in range(self.random.randint(1, 2))] if caller != "anonymous" and self.chance(30) else [],
            "rcps": [{"org_id": f"level-{level}", "policies": [FULL_RCP, *rcps()]} for level in range(self.random.randint(1, 2))] if self.chance(30) else [],
            "vpc_endpoint_policies": None,
        }
