//! Whether any AWS account can use a repository.

use crate::{Access, AccessGrant, Known, Listed, Witness, facts};

facts! {
    /// What every AWS account can do with a repository. ECR's private registries are never anonymous, so the
    /// public is everybody with an AWS account ("Private repository policies" in the ECR User Guide).
    pub struct RepositoryExposure as "repository_exposure" {
        /// Anything at all.
        public: Known<Access>, reads [];
        /// Pull images.
        pull: Known<Access>, reads [];
        /// Push or delete images.
        push: Known<Access>, reads [];
        /// Change the repository's configuration, its policy included, or delete it.
        administer: Known<Access>, reads [];
        /// The statements that make it so; evidence.
        grants: Listed<AccessGrant>, reads [];
        /// A request by a stranger that is allowed; null if there is none.
        witness: Known<Option<Witness>>, reads [];
    }
}

impl RepositoryExposure {
    pub(super) fn of(
        _context: &crate::context::Context,
        _repository: &palisade_snapshot::Repository,
    ) -> crate::Lazy<Self> {
        let missing = crate::Missing::because(crate::Evidence::RepositoryPolicy, crate::Reason::NotCollected);
        crate::Lazy::new(move || {
            let unknown = || Known::Unknown(missing.clone());
            Self {
                public: unknown(),
                pull: unknown(),
                push: unknown(),
                administer: unknown(),
                grants: Listed::unknown(missing.clone()),
                witness: Known::Unknown(missing.clone()),
            }
        })
    }
}
