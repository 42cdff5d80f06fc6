//! Reads Amazon ECR Public: the repositories that everybody can pull from, with their policies and tags.

use futures_util::StreamExt;
use jiff::Timestamp;
use palisade_snapshot::{Evidence, NotOffered, Observed, Paged, PublicRepository, Tag};
use serde::Deserialize;
use serde_json::json;

use crate::failure::Failure;
use crate::json_client::{JsonClient, Question};
use crate::operation::{
    DESCRIBE_PUBLIC_REPOSITORIES, GET_PUBLIC_REPOSITORY_POLICY, LIST_TAGS_FOR_PUBLIC_RESOURCE,
};
use crate::reader::{Missing, Reader};

/// What stands before the names of the operations.
const TARGET: &str = "SpencerFrontendService";
/// The only partition that has the service.
const PARTITION: &str = "aws";
/// The longest page that AWS gives.
const PAGE: u32 = 1000;

/// ECR Public, as one account has it.
pub(crate) struct PublicRepositories<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) client: JsonClient,
    pub(crate) partition: &'a str,
    pub(crate) max_in_flight: usize,
}

impl PublicRepositories<'_> {
    /// Every public repository of the account.
    pub(crate) async fn all(&self) -> Result<Paged<PublicRepository>, Failure> {
        if self.partition != PARTITION {
            let message = format!("the partition {} has no ECR Public", self.partition);
            let operation = DESCRIBE_PUBLIC_REPOSITORIES.name.to_owned();
            return Err(Failure::NotOffered(NotOffered { operation, message }));
        }
        let pages = self.reader.pages(&DESCRIBE_PUBLIC_REPOSITORIES, |token| {
            let mut input = json!({"maxResults": PAGE});
            if let (Some(token), Some(members)) = (token, input.as_object_mut()) {
                members.insert("nextToken".to_owned(), token.into());
            }
            let question = Question::Target { prefix: TARGET, input };
            let call = self.client.call(&DESCRIBE_PUBLIC_REPOSITORIES, question);
            self.reader.read(&DESCRIBE_PUBLIC_REPOSITORIES, self.client.region(), call, |page: Page| {
                let next = page.next_token.filter(|token| !token.is_empty());
                let found: Result<Vec<_>, Missing> =
                    page.repositories.into_iter().map(Described::into_repository).collect();
                Ok((found?, next))
            })
        });
        let listed = pages.await.into_paged()?;
        let incomplete = listed.incomplete;
        let detailed = futures_util::stream::iter(listed.items).map(|one| self.detailed(one));
        let found: Vec<Option<PublicRepository>> =
            detailed.buffer_unordered(self.max_in_flight).collect().await;
        let mut items: Vec<PublicRepository> = found.into_iter().flatten().collect();
        items.sort_by(|a, b| a.arn.cmp(&b.arn));
        items.dedup_by(|a, b| a.arn == b.arn);
        Ok(Paged { items, incomplete })
    }

    /// A repository with its policy and tags; none if it was deleted meanwhile.
    async fn detailed(&self, mut repository: PublicRepository) -> Option<PublicRepository> {
        let (policy, tags) = tokio::join!(
            self.reader.observe(Evidence::PublicRepositoryPolicy, self.policy(&repository.name)),
            self.reader.observe(Evidence::PublicRepositoryTags, self.tags(&repository.arn)),
        );
        repository.policy = policy.ok()?;
        repository.tags = tags.ok()?;
        Some(repository)
    }

    async fn policy(&self, name: &str) -> Result<String, Failure> {
        let question = Question::Target { prefix: TARGET, input: json!({"repositoryName": name}) };
        let call = self.client.call(&GET_PUBLIC_REPOSITORY_POLICY, question);
        let take = |answer: Policy| Ok::<_, Missing>(answer.policy_text);
        self.reader.read(&GET_PUBLIC_REPOSITORY_POLICY, self.client.region(), call, take).await
    }

    async fn tags(&self, arn: &str) -> Result<Vec<Tag>, Failure> {
        let question = Question::Target { prefix: TARGET, input: json!({"resourceArn": arn}) };
        let call = self.client.call(&LIST_TAGS_FOR_PUBLIC_RESOURCE, question);
        let take = |answer: Tags| {
            let tags = answer.tags.into_iter().map(|tag| Tag { key: tag.key, value: tag.value });
            Ok::<_, Missing>(tags.collect())
        };
        self.reader.read(&LIST_TAGS_FOR_PUBLIC_RESOURCE, self.client.region(), call, take).await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    repositories: Vec<Described>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    repository_arn: String,
    repository_name: String,
    /// Seconds since 1970.
    created_at: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    policy_text: String,
}

#[derive(Debug, Deserialize)]
struct Tags {
    tags: Vec<PublicTag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PublicTag {
    key: String,
    #[serde(default)]
    value: String,
}

impl Described {
    fn into_repository(self) -> Result<PublicRepository, Missing> {
        let time = |seconds: f64| {
            let since = jiff::SignedDuration::try_from_secs_f64(seconds);
            let time = since.and_then(|since| Timestamp::UNIX_EPOCH.checked_add(since));
            time.map_err(|error| format!("a time is out of range: {error}"))
        };
        Ok(PublicRepository {
            arn: self.repository_arn,
            name: self.repository_name,
            created_at: self.created_at.map(time).transpose()?,
            policy: Observed::default(),
            tags: Observed::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shapes of "DescribeRepositories" and "ListTagsForResource" in the ECR Public API Reference.
    #[test]
    fn repositories_and_tags_are_understood() {
        let page: Page = serde_json::from_str(
            r#"{"repositories": [{"repositoryArn": "arn:aws:ecr-public::123456789012:repository/tool",
                "registryId": "123456789012", "repositoryName": "tool", "repositoryUri": "public.ecr.aws/x/tool",
                "createdAt": 1735689600.5}], "nextToken": "more"}"#,
        )
        .unwrap();
        assert_eq!(page.next_token.as_deref(), Some("more"));
        let found: Result<Vec<_>, _> =
            page.repositories.into_iter().map(Described::into_repository).collect();
        let found = found.unwrap();
        assert_eq!(found[0].name, "tool");
        assert_eq!(found[0].created_at.unwrap().to_string(), "2025-01-01T00:00:00.5Z");
        let tags: Tags = serde_json::from_str(r#"{"tags": [{"Key": "owner", "Value": "tools"}]}"#).unwrap();
        assert_eq!((tags.tags[0].key.as_str(), tags.tags[0].value.as_str()), ("owner", "tools"));
    }
}
