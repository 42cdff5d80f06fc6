//! What a user sets for rules in `palisade.toml`: parameters, attestations, waivers.

use std::collections::BTreeMap;

use jiff::civil::Date;
use palisade_facts::Value;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::nearest;
use crate::rule::Rule;
use crate::{Parameter, ParameterValue, RuleSet, pattern};

/// Settings for rules. Unknown names are errors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Parameters that differ from their defaults, by rule id and name.
    pub params: BTreeMap<String, BTreeMap<String, ParameterValue>>,
    /// What people attest where no API can tell.
    pub attestations: Vec<Attestation>,
    /// Fails that somebody accepted.
    pub waivers: Vec<WaiverSetting>,
}

/// What somebody found out where no API can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The id of a rule with `manual`.
    pub rule: String,
    /// The ARN of the resource; without one, every resource that the rule judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The twelve digits of the account; without them, every account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Whether the requirement is met.
    pub value: AttestedValue,
    /// Who attests it.
    pub who: String,
    /// The day of the attestation, `YYYY-MM-DD`, in UTC.
    #[schemars(with = "String", extend("format" = "date"))]
    pub when: Date,
    /// The last day on which it holds, `YYYY-MM-DD`, in UTC.
    #[schemars(with = "String", extend("format" = "date"))]
    pub expires: Date,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AttestedValue {
    /// The requirement is met.
    Pass,
    /// The requirement is broken.
    Fail,
}

impl AttestedValue {
    /// The name as it stands in `palisade.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

/// An accepted fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverSetting {
    /// The id of the rule.
    pub rule: String,
    /// The ARN of the resource, in which `*` stands for any characters.
    pub resource: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who accepted it.
    pub owner: String,
    /// The last day on which it holds, `YYYY-MM-DD`, in UTC.
    #[schemars(with = "String", extend("format" = "date"))]
    pub expires: Date,
}

/// Settings that do not fit the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the settings do not fit the rules: {}", problems.join("; "))]
pub struct SettingsError {
    /// What does not fit, each with the nearest spelling.
    pub problems: Vec<String>,
}

impl Settings {
    /// Checks every name and type against all rules that are loaded, selected or not.
    ///
    /// # Errors
    /// When a rule or parameter does not exist, a value has the wrong type, an attestation is about
    /// a rule that is not manual, or a date makes no sense.
    pub fn check(&self, rules: &RuleSet) -> Result<(), SettingsError> {
        let mut problems = Vec::new();
        for (id, params) in &self.params {
            match rules.find(id) {
                None => problems.push(no_rule(rules, id, "params")),
                Some(rule) => problems.extend(params.iter().filter_map(|(name, value)| {
                    let checked = check_parameter(&rule.params, name, value);
                    checked.err().map(|message| format!("rule `{id}`: {message}"))
                })),
            }
        }
        for attestation in &self.attestations {
            match rules.find(&attestation.rule) {
                None => problems.push(no_rule(rules, &attestation.rule, "attestations")),
                Some(rule) if !rule.takes_attestations() => problems.push(format!(
                    "rule `{}` is decided by facts; only rules with `manual` take attestations",
                    rule.id
                )),
                Some(_) if attestation.expires < attestation.when => problems.push(format!(
                    "the attestation for `{}` expires on {} before it was made on {}",
                    attestation.rule, attestation.expires, attestation.when
                )),
                Some(_) => {}
            }
        }
        for waiver in &self.waivers {
            if rules.find(&waiver.rule).is_none() {
                problems.push(no_rule(rules, &waiver.rule, "waivers"));
            }
            if waiver.reason.trim().is_empty() || waiver.owner.trim().is_empty() {
                problems.push(format!("the waiver for `{}` lacks its reason or its owner", waiver.rule));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(SettingsError { problems }) }
    }

    /// The parameters of a rule, in its order.
    pub(crate) fn parameters(&self, rule: &Rule) -> Vec<Value<'static>> {
        let set: Vec<_> = self.params.iter().filter(|(id, _)| rule.answers_to(id)).collect();
        let value = |param: &Parameter| {
            let set = set.iter().find_map(|(_, params)| params.get(&param.name));
            set.unwrap_or(&param.default).value()
        };
        rule.params.iter().map(value).collect()
    }

    /// Whether its parameters switch a rule off: they alone decide that `applies_when` is false, with every
    /// fact unknown, as where a list of what is allowed is empty.
    ///
    /// A rule that is off needs no evidence, whoever selects it: nothing is collected for it, no permission
    /// is asked for, and no fact that is missing counts against it. It is not applicable; only of resources that
    /// somebody tried to list and could not, it is unknown as every other rule is.
    #[must_use]
    pub fn is_off(&self, rule: &Rule) -> bool {
        rule.is_off(&self.parameters(rule))
    }

    /// The attestation that holds for a resource today; the one that expires last.
    pub(crate) fn attestation(
        &self,
        rule: &Rule,
        arn: &str,
        account: &str,
        today: Date,
    ) -> Option<&Attestation> {
        let holds = |one: &&Attestation| {
            rule.answers_to(&one.rule)
                && one.resource.as_deref().is_none_or(|resource| resource == arn)
                && one.account.as_deref().is_none_or(|owner| owner == account)
                && one.when <= today
                && today <= one.expires
        };
        self.attestations.iter().filter(holds).max_by_key(|one| (one.when, one.expires))
    }

    /// The waiver that holds for a fail today.
    pub(crate) fn waiver(&self, rule: &Rule, arn: &str, today: Date) -> Option<&WaiverSetting> {
        let holds = |one: &&WaiverSetting| {
            rule.answers_to(&one.rule) && today <= one.expires && pattern::fits(arn, &one.resource)
        };
        self.waivers.iter().find(holds)
    }
}

fn no_rule(rules: &RuleSet, id: &str, section: &str) -> String {
    let hint = nearest(id, rules.ids()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("`{section}` names the rule `{id}`, which does not exist{hint}")
}

/// Whether a rule has such a parameter and the value fits it; the error says why not.
pub(crate) fn check_parameter(
    params: &[Parameter],
    name: &str,
    value: &ParameterValue,
) -> Result<(), String> {
    let Some(param) = params.iter().find(|param| param.name == name) else {
        let known = params.iter().map(|param| param.name.as_str());
        let hint = nearest(name, known).map_or_else(
            || {
                let known: Vec<_> = params.iter().map(|param| param.name.as_str()).collect();
                if known.is_empty() {
                    "; it has none".to_owned()
                } else {
                    format!("; it has {}", known.join(", "))
                }
            },
            |near| format!("; did you mean `{near}`?"),
        );
        return Err(format!("there is no parameter `{name}`{hint}"));
    };
    param.check(value)
}
