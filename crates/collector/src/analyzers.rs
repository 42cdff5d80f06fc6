//! Reads IAM Access Analyzer: the analyzers of each region, and what those of external access found.

mod findings;

use palisade_snapshot::{Analyzer, InternalAccessCriteria, Listing, Observed, RecordKind};
use serde::Deserialize;

use crate::json_client::{JsonClient, Question};
use crate::operation::LIST_ANALYZERS;
use crate::reader::{Missing, Reader, listing};

/// IAM Access Analyzer, as one region of the account has it.
pub(crate) struct Analyzers<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) client: JsonClient,
    pub(crate) account_id: &'a str,
}

impl Analyzers<'_> {
    /// The analyzers of every type, and the record of their listing.
    pub(crate) async fn all(&self) -> (Vec<Analyzer>, Listing) {
        let region = self.client.region();
        let pages = self.reader.pages(&LIST_ANALYZERS, |token| {
            let query = token.into_iter().map(|token| ("nextToken", token)).collect();
            let call =
                self.client.call(&LIST_ANALYZERS, Question::Get { path: "/analyzer".to_owned(), query });
            self.reader.read(&LIST_ANALYZERS, region, call, |page: Page| {
                let next = page.next_token.filter(|token| !token.is_empty());
                let analyzers = page.analyzers.into_iter().map(|one| one.into_analyzer(region));
                Ok::<_, Missing>((analyzers.collect::<Vec<_>>(), next))
            })
        });
        let pages = pages.await;
        let record = listing(RecordKind::Analyzer, Some(region), &LIST_ANALYZERS, pages.failure);
        let mut analyzers = Vec::new();
        for analyzer in pages.pages.into_iter().flatten() {
            analyzers.extend(self.detailed(analyzer).await);
        }
        (analyzers, record)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    analyzers: Vec<Summary>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Summary {
    arn: String,
    name: String,
    #[serde(rename = "type")]
    analyzer_type: String,
    status: String,
    configuration: Option<Configuration>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    unused_access: Option<UnusedAccess>,
    internal_access: Option<InternalAccess>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnusedAccess {
    unused_access_age: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct InternalAccess {
    analysis_rule: Option<AnalysisRule>,
}

#[derive(Debug, Deserialize)]
struct AnalysisRule {
    inclusions: Option<Vec<Criteria>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Criteria {
    account_ids: Option<Vec<String>>,
    resource_types: Option<Vec<String>>,
    resource_arns: Option<Vec<String>>,
}

impl Summary {
    fn into_analyzer(self, region: &str) -> Analyzer {
        let Configuration { unused_access, internal_access } = self.configuration.unwrap_or_default();
        let rule = internal_access.and_then(|internal| internal.analysis_rule);
        let inclusions = rule.and_then(|rule| rule.inclusions).unwrap_or_default();
        Analyzer {
            arn: self.arn,
            name: self.name,
            region: region.to_owned(),
            analyzer_type: self.analyzer_type,
            status: self.status,
            unused_access_age: unused_access.and_then(|unused| unused.unused_access_age),
            internal_access: inclusions.into_iter().map(Criteria::into_criteria).collect(),
            findings: Observed::default(),
            archive_rules: Observed::default(),
        }
    }
}

impl Criteria {
    fn into_criteria(self) -> InternalAccessCriteria {
        InternalAccessCriteria {
            account_ids: self.account_ids.unwrap_or_default(),
            resource_types: self.resource_types.unwrap_or_default(),
            resource_arns: self.resource_arns.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shapes of "ListAnalyzers" in the IAM Access Analyzer API Reference.
    #[test]
    fn analyzers_of_every_type_are_understood() {
        let page: Page = serde_json::from_str(
            r#"{"analyzers": [
                {"arn": "arn:1", "name": "external", "type": "ACCOUNT", "status": "ACTIVE", "createdAt": "2025-01-01T00:00:00Z"},
                {"arn": "arn:2", "name": "unused", "type": "ACCOUNT_UNUSED_ACCESS", "status": "CREATING",
                 "configuration": {"unusedAccess": {"unusedAccessAge": 30}}},
                {"arn": "arn:3", "name": "internal", "type": "ACCOUNT_INTERNAL_ACCESS", "status": "ACTIVE",
                 "configuration": {"internalAccess": {"analysisRule": {"inclusions": [{"resourceTypes": ["AWS::S3::Bucket"]}]}}}}
            ], "nextToken": "more"}"#,
        )
        .unwrap();
        assert_eq!(page.next_token.as_deref(), Some("more"));
        let found: Vec<_> = page.analyzers.into_iter().map(|one| one.into_analyzer("eu-west-1")).collect();
        let ages: Vec<_> = found.iter().map(|one| one.unused_access_age).collect();
        assert_eq!(ages, [None, Some(30), None]);
        assert_eq!(found[2].internal_access[0].resource_types, ["AWS::S3::Bucket"]);
        assert!(found[2].internal_access[0].resource_arns.is_empty());
    }
}
