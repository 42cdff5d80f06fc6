//! Static website hosting of a bucket ("WebsiteConfiguration" in the Amazon S3 API Reference).

use serde::{Deserialize, Serialize};

/// A bucket's website.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Website {
    /// The suffix of index documents, if there are some.
    pub index_document: Option<String>,
    /// The key of the error document, if there is one.
    pub error_document: Option<String>,
    /// Where every request is sent, if it is.
    pub redirect_all: Option<Redirect>,
    /// Where the routing rules send requests, in AWS's order.
    pub routing_redirects: Vec<Redirect>,
}

/// Where requests are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// The host; none where it stays the same.
    pub host: Option<String>,
    /// `http` or `https`; none where it stays the same.
    pub protocol: Option<String>,
}
