//! Policy documents that several generated resources share.

use serde_json::{Value, json};

/// Trust in one AWS service.
pub(super) fn service_trust(service: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"},
    ]})
}

/// Leave to read the objects of one bucket.
pub(super) fn read_bucket(bucket: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*")},
    ]})
}

/// Everything on everything.
pub(super) fn full_admin() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
}

/// A bucket policy that refuses requests without TLS.
pub(super) fn tls_only(bucket: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }]})
}

/// A lifecycle policy that expires untagged images after a day.
pub(super) fn expire_untagged() -> Value {
    json!({"rules": [{
        "rulePriority": 1, "description": "untagged images",
        "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1},
        "action": {"type": "expire"},
    }]})
}
