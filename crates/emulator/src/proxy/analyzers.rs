//! IAM Access Analyzer, which the emulator lacks ("ListAnalyzers", "ListFindings" and "ListArchiveRules" in the IAM
//! Access Analyzer API Reference).

use serde_json::{Value, json};

use super::Shapes;
use super::answer::Answer;
use super::request::Incoming;
use crate::account::Analyzer;

/// The analyzers that the account has in the region that is asked, or what one of them has.
pub(super) fn answer(incoming: &Incoming, shapes: &Shapes) -> Option<Answer> {
    let asked = incoming.request.operation.strip_prefix("access-analyzer:")?;
    let region = incoming.request.region.as_str();
    let here = |analyzer: &&Analyzer| analyzer.region.is_empty() || analyzer.region == region;
    let mut found = shapes.account.analyzers.iter().filter(here);
    let mut named = |name: Option<&str>| found.find(|analyzer| Some(analyzer.name.as_str()) == name);
    let body = match asked {
        "ListAnalyzers" => {
            let summaries = found.map(|analyzer| summary(analyzer, shapes.account.id(), region));
            json!({"analyzers": summaries.collect::<Vec<_>>()})
        }
        "ListFindings" => {
            let arn = incoming.parameters.get("analyzerArn")?;
            json!({"findings": named(arn.rsplit('/').next())?.findings})
        }
        "ListArchiveRules" => {
            let name = incoming.parts.uri.path().split('/').nth(2);
            json!({"archiveRules": named(name)?.archive_rules})
        }
        _ => return None,
    };
    Some(Answer::new(200, "application/json", body.to_string()))
}

fn summary(analyzer: &Analyzer, account: &str, region: &str) -> Value {
    let mut summary = json!({
        "arn": format!("arn:aws:access-analyzer:{region}:{account}:analyzer/{}", analyzer.name),
        "name": analyzer.name,
        "type": analyzer.analyzer_type,
        "status": analyzer.status,
        "createdAt": "2025-01-01T00:00:00Z",
        "tags": {},
    });
    if let (Some(configuration), Some(members)) = (&analyzer.configuration, summary.as_object_mut()) {
        members.insert("configuration".to_owned(), configuration.clone());
    }
    summary
}
