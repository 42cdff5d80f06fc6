//! The document as a whole: version, size, statement ids, empty lists.

use std::collections::HashMap;

use crate::document::{Condition, PolicyDocument, PolicyVersion, Principals, Statement, ValueList};

use super::{Code, Findings, PolicyType};

/// The most that AWS takes, in characters without white space: "IAM and AWS STS quotas", "Quotas and service limits
/// for AWS Organizations", "Bucket policies" (20 KB, the largest of all resource policies).
fn limit(policy_type: PolicyType) -> usize {
    match policy_type {
        PolicyType::Managed => MANAGED_LIMIT,
        // Of a role; users and groups have less, and the sum over all inline policies counts.
        PolicyType::Inline => 10_240,
        PolicyType::Session => 2_048,
        PolicyType::ServiceControl | PolicyType::ResourceControl => 5_120,
        // The quota can be raised to this.
        PolicyType::Trust => 4_096,
        PolicyType::Resource | PolicyType::Unknown => 20_480,
    }
}

const MANAGED_LIMIT: usize = 6_144;

/// Compares the text with the quota of `seen`, which is `told` unless nothing was told.
pub(super) fn size(text: &str, told: PolicyType, seen: PolicyType, findings: &mut Findings) {
    let size = text.chars().filter(|character| !character.is_whitespace()).count();
    let limit = limit(seen);
    if size > limit {
        let message =
            format!("{size} characters without white space; AWS takes at most {limit} here: split it");
        findings.add(Code::TooLarge, "", message);
    } else if told == PolicyType::Unknown && seen == PolicyType::Inline && size > MANAGED_LIMIT {
        let message =
            format!("{size} characters without white space; a managed policy takes {MANAGED_LIMIT}");
        findings.add(Code::ManagedPolicySize, "", message);
    }
}

/// Version, statement ids and empty lists.
pub(super) fn check(document: &PolicyDocument, policy_type: PolicyType, findings: &mut Findings) {
    if document.version == PolicyVersion::V2008 {
        let (path, what) = if document.version_is_written {
            ("/Version", "this is the old language")
        } else {
            ("", "Version is missing, which means 2008-10-17")
        };
        findings.add(Code::OldVersion, path, format!("{what}; write \"Version\": \"2012-10-17\""));
    }
    let mut sids: HashMap<&str, &Statement> = HashMap::new();
    for statement in &document.statements {
        sid(statement, policy_type, &mut sids, findings);
        empty_lists(statement, findings);
    }
    if document.statements.is_empty() {
        findings.add(Code::EmptyList, "/Statement", "no statement; write one or remove the policy");
    }
}

fn sid<'d>(
    statement: &'d Statement,
    policy_type: PolicyType,
    sids: &mut HashMap<&'d str, &'d Statement>,
    findings: &mut Findings,
) {
    let Some(sid) = statement.sid.as_deref().filter(|sid| !sid.is_empty()) else { return };
    let path = format!("{}/Sid", statement.pointer());
    if let Some(first) = sids.get(sid) {
        let message =
            format!("{sid:?} is the Sid of {} already; give each statement its own", first.pointer());
        findings.add(Code::DuplicateSid, &*path, message);
    } else {
        sids.insert(sid, statement);
    }
    if !policy_type.names_principals() && !sid.chars().all(|character| character.is_ascii_alphanumeric()) {
        findings.add(Code::InvalidSid, path, format!("{sid:?}: use ASCII letters and digits only"));
    }
}

fn empty_lists(statement: &Statement, findings: &mut Findings) {
    let mut check = |values: &ValueList, path: String| {
        if values.items.is_empty() {
            findings.add(Code::EmptyList, path, "an empty list matches nothing; name something or remove it");
        }
    };
    check(&statement.actions.values, statement.actions_pointer());
    if let (Some(resources), Some(path)) = (&statement.resources, statement.resources_pointer()) {
        check(&resources.values, path);
    }
    if let (Some(element), Some(path)) = (&statement.principals, statement.principals_pointer())
        && let Principals::ByKind(kinds) = &element.principals
    {
        for (kind, values) in kinds {
            check(values, format!("{path}/{}", kind.name()));
        }
    }
    for condition in &statement.conditions {
        check(&condition.values, Condition::pointer(condition, statement));
    }
}
