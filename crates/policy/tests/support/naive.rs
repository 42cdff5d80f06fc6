//! A second evaluator, written for clarity alone: it works on the JSON of a simulation case, knows no compiled
//! policies, no index and no three-valued logic, and shares no code with the engine.

use serde_json::Value;

/// Decides a case whose context is complete.
pub(crate) fn decide(case: &Value) -> String {
    let asker = Asker::new(case);
    if asker.is("sts:getcalleridentity") && asker.principal != "anonymous" {
        return "Allowed".to_owned();
    }
    if asker.is("sts:assumerole") && asker.is_root() {
        return "ImplicitlyDenied".to_owned();
    }
    let denied = asker.layers().iter().any(|layer| {
        layer.policies.iter().any(|policy| {
            statements(policy).iter().any(|statement| {
                statement["Effect"] == "Deny" && asker.applies(layer.kind, policy, statement).is_some()
            })
        })
    });
    if denied {
        return "ExplicitlyDenied".to_owned();
    }
    if asker.is_allowed() { "Allowed".to_owned() } else { "ImplicitlyDenied".to_owned() }
}

/// How a statement names who asks.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    ByAccount,
    ByRole,
    Directly,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Identity,
    Limit,
    Resource,
    Other,
}

struct Layer<'a> {
    kind: Kind,
    policies: Vec<&'a Value>,
}

struct Asker<'a> {
    case: &'a Value,
    principal: &'a str,
    action: String,
    resource: &'a str,
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        single => vec![single],
    }
}

fn texts(value: &Value) -> Vec<&str> {
    list(value).into_iter().filter_map(Value::as_str).collect()
}

fn statements(policy: &Value) -> Vec<&Value> {
    list(&policy["Statement"])
}

impl<'a> Asker<'a> {
    fn new(case: &'a Value) -> Self {
        let request = &case["request"];
        Self {
            case,
            principal: request["principal"].as_str().unwrap(),
            action: request["action"].as_str().unwrap().to_lowercase(),
            resource: request["resource"].as_str().unwrap(),
        }
    }

    fn is(&self, action: &str) -> bool {
        self.action == action
    }

    fn is_root(&self) -> bool {
        self.principal.ends_with(":root") || self.principal == "222222222222"
    }

    /// The account of a user, role, session or root user; services and strangers have none.
    fn account(&self) -> Option<&'a str> {
        if self.principal == "222222222222" { Some(self.principal) } else { self.principal.split(':').nth(4) }
    }

    fn owner(&self) -> &'a str {
        self.case["request"]["resource_account_id"].as_str().unwrap()
    }

    fn is_service_linked(&self) -> bool {
        self.principal.contains(":role/aws-service-role/")
    }

    /// The levels of SCPs or RCPs that restrict this request.
    fn levels(&self, field: &str) -> Vec<Vec<&'a Value>> {
        let management = self.case["management_account_id"].as_str();
        let spared = match field {
            "scps" => self.account().is_none() || self.account() == management,
            _ => {
                let supported = ["s3:", "kms:", "sts:", "logs:"];
                !supported.iter().any(|service| self.action.starts_with(service))
                    || Some(self.owner()) == management
            }
        };
        if spared || self.is_service_linked() {
            return Vec::new();
        }
        list(&self.case[field]).into_iter().map(|level| list(&level["policies"])).collect()
    }

    /// The policies that limit what the principal's identity policies grant.
    fn limits(&self) -> Vec<Vec<&'a Value>> {
        let boundaries = if self.is_root() { Vec::new() } else { list(&self.case["permission_boundaries"]) };
        let boundaries = boundaries.into_iter().map(|policy| vec![policy]);
        let session = list(&self.case["session_policy"]).into_iter().map(|policy| vec![policy]);
        if self.account().is_some() { boundaries.chain(session).collect() } else { Vec::new() }
    }

    fn layers(&self) -> Vec<Layer<'a>> {
        let mut layers = vec![
            Layer { kind: Kind::Resource, policies: list(&self.case["resource_policy"]) },
            Layer { kind: Kind::Other, policies: list(&self.case["vpc_endpoint_policies"]) },
        ];
        if self.account().is_some() {
            layers.push(Layer { kind: Kind::Identity, policies: list(&self.case["identity_policies"]) });
        }
        let limits = self.limits().into_iter().map(|policies| Layer { kind: Kind::Limit, policies });
        layers.extend(limits);
        for policies in self.levels("scps").into_iter().chain(self.levels("rcps")) {
            layers.push(Layer { kind: Kind::Other, policies });
        }
        layers
    }

    /// How the policies' allows name who asks.
    fn allows(&self, kind: Kind, policies: &[&Value]) -> Vec<Named> {
        policies
            .iter()
            .flat_map(|policy| statements(policy).into_iter().map(move |statement| (policy, statement)))
            .filter(|(_, statement)| statement["Effect"] == "Allow")
            .flat_map(|(policy, statement)| self.applies(kind, policy, statement).unwrap_or_default())
            .collect()
    }

    fn is_allowed(&self) -> bool {
        for field in ["scps", "rcps"] {
            if self.levels(field).iter().any(|level| self.allows(Kind::Other, level).is_empty()) {
                return false;
            }
        }
        let endpoint = list(&self.case["vpc_endpoint_policies"]);
        if !endpoint.is_empty() && self.allows(Kind::Other, &endpoint).is_empty() {
            return false;
        }
        let grants = self.allows(Kind::Resource, &list(&self.case["resource_policy"]));
        let Some(account) = self.account() else { return !grants.is_empty() };
        let within_limits = self.limits().iter().all(|limit| !self.allows(Kind::Limit, limit).is_empty());
        let identity = list(&self.case["identity_policies"]);
        let by_identity =
            within_limits && (self.is_root() || !self.allows(Kind::Identity, &identity).is_empty());
        if account != self.owner() {
            return by_identity && !grants.is_empty();
        }
        if grants.contains(&Named::Directly) || (grants.contains(&Named::ByRole) && within_limits) {
            return true;
        }
        let guarded = self.resource.contains(":key/") || self.is("sts:assumerole");
        by_identity && (!guarded || grants.contains(&Named::ByAccount))
    }

    /// `None` if the statement does not apply; otherwise how it names who asks.
    fn applies(&self, kind: Kind, policy: &Value, statement: &Value) -> Option<Vec<Named>> {
        let scene = Scene { asker: self, has_variables: policy["Version"] == "2012-10-17" };
        let named = self.names(kind, statement)?;
        let action = match &statement["Action"] {
            Value::Null => !texts(&statement["NotAction"]).iter().any(|pattern| self.action_matches(pattern)),
            patterns => texts(patterns).iter().any(|pattern| self.action_matches(pattern)),
        };
        let resource = match (&statement["Resource"], &statement["NotResource"]) {
            (Value::Null, Value::Null) => kind == Kind::Resource,
            (Value::Null, patterns) => !texts(patterns).iter().any(|pattern| scene.resource_matches(pattern)),
            (patterns, _) => texts(patterns).iter().any(|pattern| scene.resource_matches(pattern)),
        };
        let conditions = statement["Condition"].as_object().is_none_or(|block| {
            block.iter().all(|(operator, keys)| {
                keys.as_object()
                    .unwrap()
                    .iter()
                    .all(|(key, values)| scene.holds(operator, key, &texts(values)))
            })
        });
        (action && resource && conditions).then_some(named)
    }

    fn action_matches(&self, pattern: &str) -> bool {
        like(&literal(&pattern.to_lowercase()), &self.action)
    }

    fn names(&self, kind: Kind, statement: &Value) -> Option<Vec<Named>> {
        let (element, is_negated) = match (&statement["Principal"], &statement["NotPrincipal"]) {
            (Value::Null, Value::Null) => return (kind != Kind::Resource).then(|| vec![Named::Directly]),
            (Value::Null, element) => (element, true),
            (element, _) => (element, false),
        };
        let has_boundary = !self.case["permission_boundaries"].is_null();
        let can_have_boundary = self.account().is_some() && !self.is_root();
        if is_negated && statement["Effect"] == "Deny" && has_boundary && can_have_boundary {
            return Some(vec![Named::Directly]);
        }
        let mut named = Vec::new();
        if element == "*" {
            named.push(Named::Directly);
        }
        for kind in ["AWS", "Service", "Federated"] {
            named.extend(texts(&element[kind]).into_iter().filter_map(|name| self.named_as(kind, name)));
        }
        match (is_negated, named.is_empty()) {
            (false, false) => Some(named),
            (true, true) => Some(vec![Named::Directly]),
            _ => None,
        }
    }

    fn named_as(&self, kind: &str, name: &str) -> Option<Named> {
        if kind != "AWS" {
            return (self.principal == name).then_some(Named::Directly);
        }
        if name == "*" {
            return Some(Named::Directly);
        }
        let account = self.account()?;
        if name == account || name == format!("arn:aws:iam::{account}:root") {
            return Some(Named::ByAccount);
        }
        if name == self.principal {
            return Some(if name.contains(":role/") { Named::ByRole } else { Named::Directly });
        }
        let session_of = format!("arn:aws:sts::{account}:assumed-role/{}/", name.rsplit('/').next()?);
        if name.starts_with(&format!("arn:aws:iam::{account}:role/"))
            && self.principal.starts_with(&session_of)
        {
            return Some(Named::ByRole);
        }
        let federated = format!("arn:aws:sts::{account}:federated-user/{}", name.rsplit('/').next()?);
        if name.starts_with(&format!("arn:aws:iam::{account}:user/")) && self.principal == federated {
            return Some(Named::ByRole);
        }
        let user_id = self.case["request"]["context"]["aws:userid"].as_str()?;
        if user_id.split(':').next() == Some(name) {
            if self.principal.contains(":user/") {
                return Some(Named::Directly);
            }
            if self.principal.contains(":role/") || self.principal.contains(":assumed-role/") {
                return Some(Named::ByRole);
            }
        }
        None
    }
}

/// A character of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Any,
    One,
    Is(char),
}

/// A text in which `*` and `?` are wildcards.
fn literal(text: &str) -> Vec<Sign> {
    text.chars()
        .map(|character| match character {
            '*' => Sign::Any,
            '?' => Sign::One,
            other => Sign::Is(other),
        })
        .collect()
}

/// Whether the whole text matches, by a table over all prefixes.
fn like(pattern: &[Sign], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for sign in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match sign {
                Sign::Any => row[at] || (at > 0 && next[at - 1]),
                Sign::One => at > 0 && row[at - 1],
                Sign::Is(character) => at > 0 && row[at - 1] && text[at - 1] == *character,
            };
        }
        row = next;
    }
    row[text.len()]
}

struct Scene<'a> {
    asker: &'a Asker<'a>,
    has_variables: bool,
}

impl Scene<'_> {
    fn context(&self, key: &str) -> Option<&Value> {
        let context = self.asker.case["request"]["context"].as_object().unwrap();
        context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// Replaces variables; `None` if one has no value.
    fn expand(&self, text: &str) -> Option<Vec<Sign>> {
        let Some((before, rest)) = text.split_once("${").filter(|_| self.has_variables) else {
            return Some(literal(text));
        };
        let Some((inside, after)) = rest.split_once('}') else { return Some(literal(text)) };
        let value = match inside {
            "*" | "?" | "$" => inside,
            _ => {
                let (key, default) = match inside.split_once(", '") {
                    Some((key, default)) => (key, Some(default.trim_end_matches('\''))),
                    None => (inside, None),
                };
                let value = self.context(key).and_then(Value::as_str).filter(|value| !value.is_empty());
                value.or(default)?
            }
        };
        let mut signs = literal(before);
        signs.extend(value.chars().map(Sign::Is));
        signs.extend(self.expand(after)?);
        Some(signs)
    }

    fn resource_matches(&self, pattern: &str) -> bool {
        if pattern == "*" || self.asker.resource == "*" {
            return pattern == "*";
        }
        let colons = pattern.split("${").next().unwrap_or_default().matches(':').count().min(5);
        let mut patterns: Vec<&str> = pattern.splitn(colons + 1, ':').collect();
        patterns.resize(6, "*");
        let parts: Vec<&str> = self.asker.resource.splitn(6, ':').collect();
        patterns.len() == parts.len()
            && patterns
                .iter()
                .zip(parts)
                .all(|(pattern, part)| self.expand(pattern).is_some_and(|signs| like(&signs, part)))
    }

    fn holds(&self, operator: &str, key: &str, values: &[&str]) -> bool {
        let (quantifier, rest) = operator.split_once(':').unwrap_or(("", operator));
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let is_negated = base.contains("Not");
        let value = self.context(key);
        if base == "Null" {
            let is_null = value.is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
            return values.contains(&if is_null { "true" } else { "false" });
        }
        if base == "StringIs" {
            return false;
        }
        let Some(value) = value else {
            return if quantifier.is_empty() {
                if_exists || is_negated
            } else {
                quantifier == "ForAllValues"
            };
        };
        let given = texts(value);
        let test = |given: &str| self.test(base, is_negated, given, values) == Some(true);
        match quantifier {
            "" => !value.is_array() && test(given[0]),
            _ if given.iter().all(|given| given.is_empty()) => quantifier == "ForAllValues",
            "ForAllValues" => given.iter().all(|given| test(given)),
            _ => given.iter().any(|given| test(given)),
        }
    }

    /// Whether one value of the request passes; `None` if something is not well-formed.
    fn test(&self, base: &str, is_negated: bool, given: &str, values: &[&str]) -> Option<bool> {
        let results: Vec<Option<bool>> =
            values.iter().map(|value| self.compare(base, given, value)).collect();
        if is_negated {
            let all: Option<Vec<bool>> = results.into_iter().collect();
            return all.map(|results| !results.contains(&true));
        }
        Some(results.contains(&Some(true)))
    }

    fn compare(&self, base: &str, given: &str, value: &str) -> Option<bool> {
        let positive = base.replace("Not", "");
        match positive.as_str() {
            "StringLike" => Some(self.expand(value).is_some_and(|signs| like(&signs, given))),
            "StringEquals" | "StringEqualsIgnoreCase" => {
                let Some(expected) = self.plain(value) else { return Some(false) };
                let ignore_case = positive.ends_with("IgnoreCase");
                Some(expected == given || (ignore_case && expected.to_lowercase() == given.to_lowercase()))
            }
            "Bool" => Some(truth(given)? == truth(value)?),
            "IpAddress" => {
                let address = || value.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
                let range: ipnet::IpNet = value.parse().or_else(|_| address()).ok()?;
                Some(range.contains(&given.parse::<std::net::IpAddr>().ok()?))
            }
            "ArnEquals" | "ArnLike" => self.arn_like(given, value),
            _ if base.starts_with("Numeric") => {
                compare_ordered(base, given.parse::<f64>().ok()?, value.parse::<f64>().ok()?)
            }
            _ => compare_ordered(base, moment(given)?, moment(value)?),
        }
    }

    /// The text with variables replaced, wildcards being themselves.
    fn plain(&self, text: &str) -> Option<String> {
        let signs = self.expand(text)?;
        Some(
            signs
                .into_iter()
                .map(|sign| match sign {
                    Sign::Any => '*',
                    Sign::One => '?',
                    Sign::Is(character) => character,
                })
                .collect(),
        )
    }

    fn arn_like(&self, given: &str, value: &str) -> Option<bool> {
        if given.split(':').count() < 6 {
            return None;
        }
        let Some(signs) = self.expand(value) else { return Some(false) };
        if signs == [Sign::Any] {
            return Some(true);
        }
        let parts: Vec<&[Sign]> = signs.splitn(6, |sign| *sign == Sign::Is(':')).collect();
        let given: Vec<&str> = given.splitn(6, ':').collect();
        (parts.len() == 6).then(|| parts.iter().zip(given).all(|(part, given)| like(part, given)))
    }
}

fn truth(text: &str) -> Option<bool> {
    text.to_lowercase().parse().ok()
}

/// Seconds since 1970 of the dates in generated worlds.
fn moment(text: &str) -> Option<i64> {
    match text {
        "2024-01-01" | "2024-01-01T00:00:00Z" => Some(1_704_067_200),
        "2023-12-31T23:59:59Z" => Some(1_704_067_199),
        _ => text.parse().ok(),
    }
}

fn compare_ordered<T: PartialOrd + Copy>(operator: &str, given: T, value: T) -> Option<bool> {
    Some(match operator.trim_start_matches("Numeric").trim_start_matches("Date") {
        "LessThan" => given < value,
        "LessThanEquals" => given <= value,
        "GreaterThan" => given > value,
        "GreaterThanEquals" => given >= value,
        _ => given == value,
    })
}
