//! Proxies and private certificate authorities, for AWS and for the sources of credentials.

use palisade_emulator::{CONTAINER_TOKEN, CredentialSources, ForwardProxy, Routes, TlsEndpoint};

use super::credentials::Home;
use super::*;

/// A network without a way out but a proxy with a password, and with authorities of its own: one for
/// AWS's services, one for the sources of credentials.
struct Company {
    sources: CredentialSources,
    proxy: ForwardProxy,
    authorities: String,
    /// They serve as long as they are kept.
    _ends: [TlsEndpoint; 2],
}

/// `Proxy-Authorization` for user `user` and password `p@ss`.
const AUTHORIZATION: &str = "Basic dXNlcjpwQHNz";

impl Company {
    fn new(emulator: &Emulator) -> Self {
        let sources = CredentialSources::start().unwrap();
        let services = TlsEndpoint::in_front_of(emulator.proxy().address()).unwrap();
        let others = TlsEndpoint::in_front_of(sources.address()).unwrap();
        let authorities = format!("{}{}", services.authority(), others.authority());
        let ends = [("portal.sso.", &others), ("oidc.", &others), ("credentials.", &others), ("", &services)];
        let routes = Routes {
            tunnels: ends.map(|(prefix, end)| (prefix, end.address())).into(),
            plain: emulator.proxy().address(),
            authorization: Some(AUTHORIZATION),
        };
        let proxy = ForwardProxy::start(routes).unwrap();
        Self { sources, proxy, authorities, _ends: [services, others] }
    }

    fn url(&self) -> String {
        format!("http://user:p%40ss@{}", self.proxy.address())
    }

    /// A home in this network, in which nothing but the proxy is said of where AWS is.
    fn home(&self, emulator: &Emulator) -> Home {
        let mut home = Home::new(emulator, &self.sources);
        home.variables.retain(|(name, _)| !name.starts_with("AWS_ENDPOINT_URL"));
        let bundle = write(home.path(), "ca.pem", &self.authorities);
        home.variables.push(("AWS_CA_BUNDLE", bundle));
        home.variables.push(("HTTPS_PROXY", self.url()));
        home
    }

    fn went_to(&self, host: &str) -> bool {
        self.proxy.connections().contains(&format!("CONNECT {host}:443"))
    }
}

#[test]
fn every_service_and_every_source_goes_through_the_proxy_and_trusts_the_bundle() {
    let emulator = emulator();
    let container = "https://credentials.example.com/v1/credentials";
    let cases: [(&[(&'static str, &str)], &str); 4] = [
        (&[(PROFILE, "sso-session")], "portal.sso.eu-west-1.amazonaws.com"),
        (&[(PROFILE, "web-identity")], "sts.eu-west-1.amazonaws.com"),
        (&[(PROFILE, "spoke")], "sts.eu-west-1.amazonaws.com"),
        (
            &[
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", container),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN),
            ],
            "credentials.example.com",
        ),
    ];
    for (choice, source) in cases {
        let company = Company::new(&emulator);
        let home = company.home(&emulator);
        let snapshot = collect(&home.with(choice)).unwrap();
        assert!(!snapshot.contains("$unreadable"), "{choice:?}: {snapshot}");
        let services =
            ["sts.eu-west-1.amazonaws.com", "iam.amazonaws.com", "s3.eu-west-1.amazonaws.com", source];
        for host in services {
            assert!(company.went_to(host), "{choice:?} {host}: {:?}", company.proxy.connections());
        }
    }
}

#[test]
fn the_proxy_may_be_named_in_lower_case_or_for_all() {
    let emulator = emulator();
    for variable in ["https_proxy", "ALL_PROXY", "all_proxy"] {
        let company = Company::new(&emulator);
        let mut home = company.home(&emulator);
        home.variables.retain(|(name, _)| *name != "HTTPS_PROXY");
        collect(&home.with(&[KEYS[0], KEYS[1], (variable, &company.url())])).unwrap();
        assert!(company.went_to("iam.amazonaws.com"), "{variable}");
    }
}

#[test]
fn plain_requests_go_through_the_proxy_for_them_unless_their_host_is_excepted() {
    let emulator = emulator();
    let company = Company::new(&emulator);
    let url = company.url();
    for proxy in ["HTTP_PROXY", "http_proxy"] {
        let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", "http://aws.invalid"), (proxy, url.as_str())];
        collect(&variables).unwrap();
        let through = company.proxy.connections().len();
        assert!(through > 0, "{proxy}");
        for exception in ["NO_PROXY", "no_proxy"] {
            let once = ("AWS_MAX_ATTEMPTS", "1");
            let error = collect(&[&variables[..], &[(exception, ".invalid"), once]].concat()).unwrap_err();
            assert!(error.contains("who is asking"), "{error}");
        }
        assert_eq!(company.proxy.connections().len(), through, "{proxy}");
    }
}

#[test]
fn the_metadata_of_this_machine_are_never_asked_through_a_proxy() {
    let emulator = emulator();
    let company = Company::new(&emulator);
    let home = company.home(&emulator);
    let (proxy, metadata) = (company.url(), company.sources.endpoint());
    let snapshot = collect(&home.with(&[
        ("HTTP_PROXY", proxy.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "false"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.as_str()),
    ]));
    assert!(snapshot.unwrap().contains("\"account_id\":\"123456789012\""));
    let through = company.proxy.connections();
    assert!(through.iter().all(|line| line.starts_with("CONNECT ")), "{through:?}");
}

#[test]
fn a_proxy_that_refuses_is_named() {
    let emulator = emulator();
    let company = Company::new(&emulator);
    let mut home = company.home(&emulator);
    home.variables.retain(|(name, _)| *name != "HTTPS_PROXY");
    let wrong = format!("http://user:wrong@{}", company.proxy.address());
    let error = collect(&home.with(&[KEYS[0], KEYS[1], ("HTTPS_PROXY", &wrong), ("AWS_MAX_ATTEMPTS", "1")]));
    let error = error.unwrap_err();
    assert!(error.contains("proxy authorization required") && !error.contains("wrong"), "{error}");
}

#[test]
fn a_proxy_that_can_not_be_used_is_named_before_anything_is_sent() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint)];
    for url in ["socks5://proxy.example.com:1080", "http://user:secret@:3128"] {
        let error = collect(&[&variables[..], &[("https_proxy", url)]].concat()).unwrap_err();
        assert!(error.contains("https_proxy") && !error.contains("secret"), "{error}");
    }
    assert_eq!(emulator.proxy().requests().len(), 0);
}

#[test]
fn an_authority_that_is_not_trusted_is_an_error_and_nothing_is_sent() {
    let emulator = emulator();
    let tls = TlsEndpoint::in_front_of(emulator.proxy().address()).unwrap();
    let endpoint = tls.endpoint();
    let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", endpoint.as_str()), ("AWS_MAX_ATTEMPTS", "1")];
    let error = collect(&variables).unwrap_err();
    assert!(error.contains("certificate"), "{error}");
    assert_eq!(emulator.proxy().requests().len(), 0);
    let folder = tempfile::tempdir().unwrap();
    let bundle = write(folder.path(), "ca.pem", tls.authority());
    collect(&[&variables[..], &[("AWS_CA_BUNDLE", &bundle)]].concat()).unwrap();
}

#[test]
fn a_profile_may_name_the_authorities_to_trust() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let tls = TlsEndpoint::in_front_of(emulator.proxy().address()).unwrap();
    let mut home = Home::new(&emulator, &sources);
    home.variables.retain(|(name, _)| *name != "AWS_ENDPOINT_URL");
    let endpoint = tls.endpoint();
    let bundle = write(home.path(), "ca.pem", tls.authority());
    let variables =
        home.with(&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint), ("AWS_PROFILE", "trusting")]);
    collect(&variables).unwrap();
    std::fs::remove_file(bundle).unwrap();
    let error = collect(&variables).unwrap_err();
    assert!(error.contains("ca_bundle") && error.contains("ca.pem"), "{error}");
}

#[test]
fn a_useless_certificate_bundle_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = write(folder.path(), "ca.pem", "no certificate");
    let error = collect(&[KEYS[0], KEYS[1], ("AWS_CA_BUNDLE", &bundle)]).unwrap_err();
    assert!(error.contains("AWS_CA_BUNDLE") && error.contains("ca.pem"), "{error}");
    let error = collect(&[KEYS[0], KEYS[1], ("AWS_CA_BUNDLE", "/nonexistent.pem")]).unwrap_err();
    assert!(error.contains("/nonexistent.pem") && error.contains("No such file"), "{error}");
}

/// "FIPS endpoints" and "Dual-stack endpoints" of the AWS SDKs and Tools Reference Guide.
#[test]
fn other_kinds_of_endpoints_are_used_when_the_environment_asks_for_them() {
    let emulator = emulator();
    for (variable, hosts) in [
        ("AWS_USE_FIPS_ENDPOINT", ["iam-fips.amazonaws.com", "s3-fips.us-east-1.amazonaws.com"]),
        ("AWS_USE_DUALSTACK_ENDPOINT", ["iam.global.api.aws", "s3.dualstack.us-east-1.amazonaws.com"]),
    ] {
        let company = Company::new(&emulator);
        let home = company.home(&emulator);
        collect(&home.with(&[KEYS[0], KEYS[1], ("AWS_REGION", "us-east-1"), (variable, "true")])).unwrap();
        for host in hosts {
            assert!(company.went_to(host), "{host}: {:?}", company.proxy.connections());
        }
    }
}
