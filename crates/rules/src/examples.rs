//! Runs the examples that rules carry: fragments of a snapshot go through facts, policy and language
//! like real ones.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use palisade_facts::example::example;

use crate::evaluation;
use crate::file::read_rule;
use crate::language::Roots;
use crate::rule::{Example, Rule};
use crate::settings::{Attestation, AttestedValue};
use crate::{LoadError, LoadProblem, RuleSet, Settings, Verdict};

/// What became of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleOutcome {
    /// The id of the rule.
    pub rule: String,
    /// The file of the rule, as it was named.
    pub file: String,
    /// The name of the example.
    pub example: String,
    /// The verdict that it must get.
    pub expected: Verdict,
    /// The verdict that it got, or why it got none.
    pub actual: Result<Verdict, String>,
    /// The operations that are missing, where it is unknown; sorted.
    pub missing: Vec<String>,
}

impl ExampleOutcome {
    /// Whether it got the verdict that it must get.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.actual.as_ref() == Ok(&self.expected)
    }

    /// What is wrong, in one sentence; `None` where nothing is.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        let found = match &self.actual {
            Ok(verdict) if *verdict == self.expected => return None,
            Ok(Verdict::Unknown) => format!("it is unknown for want of {}", self.missing.join(", ")),
            Ok(verdict) => format!("it is `{verdict}`"),
            Err(error) => error.clone(),
        };
        Some(format!(
            "{}: rule `{}`, example `{}` expects `{}`, but {found}",
            self.file, self.rule, self.example, self.expected
        ))
    }
}

impl RuleSet {
    /// Runs the examples of every rule, in the order of the rules and of their files.
    ///
    /// # Errors
    /// When examples that were not read with their rule are not valid: never in a released version.
    pub fn test(&self) -> Result<Vec<ExampleOutcome>, LoadError> {
        let mut outcomes = Vec::new();
        for rule in self.iter() {
            let whole = rule.whole().map_err(|problems| LoadError { problems })?;
            let examples = whole.as_ref().unwrap_or(rule).examples.iter().flatten();
            outcomes.extend(examples.map(|example| run(rule, example)));
        }
        Ok(outcomes)
    }
}

impl Rule {
    /// The rule as its whole file has it, if its examples were not read with it.
    fn whole(&self) -> Result<Option<Self>, Vec<LoadProblem>> {
        if self.examples.is_some() {
            return Ok(None);
        }
        read_rule(&self.file, &self.service, &self.id, &self.text).map(Some)
    }
}

fn run(rule: &Rule, example: &Example) -> ExampleOutcome {
    let (actual, missing) = match judge(rule, example) {
        Ok((verdict, missing)) => (Ok(verdict), missing),
        Err(error) => (Err(error), Vec::new()),
    };
    ExampleOutcome {
        rule: rule.id.clone(),
        file: rule.file.clone(),
        example: example.name.clone(),
        expected: example.expect,
        actual,
        missing,
    }
}

/// The verdict and the missing operations. A resource that can't be seen is the unknown of its listing.
fn judge(rule: &Rule, given: &Example) -> Result<(Verdict, Vec<String>), String> {
    let world = example(rule.kind, &given.given).map_err(|error| error.to_string())?;
    let operations = |missing: &palisade_facts::Missing| -> Vec<String> {
        missing.calls().map(|call| call.operation.clone()).collect()
    };
    let settings = Settings {
        params: BTreeMap::from([(rule.id.clone(), given.params.clone())]),
        attestations: attestation(rule, given).into_iter().collect(),
        waivers: Vec::new(),
    };
    let Some(subject) = &world.subject else {
        let gaps = world.facts.gaps(rule.kind);
        if gaps.is_empty() {
            return Err(format!("what is given has no `{}` in it", rule.kind.name));
        }
        let off = settings.is_off(rule);
        if !gaps.iter().any(|gap| evaluation::is_unknown_on_hidden(off, &gap.missing)) {
            return Ok((Verdict::NotApplicable, Vec::new()));
        }
        let mut missing: Vec<_> = gaps.iter().flat_map(|gap| operations(&gap.missing)).collect();
        missing.sort();
        missing.dedup();
        return Ok((Verdict::Unknown, missing));
    };
    let today = world.facts.taken_at().to_zoned(TimeZone::UTC).date();
    let attestation = settings.attestation(rule, &subject.arn, world.facts.account_id(), today);
    let roots = Roots { resource: subject.facts.as_ref(), account: world.facts.account() };
    let judgement = evaluation::judge(rule, roots, &settings.parameters(rule), attestation)
        .map_err(|error| error.to_string())?;
    Ok((judgement.verdict, judgement.missing.as_ref().map(operations).unwrap_or_default()))
}

fn attestation(rule: &Rule, given: &Example) -> Option<Attestation> {
    let attested = given.attestation.as_ref()?;
    Some(Attestation {
        rule: rule.id.clone(),
        resource: None,
        account: None,
        value: if attested.passed { AttestedValue::Pass } else { AttestedValue::Fail },
        who: "the example".to_owned(),
        when: attested.when,
        expires: attested.expires,
    })
}
