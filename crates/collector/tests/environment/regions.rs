//! Regions, and the addresses that follow from them.

use super::*;

/// The region that the caller was asked in, by variables.
#[test]
fn the_region_comes_from_options_environment_and_profile() {
    let emulator = emulator();
    let folder = tempfile::tempdir().unwrap();
    let config = write(folder.path(), "config", "[default]\nregion = eu-north-1\n");
    let (endpoint, config) = (("AWS_ENDPOINT_URL", emulator.endpoint()), ("AWS_CONFIG_FILE", config));
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")], "eu-west-1"),
        (&[("AWS_DEFAULT_REGION", "eu-west-2")], "eu-west-2"),
        (&[("AWS_CONFIG_FILE", &config.1)], "eu-north-1"),
        (&[(REGION, "us-west-2")], "us-west-2"),
        (&[], "us-east-1"),
    ];
    for (more, region) in cases {
        emulator.proxy().clear();
        let variables = [KEYS[0], KEYS[1], (endpoint.0, &endpoint.1)];
        collect(&[&variables, more].concat()).unwrap();
        let asked = emulator.proxy().requests();
        let caller = asked.iter().find(|request| request.operation == "sts:GetCallerIdentity").unwrap();
        assert_eq!(caller.region, region, "{more:?}");
    }
}

#[test]
fn sources_of_credentials_are_asked_somewhere_even_if_no_region_is_named() {
    let emulator = emulator();
    let folder = tempfile::tempdir().unwrap();
    let role =
        "[profile audit]\nrole_arn = arn:aws:iam::111122223333:role/audit\ncredential_source = Environment\n";
    let config = write(folder.path(), "config", role);
    let endpoint = emulator.endpoint();
    let variables =
        [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint), ("AWS_CONFIG_FILE", &config), (PROFILE, "audit")];
    let snapshot = collect(&variables).unwrap();
    assert!(snapshot.contains("\"account_id\":\"111122223333\""), "{snapshot}");
    assert_eq!(emulator.proxy().requests()[0].region, "us-east-1");
}

#[test]
fn who_names_no_region_is_told_that_other_partitions_need_one() {
    let emulator = emulator();
    emulator.proxy().inject("sts:GetCallerIdentity", Fault::UnknownAccessKey);
    let endpoint = emulator.endpoint();
    let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint)];
    let error = collect(&variables).unwrap_err();
    for part in ["InvalidClientTokenId", "us-east-1", "GovCloud", "--region"] {
        assert!(error.contains(part), "{error}");
    }
    let error = collect(&[&variables[..], &[("AWS_REGION", "eu-west-1")]].concat()).unwrap_err();
    assert!(!error.contains("GovCloud"), "{error}");
}
