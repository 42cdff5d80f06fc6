//! Which requests go through a proxy: those that leave this machine and its network link.

use std::net::IpAddr;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::CollectError;

/// The variables that name a proxy, as curl and the AWS CLI have them.
const VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy that can't be understood would be left out in silence, and requests go around it.
pub(super) fn check_environment() -> Result<(), CollectError> {
    for variable in VARIABLES {
        let url = std::env::var(variable).unwrap_or_default();
        check(&url).map_err(|message| CollectError::Proxy { variable, message })?;
    }
    Ok(())
}

/// Whether this is empty or the address of a proxy. What is wrong is said without the password in it.
fn check(url: &str) -> Result<(), String> {
    if url.is_empty() {
        return Ok(());
    }
    let whole = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let form = "it has the form http://user:password@host:port";
    let (host, port) = host_and_port(&whole);
    if host.is_empty() || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(format!("it has no host, or a port that is no number; {form}"));
    }
    ProxyConfig::all(whole).map(drop).map_err(|error| format!("{error}; {form}"))
}

/// Sends requests to this machine and to the metadata services of its link directly, whatever the
/// environment says of proxies: a proxy has metadata and credentials of its own. Everything else
/// goes as the environment says.
#[derive(Debug)]
pub(super) struct NearbyDirect {
    pub(super) far: SharedHttpClient,
    pub(super) near: SharedHttpClient,
}

impl HttpClient for NearbyDirect {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connectors {
            far: self.far.http_connector(settings, components),
            near: self.near.http_connector(settings, components),
        })
    }
}

#[derive(Debug)]
struct Connectors {
    far: SharedHttpConnector,
    near: SharedHttpConnector,
}

impl HttpConnector for Connectors {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = if is_nearby(request.uri()) { &self.near } else { &self.far };
        connector.call(request)
    }
}

/// Whether this URL is on this machine or link: loopback, 169.254.0.0/16 (instance metadata and
/// container credentials) and fd00:ec2::/32, where both are in IPv6.
fn is_nearby(url: &str) -> bool {
    let (host, _) = host_and_port(url);
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            let segments = address.segments();
            address.is_loopback() || segments.starts_with(&[0xfd00, 0x0ec2])
        }
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// The host of a URL, without the brackets of IPv6, and its port if it names one.
fn host_and_port(url: &str) -> (&str, Option<&str>) {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_metadata_services_are_nearby() {
        for url in [
            "http://127.0.0.1:5000/x",
            "http://localhost/credentials",
            "http://[::1]:80/",
            "http://169.254.169.254/latest/api/token",
            "http://169.254.170.2/v2/credentials/1",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::254]/latest",
            "http://[fd00:ec2::23]/v1/credentials",
        ] {
            assert!(is_nearby(url), "{url}");
        }
    }

    #[test]
    fn aws_and_the_rest_of_the_network_are_not() {
        for url in [
            "https://sts.eu-west-1.amazonaws.com/",
            "https://localhost.example.com/",
            "https://10.0.0.1/",
            "http://169.255.0.1/",
            "http://[fd00:ec3::1]/",
            "https://127.0.0.1.example.com:443?x=://localhost",
        ] {
            assert!(!is_nearby(url), "{url}");
        }
    }

    #[test]
    fn a_proxy_has_a_scheme_that_we_speak_and_a_host() {
        for url in ["", "proxy:3128", "http://proxy:3128", "http://user:p%40ss@proxy", "https://proxy/"] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        for url in ["socks5://proxy:1080", "http://", "http://user:secret@", "http://proxy:port", "a b"] {
            let message = check(url).unwrap_err();
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
