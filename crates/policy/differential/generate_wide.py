"""Cases off the beaten track: old versions, values that are not well-formed, odd wildcards, endpoint policies, variables everywhere."""

from generate import MULTI, SINGLE, TYPED, Generator

# Odd values beside good ones: of the request, of the policy.
ODD = {
    "Date": (["2024-06-01", "1717243200", "2024-06-01T12:00Z", "yesterday", ""], ["2025-01-01", "1735689600", "soon", "2024-06-01T14:00:00+02:00"]),
    "Numeric": (["ten", "1e2", "-5", "", "30.0"], ["ten", "1e2", "-5", "30.00"]),
    "Bool": (["TRUE", "yes", "1", ""], ["TRUE", "False", "yes"]),
    "IpAddress": (["10.1.2", "::ffff:10.1.2.3", "10.1.2.3/32", ""], ["10.1.2.3/8", "0.0.0.0/0", "::/0", "10.1.2", "10.0.0.0/33"]),
    "Arn": (["arn:aws:sns:us-east-1:111111111111:a:b", "not-an-arn", "arn:aws:iam::111111111111:role/app"], ["*", "arn:*", "arn:aws:sns:*", "arn:aws:*:*:*:*", "arn:aws:sns:us-east-1:111111111111:*", "not-an-arn", "arn:aws:iam::111111111111:role/${aws:username}"]),
}
KEY_CASES = [str, str.lower, str.upper]


class WideGenerator(Generator):
    def condition(self):
        if self.chance(50):
            return self.spelled(super().condition())
        kind = self.random.random()
        if kind < 0.35:
            family = self.random.choice(list(ODD))
            key = TYPED[family][0]
            values = TYPED[family][2] + ODD[family][1]
            names = {
                "Date": ["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"],
                "Numeric": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
                "Bool": ["Bool"],
                "IpAddress": ["IpAddress", "NotIpAddress"],
                "Arn": ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"],
            }[family]
            operator = self.random.choice(names)
        elif kind < 0.6:
            # A quantifier on a single-valued key, or none on a multi-valued one.
            if self.chance(50):
                key, (_, values) = self.random.choice(list(SINGLE.items()))
                operator = self.random.choice(["ForAllValues:", "ForAnyValue:"]) + self.random.choice(["StringEquals", "StringNotEquals", "StringLike"])
            else:
                key, (_, values) = self.random.choice(list(MULTI.items()))
                operator = self.random.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"])
        elif kind < 0.8:
            key, (_, values) = self.random.choice(list(SINGLE.items()))
            values = values + ["", "*", "?*", "${aws:username, 'alice'}", "${*}", "${aws:PrincipalTag/none}", "re${aws:PrincipalTag/none, 'd'}"]
            operator = self.random.choice(["StringEquals", "StringLike", "StringNotLike", "StringNotEquals", "stringequals", "StringEqualsIgnoreCase"])
        elif kind < 0.9:
            key = self.random.choice([*SINGLE, *MULTI, *(key for key, _, _ in TYPED.values())])
            return {"Null": {key: self.random.choice(["true", "false", True, False, ["true", "false"]])}}
        else:
            key, (_, values) = self.random.choice(list(SINGLE.items()))
            other, (_, others) = self.random.choice(list(MULTI.items()))
            return {"StringEquals": {key: self.some(values)}, "ForAnyValue:StringLike": {other: self.some(others)}}
        if self.chance(25):
            operator += "IfExists"
        return self.spelled({operator: {key: self.some(values, 3)}})

    def spelled(self, condition):
        """Keys in another case, which does not count."""
        change = self.random.choice([*[str] * 6, *KEY_CASES])
        return {operator: {change(key): values for key, values in keys.items()} for operator, keys in condition.items()}

    def resources(self, resource):
        if self.chance(50):
            return super().resources(resource)
        start, tail = resource.rsplit(":", 1)
        parts = resource.split(":", 5)
        variants = [
            f"{start}:*", f"{start}:?{tail[1:]}", f"{start}:{tail[:1]}*{tail[-1:]}", resource.upper(), resource + "*", resource + "/*",
            ":".join([*parts[:3], "*", "*", parts[5]]), ":".join([*parts[:3], "us-*", "????????????", "*"]), ":".join([*parts[:3], "*"]),
            ":".join(["arn", "*", *parts[2:]]), ":".join([*parts[:4], "*", parts[5][:2] + "*"]), "*" + tail,
        ]
        if "/alice" in resource:
            variants += [resource.replace("alice", "${aws:username, 'alice'}"), resource.replace("alice", "${aws:PrincipalTag/none, 'alice'}"), resource.replace("alice", "${aws:PrincipalTag/none}*"), resource.replace("alice", "${aws:PrincipalTag/none, 'al*'}")]
        return self.some(variants, 3)

    def principal_names(self):
        if self.chance(70):
            return super().principal_names()
        account = self.random.choice(["111111111111", "222222222222"])
        return self.random.choice([
            {"AWS": ["*"]}, {"AWS": account, "Service": "lambda.amazonaws.com"}, {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
            {"AWS": f"arn:aws:iam::{account}:root", "Federated": "accounts.google.com"}, {"Service": "ec2.amazonaws.com"},
            {"AWS": [f"arn:aws:iam::{account}:role/path/app", f"arn:aws:iam::{account}:user/team/alice"]},
            {"AWS": "999999999999"},
        ])

    def policy(self, action, resource, kind="identity", denies=20):
        policy = super().policy(action, resource, kind, denies)
        if self.chance(15):
            policy["Version"] = "2008-10-17"
        return policy

    def case(self, number):
        case = super().case(number)
        context = case["request"]["context"]
        for family, (odd, _) in ODD.items():
            key = TYPED[family][0]
            if self.chance(15):
                context[key] = self.random.choice(odd)
        for key in MULTI:
            if self.chance(8):
                context[key] = self.random.choice([[], [""], ["team"]])
        for key in SINGLE:
            if self.chance(4):
                context[key] = ""
        action, resource = case["request"]["action"], case["request"]["resource"]
        if self.chance(25):
            case["vpc_endpoint_policies"] = [self.policy(action, resource, "resource" if self.chance(30) else "everyone") for _ in range(self.random.randint(1, 2))]
        if self.chance(10):
            case["request"]["principal"] = self.random.choice(["111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"])
        if case["session_policy"] is None and case["identity_policies"] and "assumed-role" in case["request"]["principal"] and self.chance(30):
            case["session_policy"] = self.policy(action, resource)
        return case
