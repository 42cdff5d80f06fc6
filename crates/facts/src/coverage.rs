//! What of the evidence was answered: for the coverage of a report.

use palisade_snapshot::{Evidence, Observations, Reason, RecordKind, Resource, State, Unreadable};

use crate::{Facts, Kind, MissingCall};

/// How one piece of evidence was answered, for one resource, region or account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// AWS gave a value or said that nothing is configured.
    Answered,
    /// This account, region or partition can't answer.
    NotOffered,
    /// It could not be read, or not to its end.
    Missing(MissingCall),
}

impl Answer {
    fn new(evidence: Evidence, state: State<'_>) -> Self {
        match state {
            State::Answered => Self::Answered,
            State::NotOffered(_) => Self::NotOffered,
            State::Unreadable(why) => Self::Missing(MissingCall::for_evidence(evidence, why)),
        }
    }
}

fn is_not_collected(state: State<'_>) -> bool {
    matches!(state, State::Unreadable(why) if why.reason == Reason::NotCollected)
}

impl Facts {
    /// Visits every piece of evidence among the shared records, with the region it is about.
    pub fn answers(&self, visit: &mut dyn FnMut(Evidence, Option<&str>, Answer)) {
        let shared = &self.context.shared;
        shared.account.each(&mut |evidence, state| visit(evidence, None, Answer::new(evidence, state)));
        for user in &shared.users {
            user.each(&mut |evidence, state| {
                // Users for whom SSH keys are of no use are not asked about. If one should have been, something is
                // unknown for it.
                if !is_not_collected(state) {
                    visit(evidence, None, Answer::new(evidence, state));
                }
            });
        }
        for analyzer in &shared.analyzers {
            analyzer.each(&mut |evidence, state| {
                visit(evidence, Some(&analyzer.region), Answer::new(evidence, state));
            });
        }
        for point in &shared.access_points {
            point.each(&mut |evidence, state| {
                visit(evidence, Some(&point.region), Answer::new(evidence, state));
            });
        }
        for point in &shared.multi_region_access_points {
            point.each(&mut |evidence, state| visit(evidence, None, Answer::new(evidence, state)));
        }
        for point in &shared.object_lambda_access_points {
            point.each(&mut |evidence, state| {
                visit(evidence, Some(&point.region), Answer::new(evidence, state));
            });
        }
        for instance in &shared.access_grants_instances {
            instance.each(&mut |evidence, state| {
                visit(evidence, Some(&instance.region), Answer::new(evidence, state));
            });
        }
        for registry in &shared.registries {
            registry.each(&mut |evidence, state| {
                visit(evidence, Some(&registry.region), Answer::new(evidence, state));
            });
        }
        for kind in RecordKind::ALL {
            let mut listed = false;
            for listing in shared.listings_of(kind) {
                listed = true;
                listing.each(&mut |evidence, state| {
                    visit(evidence, listing.region.as_deref(), Answer::new(evidence, state));
                });
            }
            if !listed {
                let evidence = kind.evidence();
                let nobody_asked = Unreadable::not_collected();
                visit(evidence, None, Answer::Missing(MissingCall::for_evidence(evidence, &nobody_asked)));
            }
        }
    }

    /// Visits every piece of evidence that a streamed record holds, with its region if that is known.
    pub fn resource_answers(resource: &Resource, visit: &mut dyn FnMut(Evidence, Option<&str>, Answer)) {
        match resource {
            Resource::Bucket(bucket) => {
                let region = bucket.region.present().map(String::as_str);
                bucket.each(&mut |evidence, state| visit(evidence, region, Answer::new(evidence, state)));
            }
            Resource::Repository(repository) => repository.each(&mut |evidence, state| {
                visit(evidence, Some(&repository.region), Answer::new(evidence, state));
            }),
        }
    }

    /// The twelve digits of the account.
    #[must_use]
    pub fn account_id(&self) -> &str {
        &self.context.shared.header.account_id
    }

    /// When collecting began: the clock of every rule.
    #[must_use]
    pub fn taken_at(&self) -> jiff::Timestamp {
        self.context.shared.header.taken_at
    }

    /// The ARN that stands for all resources of a kind in this account.
    #[must_use]
    pub fn wildcard_arn(&self, kind: &Kind) -> String {
        (kind.wildcard_arn)(&self.context.shared)
    }
}
