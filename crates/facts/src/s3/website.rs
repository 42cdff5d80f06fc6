//! Static website hosting of a bucket.

use palisade_snapshot::{self as snapshot, Evidence, Observed};

use crate::{Known, facts};

facts! {
    /// Static website hosting ("Hosting a static website using Amazon S3" in the S3 User Guide).
    pub struct Website as "website" {
        /// The index document; null where every request is redirected.
        index_document: Option<String>, reads [];
        /// Where requests are sent: all of them, or those of routing rules.
        redirects: Vec<Redirect>, reads [];
    }
}

facts! {
    /// Where a website sends requests.
    pub struct Redirect as "redirect" {
        /// Whether it is for every request, and not for those of a routing rule.
        all: bool, reads [];
        /// The host; null where it stays the same.
        host: Option<String>, reads [];
        /// `http` or `https`; null where it stays the same.
        protocol: Option<String>, reads [];
    }
}

/// Static website hosting; off where nothing is configured.
pub(super) fn website(website: &Observed<snapshot::Website>) -> Known<Option<Website>> {
    let redirect = |all: bool| {
        move |redirect: &snapshot::Redirect| Redirect {
            all,
            host: redirect.host.clone(),
            protocol: redirect.protocol.clone(),
        }
    };
    Known::observed(
        website,
        Evidence::BucketWebsite,
        || None,
        |website| {
            let of_all = website.redirect_all.iter().map(redirect(true));
            let of_rules = website.routing_redirects.iter().map(redirect(false));
            Some(Website {
                index_document: website.index_document.clone(),
                redirects: of_all.chain(of_rules).collect(),
            })
        },
    )
}
