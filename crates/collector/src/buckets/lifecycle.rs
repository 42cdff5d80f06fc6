//! The lifecycle rules of one bucket.

use aws_sdk_s3::types;
use palisade_snapshot::{
    Expiration, LifecycleFilter, LifecycleRule, NoncurrentExpiration, NoncurrentTransition, Tag, Transition,
};

use super::settings::{OneBucket, unknown};
use crate::document::optional_timestamp;
use crate::failure::Failure;
use crate::operation::GET_BUCKET_LIFECYCLE_CONFIGURATION;
use crate::reader::{Missing, required};

impl OneBucket<'_> {
    /// The rules, disabled ones included.
    pub(super) async fn lifecycle(&self) -> Result<Vec<LifecycleRule>, Failure> {
        let call = self.client.get_bucket_lifecycle_configuration().bucket(self.name).send();
        self.reader
            .read(&GET_BUCKET_LIFECYCLE_CONFIGURATION, self.region, call, |answer| {
                required(answer.rules, "Rule")?.into_iter().map(rule).collect()
            })
            .await
    }
}

fn rule(rule: types::LifecycleRule) -> Result<LifecycleRule, Missing> {
    let enabled = match rule.status {
        types::ExpirationStatus::Enabled => true,
        types::ExpirationStatus::Disabled => false,
        other => return Err(unknown("Status", other.as_str())),
    };
    #[expect(deprecated, reason = "AWS still answers it for rules from before filters")]
    let prefix = rule.prefix;
    let noncurrent = rule.noncurrent_version_expiration.map(|expiration| NoncurrentExpiration {
        days: expiration.noncurrent_days,
        newer_versions_kept: expiration.newer_noncurrent_versions,
    });
    let transitions = rule.transitions.unwrap_or_default().into_iter().map(transition);
    let moves = rule.noncurrent_version_transitions.unwrap_or_default().into_iter();
    Ok(LifecycleRule {
        id: rule.id,
        enabled,
        filter: filter(prefix, rule.filter),
        expiration: rule.expiration.as_ref().map(expiration).transpose()?,
        transitions: transitions.collect::<Result<_, _>>()?,
        noncurrent_expiration: noncurrent,
        noncurrent_transitions: moves.map(noncurrent_transition).collect::<Result<_, _>>()?,
        abort_multipart_days: rule
            .abort_incomplete_multipart_upload
            .and_then(|abort| abort.days_after_initiation),
    })
}

/// A filter has one condition, or several in `And`; a rule from before filters has a prefix.
fn filter(prefix: Option<String>, filter: Option<types::LifecycleRuleFilter>) -> LifecycleFilter {
    let tag = |tag: types::Tag| Tag { key: tag.key, value: tag.value };
    let mut all = LifecycleFilter { prefix: prefix.unwrap_or_default(), ..LifecycleFilter::default() };
    let Some(filter) = filter else { return all };
    all.prefix = filter.prefix.unwrap_or(all.prefix);
    all.tags.extend(filter.tag.map(tag));
    all.larger_than = filter.object_size_greater_than;
    all.smaller_than = filter.object_size_less_than;
    if let Some(and) = filter.and {
        all.prefix = and.prefix.unwrap_or(all.prefix);
        all.tags.extend(and.tags.unwrap_or_default().into_iter().map(tag));
        all.larger_than = and.object_size_greater_than.or(all.larger_than);
        all.smaller_than = and.object_size_less_than.or(all.smaller_than);
    }
    all
}

fn expiration(expiration: &types::LifecycleExpiration) -> Result<Expiration, Missing> {
    Ok(Expiration {
        days: expiration.days,
        date: optional_timestamp(expiration.date.as_ref())?,
        expired_delete_markers: expiration.expired_object_delete_marker.unwrap_or_default(),
    })
}

fn transition(transition: types::Transition) -> Result<Transition, Missing> {
    Ok(Transition {
        days: transition.days,
        date: optional_timestamp(transition.date.as_ref())?,
        storage_class: required(transition.storage_class, "StorageClass")?.as_str().to_owned(),
    })
}

fn noncurrent_transition(
    transition: types::NoncurrentVersionTransition,
) -> Result<NoncurrentTransition, Missing> {
    Ok(NoncurrentTransition {
        days: transition.noncurrent_days,
        newer_versions_kept: transition.newer_noncurrent_versions,
        storage_class: required(transition.storage_class, "StorageClass")?.as_str().to_owned(),
    })
}
