//! IAM Access Analyzer, which the emulator lacks ("ListAnalyzers" in the IAM Access Analyzer API Reference).

use serde_json::{Value, json};

use super::Shapes;
use super::answer::Answer;
use super::request::Incoming;
use crate::account::Analyzer;

/// The analyzers that the account has in the region that is asked.
pub(super) fn answer(incoming: &Incoming, shapes: &Shapes) -> Option<Answer> {
    if incoming.request.operation != "access-analyzer:ListAnalyzers" {
        return None;
    }
    let region = incoming.request.region.as_str();
    let here = |analyzer: &&Analyzer| analyzer.region.is_empty() || analyzer.region == region;
    let found = shapes.account.analyzers.iter().filter(here);
    let found: Vec<Value> = found.map(|analyzer| summary(analyzer, shapes.account.id(), region)).collect();
    Some(Answer::new(200, "application/json", json!({"analyzers": found}).to_string()))
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
