//! Turns what the SDK hands out into what the snapshot keeps.

use aws_smithy_types::DateTime;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::reader::Missing;

/// A policy document as text. IAM percent-encodes documents ("RFC 3986" in the IAM API Reference);
/// what stands for an endpoint in tests does not always. An encoded document can't begin with a brace.
pub(crate) fn decode(document: String) -> String {
    if document.trim_start().starts_with('{') {
        return document;
    }
    // What isn't text after decoding is kept as it came: whoever parses it will say so.
    let decoded = percent_decode_str(&document).decode_utf8().map(std::borrow::Cow::into_owned);
    decoded.unwrap_or(document)
}

/// A point in time as the snapshot keeps it.
pub(crate) fn timestamp(time: &DateTime) -> Result<Timestamp, Missing> {
    let nanoseconds = i32::try_from(time.subsec_nanos()).unwrap_or_default();
    Timestamp::new(time.secs(), nanoseconds).map_err(|error| format!("a time is out of range: {error}"))
}

/// The same where AWS may leave it out.
pub(crate) fn optional_timestamp(time: Option<&DateTime>) -> Result<Option<Timestamp>, Missing> {
    time.map(timestamp).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_documents_are_decoded() {
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Sid%22%3A%22a%2Bb%20%C3%BC%22%7D";
        assert_eq!(decode(encoded.to_owned()), r#"{"Version":"2012-10-17","Sid":"a+b ü"}"#);
        assert_eq!(decode("%0A%20%7B%7D".to_owned()), "\n {}");
    }

    #[test]
    fn plain_documents_stay_as_they_are() {
        for plain in [r#"{"Resource":"arn:aws:s3:::a%2Fb"}"#, "\n  {\"a\": \"100%\"}"] {
            assert_eq!(decode(plain.to_owned()), plain);
        }
    }

    #[test]
    fn what_is_no_text_is_kept() {
        assert_eq!(decode("%FF%7B".to_owned()), "%FF%7B");
    }

    #[test]
    fn plus_is_no_space() {
        assert_eq!(decode("%7B%22a+b%22%3A1%7D".to_owned()), r#"{"a+b":1}"#);
    }

    #[test]
    fn times_keep_their_fraction() {
        let time = DateTime::from_secs_and_nanos(1_700_000_000, 250_000_000);
        assert_eq!(timestamp(&time).unwrap().to_string(), "2023-11-14T22:13:20.25Z");
        assert!(timestamp(&DateTime::from_secs(i64::MAX)).is_err());
    }
}
