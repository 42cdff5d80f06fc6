//! Typed values of conditions: numbers, dates, addresses, booleans, binary.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// A number: exact if it is an integer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Number {
    Integer(i128),
    Decimal(f64),
}

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(integer) = text.parse::<i128>() {
            return Some(Self::Integer(integer));
        }
        let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
        if !text.bytes().all(allowed) {
            return None;
        }
        text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Self::Decimal)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "only integers beyond 2^53 compared with fractions lose digits"
    )]
    fn as_decimal(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Decimal(decimal) => decimal,
        }
    }

    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(&right)),
            _ => self.as_decimal().partial_cmp(&other.as_decimal()),
        }
    }
}

/// Nanoseconds since 1970-01-01T00:00:00Z, from ISO 8601 as in the W3C note "Date and Time Formats" (a year, a month,
/// a day, or with a time; UTC if no offset is given) or from epoch seconds.
pub(crate) fn parse_date(text: &str) -> Option<i128> {
    const NANOSECONDS: i128 = 1_000_000_000;
    let is_epoch = text.len() != 4 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_epoch {
        return text.parse::<i64>().ok().map(|seconds| i128::from(seconds) * NANOSECONDS);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let days = parse_day(date)?;
    let nanoseconds = match time {
        Some(time) => parse_time(time)?,
        None => 0,
    };
    Some(i128::from(days) * 86_400 * NANOSECONDS + nanoseconds)
}

fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Days from 1970-01-01 to `YYYY`, `YYYY-MM` or `YYYY-MM-DD` in the proleptic Gregorian calendar.
fn parse_day(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |month| digits(month, 2))?;
    let day = parts.next().map_or(Some(1), |day| digits(day, 2))?;
    if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    // Years counted from March end with the leap day.
    let (march_year, march_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let leap_days = march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
    Some(march_year * 365 + leap_days + day_of_year - 719_468)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Nanoseconds from midnight UTC of `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`, with `Z`, `±hh:mm`, `±hhmm` or nothing.
fn parse_time(text: &str) -> Option<i128> {
    let (clock, offset_minutes) = if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        (clock, 0)
    } else if let Some(at) = text.find(['+', '-']) {
        let (clock, offset) = text.split_at_checked(at)?;
        let (sign, offset) = offset.split_at_checked(1)?;
        let (hours, minutes) = offset.split_once(':').or_else(|| offset.split_at_checked(2))?;
        let minutes = digits(hours, 2)? * 60 + digits(minutes, 2)?;
        (clock, if sign == "-" { -minutes } else { minutes })
    } else {
        (text, 0)
    };
    let mut parts = clock.splitn(3, ':');
    let hours = digits(parts.next()?, 2)?;
    let minutes = digits(parts.next()?, 2)?;
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            None => (digits(seconds, 2)?, 0),
            Some((seconds, fraction)) => (
                digits(seconds, 2)?,
                digits(fraction, fraction.len())? * nanoseconds_per_unit(fraction.len())?,
            ),
        },
    };
    if hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    let total = (hours * 60 + minutes - offset_minutes) * 60 + seconds;
    Some(i128::from(total) * 1_000_000_000 + i128::from(fraction))
}

fn nanoseconds_per_unit(digits: usize) -> Option<i64> {
    let missing = 9_u32.checked_sub(u32::try_from(digits).ok()?)?;
    (digits > 0).then(|| 10_i64.pow(missing))
}

/// `true` or `false`, whatever the case.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// An address; IPv4-mapped IPv6 addresses are IPv4.
pub(crate) fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// An address or a CIDR range; ranges of IPv4-mapped IPv6 addresses are IPv4.
pub(crate) fn parse_range(text: &str) -> Option<IpNet> {
    const MAPPED_PREFIX: u8 = 96;
    let range = match text.split_once('/') {
        // Address and prefix apart: the standard library refuses octal-looking parts.
        Some((address, prefix)) => IpNet::new(address.parse().ok()?, prefix.parse().ok()?).ok()?,
        None => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    if let IpNet::V6(range) = range
        && let Some(address) = range.addr().to_ipv4_mapped()
        && let Some(prefix) = range.prefix_len().checked_sub(MAPPED_PREFIX)
    {
        return Ipv4Net::new(address, prefix).ok().map(IpNet::V4);
    }
    Some(range)
}

/// The bytes of a base64 text (RFC 4648, padding optional).
pub(crate) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let mut buffer: u32 = 0;
    let mut bits = 0;
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let [.., byte] = (buffer >> bits).to_be_bytes();
            bytes.push(byte);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_in_many_forms() {
        let expected = parse_date("2024-01-01T00:00:00Z");
        assert_eq!(expected, Some(1_704_067_200_000_000_000));
        for text in [
            "2024",
            "2024-01",
            "2024-01-01",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T01:00:00+01:00",
            "2023-12-31T19:00:00-0500",
            "2024-01-01T00:00:00.000Z",
            "1704067200",
        ] {
            assert_eq!(parse_date(text), expected, "{text}");
        }
        assert_eq!(parse_date("2024-02-29").map(|date| date / 86_400_000_000_000), Some(19_782));
        assert_eq!(parse_date("1969-12-31T23:59:59.5Z"), Some(-500_000_000));
        for text in [
            "",
            "x",
            "2023-02-29",
            "2024-13",
            "2024-01-01T",
            "2024-01-01T1:00",
            "20240101T000000Z",
            "2024-01-01T00:00:00.Z",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_exact_integers_or_decimals() {
        let compare =
            |left, right| Number::parse(left).unwrap().compare(Number::parse(right).unwrap()).unwrap();
        assert_eq!(compare("9007199254740993", "9007199254740992"), Ordering::Greater);
        assert_eq!(compare("10", "10.0"), Ordering::Equal);
        assert_eq!(compare("-1.5", "1"), Ordering::Less);
        for text in ["", "ten", "inf", "NaN", "0x10", " 1", "1_0"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn mapped_addresses_are_ipv4() {
        let range = parse_range("::ffff:10.0.0.0/104").unwrap();
        assert!(range.contains(&parse_address("::ffff:10.1.2.3").unwrap()));
        assert!(parse_range("10.0.0.0/8").unwrap().contains(&parse_address("::ffff:10.1.2.3").unwrap()));
        assert!(!parse_range("::/0").unwrap().contains(&parse_address("10.1.2.3").unwrap()));
        assert!(parse_range("10.0.0.0/33").is_none() && parse_range("010.0.0.0/8").is_none());
    }

    #[test]
    fn base64_is_decoded() {
        assert_eq!(parse_base64("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(parse_base64("aGVsbG8"), Some(b"hello".to_vec()));
        assert_eq!(parse_base64("a"), None);
        assert_eq!(parse_base64("a b="), None);
    }
}
