//! TLS certificates that are kept in IAM.

use jiff::Timestamp;
use palisade_snapshot::Evidence;

use crate::clock::days_until;
use crate::context::Context;
use crate::listed;
use crate::{Kind, Known, Missing, Subject, facts};

facts! {
    /// A TLS certificate that is kept in IAM.
    pub struct ServerCertificate as "iam.server_certificate" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// When it expires.
        expires_at: Known<Timestamp>, reads [];
        /// In how many days it expires; negative if it has.
        days_left: Known<i64>, reads [];
        /// Whether it has expired.
        expired: Known<bool>, reads [];
    }
}

/// Server certificates.
pub static KIND: Kind = Kind {
    name: "iam.server_certificate",
    variable: "certificate",
    object: &ServerCertificate::OBJECT,
    listings: &[],
    reads: &[Evidence::ServerCertificates],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:server-certificate/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| Box::new(subjects(context).into_iter()),
    hidden: |context| hidden(context),
};

/// One subject per certificate.
pub(crate) fn subjects(context: &Context) -> Vec<Subject> {
    let now = context.now();
    let subject = |one: &palisade_snapshot::ServerCertificate| {
        let unsaid = || Missing::because(Evidence::ServerCertificates, palisade_snapshot::Reason::Malformed);
        let expires_at = one.expires_at.map_or_else(|| Known::Unknown(unsaid()), Known::Known);
        let facts = ServerCertificate {
            arn: one.arn.clone(),
            name: one.name.clone(),
            days_left: expires_at.as_ref().map(|&at| days_until(at, now)),
            expired: expires_at.as_ref().map(|&at| at <= now),
            expires_at,
        };
        Subject {
            kind: &KIND,
            arn: one.arn.clone(),
            name: one.name.clone(),
            region: None,
            facts: Box::new(facts),
        }
    };
    listed::items(&context.shared.account.server_certificates).iter().map(subject).collect()
}

fn hidden(context: &Context) -> Option<Missing> {
    listed::hidden(&context.shared.account.server_certificates, Evidence::ServerCertificates)
}
