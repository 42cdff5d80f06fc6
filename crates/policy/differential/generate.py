"""Makes simulation cases whose keys and resources fit their actions, so that the other engine accepts them."""

import random

ACCOUNTS = ["111111111111", "222222222222"]
ROLES = ["app", "admin"]
USERS = ["alice", "bob"]

TARGETS = [
    ("s3:GetObject", "arn:aws:s3:::data/{name}/report.csv"),
    ("s3:PutObject", "arn:aws:s3:::data/{name}/x:y"),
    ("s3:ListBucket", "arn:aws:s3:::data"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:{account}:jobs"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/target"),
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:{account}:function:resize"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:{account}:secret:prod/db-AbCdEf"),
    ("logs:PutLogEvents", "arn:aws:logs:us-east-1:{account}:log-group:/app/x:log-stream:s"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:{account}:table/orders"),
]

# Keys that AWS puts into every request, as it is documented; values; what policies compare them with.
SINGLE = {
    "aws:username": (["alice", "bob"], ["alice", "al*", "${aws:PrincipalTag/team}"]),
    "aws:PrincipalTag/team": (["red", "blue"], ["red", "RED", "?ed", "${aws:username}", "${aws:PrincipalTag/no, 'red'}"]),
    "aws:PrincipalOrgID": (["o-1", "o-2"], ["o-1", "o-*"]),
    "aws:SourceVpce": (["vpce-1", "vpce-2"], ["vpce-1", "vpce-*"]),
}
MULTI = {
    "aws:TagKeys": (["team", "env", "cost"], ["team", "t*", "env"]),
    "aws:CalledVia": (["athena.amazonaws.com", "cloudformation.amazonaws.com"], ["athena.amazonaws.com", "cloud*"]),
}
TYPED = {
    "Date": ("aws:CurrentTime", ["2024-06-01T12:00:00Z", "2026-03-01T08:30:00+02:00"], ["2025-01-01T00:00:00Z", "2024-06-01T12:00:00Z"]),
    "Numeric": ("aws:MultiFactorAuthAge", ["30", "900"], ["30", "100", "900.0"]),
    "Bool": ("aws:SecureTransport", ["true", "false"], ["true", "false"]),
    "IpAddress": ("aws:SourceIp", ["10.1.2.3", "203.0.113.9", "2001:db8::1"], ["10.0.0.0/8", "203.0.113.9", "2001:db8::/32"]),
    "Arn": ("aws:SourceArn", ["arn:aws:sns:us-east-1:111111111111:t"], ["arn:aws:sns:*:*:t*", "arn:aws:sns:us-west-2:*:*"]),
}


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def some(self, values, most=2):
        chosen = self.random.sample(values, min(len(values), self.random.randint(1, most)))
        return chosen[0] if len(chosen) == 1 and self.chance(50) else chosen

    def principal(self):
        account = self.random.choice(ACCOUNTS)
        role, user = self.random.choice(ROLES), self.random.choice(USERS)
        return self.random.choice([
            f"arn:aws:iam::{account}:user/{user}",
            f"arn:aws:iam::{account}:role/{role}",
            f"arn:aws:sts::{account}:assumed-role/{role}/session",
            f"arn:aws:sts::{account}:federated-user/{user}",
            "lambda.amazonaws.com",
            "anonymous",
        ])

    def principal_names(self):
        account = self.random.choice(ACCOUNTS)
        role, user = self.random.choice(ROLES), self.random.choice(USERS)
        names = [
            account,
            f"arn:aws:iam::{account}:root",
            f"arn:aws:iam::{account}:user/{user}",
            f"arn:aws:iam::{account}:role/{role}",
            f"arn:aws:sts::{account}:assumed-role/{role}/session",
            f"arn:aws:sts::{account}:federated-user/{user}",
        ]
        return self.random.choice([
            "*", {"AWS": "*"}, {"Service": "lambda.amazonaws.com"},
            {"AWS": self.some(names, 2)}, {"AWS": self.some(names, 3)}, {"AWS": self.some(names, 3)},
        ])

    def condition(self):
        kind = self.random.random()
        if kind < 0.4:
            key, (_, values) = self.random.choice(list(SINGLE.items()))
            operator = self.random.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"])
        elif kind < 0.6:
            key, (_, values) = self.random.choice(list(MULTI.items()))
            operator = self.random.choice(["ForAllValues:", "ForAnyValue:"]) + self.random.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
        elif kind < 0.7:
            return {"Null": {self.random.choice([*SINGLE, *MULTI]): self.random.choice(["true", "false"])}}
        else:
            family, (key, _, values) = self.random.choice(list(TYPED.items()))
            operator = {
                "Date": ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"],
                "Numeric": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
                "Bool": ["Bool"],
                "IpAddress": ["IpAddress", "NotIpAddress"],
                "Arn": ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"],
            }[family]
            operator = self.random.choice(operator)
        if self.chance(20):
            operator += "IfExists"
        return {operator: {key: self.some(values)}}

    def resources(self, resource):
        half = self.random.randint(resource.rindex(":") + 1, len(resource))
        variants = ["*", resource, resource + "-other", resource[:half] + "*", resource[: len(resource) - 1] + "?"]
        if "/alice/" in resource:
            variants.append(resource.replace("/alice/", "/${aws:username}/"))
        return self.some(variants)

    def actions(self, action):
        service, name = action.split(":")
        return self.some(["*", action, action.lower(), f"{service}:*", f"{service}:{name[:3]}*", f"{service}:?{name[1:]}", f"{service}:Other", "ec2:*"])

    def statement(self, action, resource, effect, kind):
        statement = {"Effect": effect}
        if kind == "resource":
            statement["NotPrincipal" if effect == "Deny" and self.chance(15) else "Principal"] = self.principal_names()
        elif kind == "everyone":
            statement["Principal"] = "*"
        not_action = self.chance(10) and kind != "everyone"
        statement["NotAction" if not_action else "Action"] = self.actions(action) if kind != "everyone" else f"{action.split(':')[0]}:*"
        trust = kind == "resource" and action == "sts:AssumeRole"
        if not trust:
            statement["NotResource" if self.chance(8) else "Resource"] = self.resources(resource)
        if self.chance(40):
            statement["Condition"] = self.condition()
        return statement

    def policy(self, action, resource, kind="identity", denies=20):
        statements = [
            self.statement(action, resource, "Deny" if self.chance(denies) else "Allow", kind)
            for _ in range(self.random.randint(1, 3))
        ]
        return {"Version": "2012-10-17", "Statement": statements}

    def case(self, number):
        account = self.random.choice(ACCOUNTS)
        action, resource = self.random.choice(TARGETS)
        resource = resource.format(account=account, name=self.random.choice(USERS))
        principal = self.principal()
        context = {key: self.random.choice(values) for key, (values, _) in SINGLE.items() if self.chance(60)}
        context |= {key: self.random.sample(values, self.random.randint(1, 2)) for key, (values, _) in MULTI.items() if self.chance(50)}
        context |= {key: self.random.choice(values) for key, values, _ in TYPED.values() if self.chance(70)}
        identity = principal.startswith("arn:")
        session = identity and ":sts:" in principal
        full = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        full_rcp = {"Version": "2012-10-17", "Statement": {"Sid": "RCPFullAWSAccess", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
        policies = lambda most, **kw: [self.policy(action, resource, **kw) for _ in range(self.random.randint(0, most))]
        return {
            "id": f"generated-{number}",
            "request": {"principal": principal, "action": action, "resource": resource, "resource_account_id": account, "context": context},
            "identity_policies": policies(3) if identity else [],
            "resource_policy": self.policy(action, resource, "resource") if self.chance(60) else None,
            "permission_boundaries": [self.policy(action, resource)] if identity and self.chance(20) else None,
            "session_policy": self.policy(action, resource) if session and self.chance(25) else None,
            "scps": [{"org_id": f"level-{level}", "policies": ([full] if self.chance(85) else []) + policies(1, denies=50)} for level in range(self.random.randint(1, 2))] if identity and self.chance(30) else [],
            "rcps": [{"org_id": "r-root", "policies": [full_rcp] + policies(1, kind="everyone", denies=100)}] if self.chance(25) else [],
            "vpc_endpoint_policies": None,
        }
