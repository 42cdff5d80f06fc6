//! What analyzers of external access found, and which findings they archive by themselves.

use std::collections::BTreeMap;

use palisade_snapshot::{Analyzer, ArchiveCriterion, ArchiveRule, Evidence, ExternalAccess, Observed, Paged};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Analyzers;
use crate::failure::Failure;
use crate::json_client::Question;
use crate::operation::{LIST_ARCHIVE_RULES, LIST_FINDINGS};
use crate::reader::Missing;

/// The types of analyzers that look for access from outside; `ListFindings` is for them alone.
const EXTERNAL: [&str; 2] = ["ACCOUNT", "ORGANIZATION"];

impl Analyzers<'_> {
    /// An analyzer with its findings and archive rules; none if it was deleted meanwhile.
    pub(super) async fn detailed(&self, mut analyzer: Analyzer) -> Option<Analyzer> {
        if !EXTERNAL.contains(&analyzer.analyzer_type.as_str()) {
            let asks = |evidence| self.reader.asks(evidence);
            if asks(Evidence::AnalyzerFindings) {
                analyzer.findings = Observed::Absent;
            }
            if asks(Evidence::AnalyzerArchiveRules) {
                analyzer.archive_rules = Observed::Absent;
            }
            return Some(analyzer);
        }
        let (findings, rules) = tokio::join!(
            self.reader.observe(Evidence::AnalyzerFindings, self.findings(&analyzer.arn)),
            self.reader.observe(Evidence::AnalyzerArchiveRules, self.archive_rules(&analyzer.name)),
        );
        analyzer.findings = findings.ok()?;
        analyzer.archive_rules = rules.ok()?;
        Some(analyzer)
    }

    /// The active findings about resources of this account. An analyzer of an organization finds those of all members.
    async fn findings(&self, arn: &str) -> Result<Paged<ExternalAccess>, Failure> {
        let filter = json!({"status": {"eq": ["ACTIVE"]}, "resourceOwnerAccount": {"eq": [self.account_id]}});
        let pages = self.reader.pages(&LIST_FINDINGS, |token| {
            let mut input = json!({"analyzerArn": arn, "filter": filter});
            if let (Some(token), Some(members)) = (token, input.as_object_mut()) {
                members.insert("nextToken".to_owned(), Value::String(token));
            }
            let call = self.client.call(&LIST_FINDINGS, Question::Post { path: "/finding", input });
            self.reader.read(&LIST_FINDINGS, self.client.region(), call, |page: Findings| {
                Ok::<_, Missing>((page.findings, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let found = pages.await.into_paged()?;
        Ok(Paged { items: by_resource(found.items), incomplete: found.incomplete })
    }

    async fn archive_rules(&self, analyzer: &str) -> Result<Paged<ArchiveRule>, Failure> {
        let pages = self.reader.pages(&LIST_ARCHIVE_RULES, |token| {
            let query = token.into_iter().map(|token| ("nextToken", token)).collect();
            let path = format!("/analyzer/{analyzer}/archive-rule");
            let call = self.client.call(&LIST_ARCHIVE_RULES, Question::Get { path, query });
            self.reader.read(&LIST_ARCHIVE_RULES, self.client.region(), call, |page: ArchiveRules| {
                let next = page.next_token.filter(|token| !token.is_empty());
                let rules = page.archive_rules.into_iter().map(Rule::into_rule);
                Ok::<_, Missing>((rules.collect::<Vec<_>>(), next))
            })
        });
        let mut rules = pages.await.into_paged()?;
        rules.items.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(rules)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Findings {
    findings: Vec<Finding>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    /// AWS leaves it out where it could not look at the resource.
    resource: Option<String>,
    resource_type: String,
    is_public: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArchiveRules {
    archive_rules: Vec<Rule>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    rule_name: String,
    filter: BTreeMap<String, Criterion>,
}

#[derive(Debug, Deserialize)]
struct Criterion {
    eq: Option<Vec<String>>,
    neq: Option<Vec<String>>,
    contains: Option<Vec<String>>,
    exists: Option<bool>,
}

fn by_resource(findings: Vec<Finding>) -> Vec<ExternalAccess> {
    let mut found: BTreeMap<(String, String), ExternalAccess> = BTreeMap::new();
    for finding in findings {
        let resource = finding.resource.unwrap_or_default();
        let key = (resource.clone(), finding.resource_type.clone());
        let known = found.entry(key).or_insert_with(|| ExternalAccess {
            resource,
            resource_type: finding.resource_type,
            public: false,
            findings: 0,
        });
        known.public |= finding.is_public.unwrap_or_default();
        known.findings += 1;
    }
    found.into_values().collect()
}

impl Rule {
    fn into_rule(self) -> ArchiveRule {
        let criterion = |(property, criterion): (String, Criterion)| ArchiveCriterion {
            property,
            equal: criterion.eq.unwrap_or_default(),
            not_equal: criterion.neq.unwrap_or_default(),
            contains: criterion.contains.unwrap_or_default(),
            exists: criterion.exists,
        };
        ArchiveRule { name: self.rule_name, criteria: self.filter.into_iter().map(criterion).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shapes of "ListFindings" in the IAM Access Analyzer API Reference.
    #[test]
    fn findings_are_gathered_by_resource() {
        let page: Findings = serde_json::from_str(
            r#"{"findings": [
                {"id": "1", "resource": "arn:aws:s3:::b", "resourceType": "AWS::S3::Bucket", "isPublic": false,
                 "principal": {"AWS": "444455556666"}, "action": ["s3:GetObject"], "status": "ACTIVE"},
                {"id": "2", "resource": "arn:aws:s3:::a", "resourceType": "AWS::S3::Bucket", "status": "ACTIVE"},
                {"id": "3", "resource": "arn:aws:s3:::b", "resourceType": "AWS::S3::Bucket", "isPublic": true}
            ], "nextToken": "more"}"#,
        )
        .unwrap();
        assert_eq!(page.next_token.as_deref(), Some("more"));
        let found = by_resource(page.findings);
        let told: Vec<_> =
            found.iter().map(|one| (one.resource.as_str(), one.public, one.findings)).collect();
        assert_eq!(told, [("arn:aws:s3:::a", false, 1), ("arn:aws:s3:::b", true, 2)]);
    }

    /// The shapes of "ListArchiveRules" in the same reference.
    #[test]
    fn archive_rules_keep_what_they_ask() {
        let page: ArchiveRules = serde_json::from_str(
            r#"{"archiveRules": [{"ruleName": "partner", "createdAt": "2025-01-01T00:00:00Z", "updatedAt": "2025-01-01T00:00:00Z",
                "filter": {"principal.AWS": {"eq": ["444455556666"]}, "isPublic": {"eq": ["false"]}, "error": {"exists": false}}}]}"#,
        )
        .unwrap();
        let rules: Vec<_> = page.archive_rules.into_iter().map(Rule::into_rule).collect();
        let asked: Vec<_> = rules[0].criteria.iter().map(|one| one.property.as_str()).collect();
        assert_eq!(asked, ["error", "isPublic", "principal.AWS"]);
        assert_eq!(rules[0].criteria[0].exists, Some(false));
        assert_eq!(rules[0].criteria[2].equal, ["444455556666"]);
    }
}
