//! Where reports go: whole or not at all, and exit codes stay right when nobody listens.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::example_account::document;
use crate::harness::{Ended, Place};

fn place() -> Place {
    let place = Place::new();
    place.write("a.jsonl", document());
    place
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let place = place();
    let shown = place.run(&["check", "a.jsonl", "-f", "json"]);
    let filed = place.run(&["check", "a.jsonl", "-f", "json", "-o", "report.json"]);
    assert_eq!((filed.code, filed.stdout.as_str()), (shown.code, ""));
    assert_eq!(fs::read_to_string(place.path("report.json")).unwrap(), shown.stdout);
    assert_eq!(place.names(), ["a.jsonl", "report.json"]);
    let dash = place.run(&["check", "a.jsonl", "-f", "json", "-o", "-"]);
    assert_eq!(dash.stdout, shown.stdout);
}

#[test]
fn a_file_is_replaced_only_by_a_whole_report() {
    let place = place();
    place.write("report.json", "old");
    place.write("torn.jsonl", &document()[..900]);
    place.run(&["check", "torn.jsonl", "-f", "json", "-o", "report.json"]).failed(1, &["torn"]);
    assert_eq!(fs::read_to_string(place.path("report.json")).unwrap(), "old");
    fs::create_dir(place.path("locked")).unwrap();
    place.run(&["check", "a.jsonl", "-o", "absent/report.json"]).failed(1, &["absent/report.json"]);
    place.run(&["check", "a.jsonl", "-o", "locked"]).failed(2, &["locked is a folder"]);
}

#[test]
fn a_new_file_has_the_mode_that_the_umask_leaves() {
    let place = place();
    let binary = env!("CARGO_BIN_EXE_palisade");
    let mut command = place.command(&[""; 0]);
    let shell = command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let shell: Vec<_> = shell.collect();
    command = std::process::Command::new("/bin/sh");
    command.current_dir(place.path("")).env_clear().envs(shell);
    command.args(["-c", &format!("umask 027; '{binary}' check a.jsonl -o report.txt")]);
    assert_eq!(Ended::of(command).code, Some(0));
    let mode = fs::metadata(place.path("report.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_link_leads_to_the_file_that_is_replaced() {
    let place = place();
    place.write("real/report.txt", "old");
    std::os::unix::fs::symlink("real/report.txt", place.path("link.txt")).unwrap();
    assert_eq!(place.run(&["check", "a.jsonl", "-o", "link.txt"]).code, Some(0));
    assert!(fs::symlink_metadata(place.path("link.txt")).unwrap().is_symlink());
    assert!(fs::read_to_string(place.path("real/report.txt")).unwrap().starts_with("Account "));
}

#[test]
fn a_full_disk_is_said_and_is_no_result() {
    let place = place();
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in
        [&["check", "a.jsonl"][..], &["check", "a.jsonl", "-f", "json"], &["rules", "list"], &["permissions"]]
    {
        let mut command = place.command(arguments);
        command.stdout(full());
        Ended::of(command).failed(1, &["cannot write", "No space left"]);
    }
    place.run(&["check", "a.jsonl", "-o", "/dev/full"]).failed(1, &["/dev/full"]);
    assert!(fs::metadata("/dev/full").unwrap().permissions().mode() & 0o170_000 != 0o100_000);
}

#[test]
fn a_reader_that_has_gone_is_no_error_and_the_exit_code_stays_right() {
    let place = place();
    for (arguments, code) in [
        (&["check", "a.jsonl", "--all", "-f", "json"][..], 0),
        (&["check", "a.jsonl", "--fail-on", "low"], 3),
        (&["rules", "list"], 0),
    ] {
        let mut child =
            place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(code), ""), "{arguments:?}");
    }
}

#[test]
fn the_version_comes_at_once() {
    let place = Place::new();
    let fastest = (0..10).map(|_| {
        let began = Instant::now();
        assert_eq!(place.run(&["--version"]).code, Some(0));
        began.elapsed()
    });
    assert!(fastest.min().unwrap() < Duration::from_millis(100));
}
