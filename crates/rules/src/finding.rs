//! From a judgement to a finding: proof, fix, and an id that is the same for ever.

use palisade_facts::{Facts, List, Missing, Object, Subject, Value};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::evaluation::Judgement;
use crate::language::Roots;
use crate::rule::Rule;
use crate::set::hexadecimal;
use crate::settings::{Attestation, WaiverSetting};
use crate::{EvidenceFact, Finding, ResourceName, UnknownBecause, Verdict, Waiver};

/// How many bytes of the digest an id keeps: enough that two never meet.
const ID_BYTES: usize = 16;

/// The finding for a resource.
pub(crate) fn of(
    rule: &Rule,
    subject: &Subject,
    account: &str,
    roots: Roots<'_>,
    judgement: &Judgement<'_>,
    waiver: Option<&WaiverSetting>,
) -> Finding {
    let verdict = judgement.verdict;
    let about = verdict != Verdict::NotApplicable;
    let mut evidence: Vec<_> = rule
        .evidence
        .iter()
        .filter(|_| about)
        .map(|path| EvidenceFact { fact: path.text.clone(), value: shown(&path.value(roots)) })
        .collect();
    evidence.extend(judgement.attestation.map(attested));
    let witness = rule.witness.as_ref().filter(|_| verdict == Verdict::Fail);
    let witness = witness
        .map(|path| path.value(roots))
        .filter(|value| matches!(value, Value::Object(_) | Value::List(_)));
    Finding {
        id: id(&rule.id, &subject.arn, account),
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        account: account.to_owned(),
        region: subject.region.clone(),
        resource: ResourceName {
            kind: subject.kind.name.to_owned(),
            arn: subject.arn.clone(),
            name: subject.name.clone(),
        },
        verdict,
        evidence,
        assumes: rule
            .assumes
            .as_ref()
            .filter(|_| about)
            .map(|path| texts(&path.value(roots)))
            .unwrap_or_default(),
        witness: witness.map(|value| shown(&value)),
        unknown_because: judgement
            .missing
            .iter()
            .flat_map(Missing::calls)
            .map(UnknownBecause::from)
            .collect(),
        waiver: waiver.filter(|_| verdict == Verdict::Fail).map(Waiver::from),
        fix: verdict.is_shown_by_default().then(|| rule.fix.fill(roots)),
    }
}

/// The finding for resources that nobody could list: unknown for want of what hides them, or not applicable
/// where the rule asks nothing of them.
pub(crate) fn of_gap(
    rule: &Rule,
    facts: &Facts,
    region: Option<String>,
    hidden: Option<&Missing>,
) -> Finding {
    let verdict = if hidden.is_some() { Verdict::Unknown } else { Verdict::NotApplicable };
    let arn = arn_in(&facts.wildcard_arn(rule.kind), region.as_deref());
    Finding {
        id: id(&rule.id, &arn, facts.account_id()),
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity: rule.severity,
        account: facts.account_id().to_owned(),
        region,
        resource: ResourceName { kind: rule.kind.name.to_owned(), arn, name: "*".to_owned() },
        verdict,
        evidence: Vec::new(),
        assumes: Vec::new(),
        witness: None,
        unknown_because: hidden.into_iter().flat_map(Missing::calls).map(UnknownBecause::from).collect(),
        waiver: None,
        fix: verdict.is_shown_by_default().then(|| rule.fix.unfilled()),
    }
}

/// A wildcard ARN with its region filled in, so that the gaps of two regions differ.
fn arn_in(arn: &str, region: Option<&str>) -> String {
    let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
    if let (Some(region), Some(place)) = (region, parts.get_mut(3)) {
        *place = region;
    }
    parts.join(":")
}

/// The digest of the rule, the ARN and, where the ARN names no account, the account.
fn id(rule: &str, arn: &str, account: &str) -> String {
    let names_account = arn.split(':').nth(4).is_some_and(|owner| !owner.is_empty());
    let mut hash = Sha256::new();
    for part in [rule, arn, if names_account { "" } else { account }] {
        hash.update(part);
        // No id, ARN or account holds this byte, so that the parts can't run into each other.
        hash.update([0]);
    }
    let digest = hash.finalize();
    hexadecimal(digest.get(..ID_BYTES).unwrap_or_default())
}

impl From<&WaiverSetting> for Waiver {
    fn from(waiver: &WaiverSetting) -> Self {
        Self {
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            expires: waiver.expires.to_string(),
        }
    }
}

fn attested(attestation: &Attestation) -> EvidenceFact {
    let value = json!({
        "value": attestation.value.name(),
        "who": attestation.who,
        "when": attestation.when.to_string(),
        "expires": attestation.expires.to_string(),
    });
    EvidenceFact { fact: "attestation".to_owned(), value }
}

/// A value as a report shows it.
fn shown(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::from(*value),
        Value::Int(number) => Json::from(*number),
        Value::String(text) => Json::from(text.as_ref()),
        Value::Time(time) => Json::from(time.to_string()),
        Value::Object(object) => shown_object(*object),
        Value::List(list) => shown_list(list),
        Value::Unknown(missing) => {
            let mut operations: Vec<_> = missing.calls().map(|call| call.operation.as_str()).collect();
            operations.dedup();
            json!({ "$unknown": operations })
        }
    }
}

fn shown_object(object: &dyn Object) -> Json {
    let fields = object.object_type().fields.iter().enumerate();
    let attributes =
        fields.filter_map(|(index, field)| Some((field.name.to_owned(), shown(&object.attribute(index)?))));
    Json::Object(attributes.collect())
}

fn shown_list(list: &List<'_>) -> Json {
    let hidden = list.incomplete().map(|missing| shown(&Value::Unknown(missing.clone())));
    list.iter().map(|item| shown(&item)).chain(hidden).collect()
}

fn texts(value: &Value<'_>) -> Vec<String> {
    let Value::List(list) = value else { return Vec::new() };
    let mut texts: Vec<_> = list
        .iter()
        .filter_map(|item| match item {
            Value::String(text) => Some(text.into_owned()),
            _ => None,
        })
        .collect();
    texts.sort();
    texts.dedup();
    texts
}
