//! Collections that a signal ends, at any moment: no torn file is taken for whole, what was collected
//! is kept, and `--resume` completes it to what an undisturbed run gives.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Ended, Place, example};
use crate::scan_report::{Emulated, in_environment};
use palisade_emulator::account::User;
use palisade_emulator::{Account, Fault, Proxy};
use serde_json::Value;

/// The clock of all runs, so that their reports can be compared byte by byte.
const NOW: &str = "2026-11-02T05:00:00Z";

const SCAN: &[&str] = &["scan", "--snapshot", "kept.jsonl", "-f", "json", "--all", "--now", NOW];

/// More random moments can be tried by setting this variable to their number.
const MOMENTS: &str = "PALISADE_INTERRUPTIONS";

/// An account without what is declared of it, so that there is nothing in its place but what runs leave there.
fn undeclared() -> Emulated {
    let emulated = Emulated::fixture("mixed");
    fs::remove_file(emulated.place.path("palisade.toml")).unwrap();
    emulated
}

fn start(place: &Place, arguments: &[&str]) -> Child {
    place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends a signal; a process that has just ended by itself takes none.
fn signal(child: &Child, name: &str) {
    Command::new("kill").args(["-s", name, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
}

fn ended(child: Child) -> Ended {
    child.wait_with_output().unwrap().into()
}

/// Waits until so many requests have come, or the process has ended by itself.
fn wait_for_requests(proxy: &Proxy, child: &mut Child, requests: usize) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while proxy.requests().len() < requests && child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "only {} requests came", proxy.requests().len());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Starts and waits until it asks what is not answered: the policies of buckets.
fn start_and_hang(emulated: &Emulated, arguments: &[&str]) -> Child {
    let mut child = start(&emulated.place, arguments);
    while !emulated.emulator.proxy().counts().contains_key("s3:GetBucketPolicy") {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

/// The document of a snapshot as far as it tells about the account, not how often AWS was asked.
fn content(place: &Place, name: &str) -> String {
    let text = fs::read_to_string(place.path(name)).unwrap();
    let told =
        text.lines().filter(|line| !line.starts_with("{\"calls\"") && !line.starts_with("{\"trailer\""));
    told.collect::<Vec<_>>().join("\n")
}

/// Numbers that look random and are the same in every run ("Xorshift RNGs", Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

#[test]
fn whatever_ends_a_scan_it_is_completed_to_the_same_report() {
    let emulated = undeclared();
    emulated.emulator.proxy().record();
    let undisturbed = emulated.place.run(SCAN);
    assert_eq!(undisturbed.code, Some(0), "{}", undisturbed.stderr);
    let whole = content(&emulated.place, "kept.jsonl");
    let requests = emulated.emulator.proxy().requests().len();
    assert_eq!(emulated.place.names(), ["kept.jsonl"]);

    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let moments = std::env::var(MOMENTS).map_or(9, |count| count.parse().unwrap());
    for moment in 0..moments {
        // The account is as it was: a new credential report would be another one.
        let replay = emulated.emulator.replay().unwrap();
        let place = in_environment(emulated.emulator.environment_at(&replay.endpoint()));
        replay.set_latency(Duration::from_millis(100));
        let (name, code) = [("KILL", None), ("INT", Some(130)), ("TERM", Some(143))][moment % 3];
        let after = 2 + random.below(requests - 2);
        let mut child = start(&place, SCAN);
        wait_for_requests(&replay, &mut child, after);
        signal(&child, name);
        let cut = ended(child);
        replay.set_latency(Duration::ZERO);
        if cut.code == Some(0) {
            // It was quicker than the signal.
            assert!(cut.stdout == undisturbed.stdout);
            continue;
        }
        assert_eq!((cut.code, cut.stdout.as_str()), (code, ""), "{name} after {after}: {}", cut.stderr);
        if code.is_some() {
            assert!(cut.sentence().contains("--resume` completes it"), "{}", cut.stderr);
            // What was collected can be judged as it is, unless there is nothing to judge yet.
            let check = place.run(&["check", "kept.jsonl", "-f", "json"]);
            assert!(matches!(check.code, Some(0 | 4)) || check.sentence().contains("nothing in account"));
        } else {
            assert!(!place.path("kept.jsonl").exists(), "{name} after {after}");
        }
        let partial = place.path("kept.jsonl.partial");
        assert_eq!(fs::metadata(&partial).unwrap().permissions().mode() & 0o777, 0o600);
        place.run(&["check", "kept.jsonl.partial"]).failed(1, &["not a Palisade snapshot"]);

        let before = replay.requests().len();
        let resumed = place.run(&[SCAN, &["--resume"]].concat());
        assert_eq!(resumed.code, Some(0), "{name} after {after}: {}", resumed.stderr);
        let other = content(&place, "kept.jsonl");
        let other: Vec<_> = other.lines().zip(whole.lines()).filter(|(now, before)| now != before).collect();
        assert!(other.is_empty(), "{name} after {after}: {other:#?}");
        assert!(resumed.stdout == undisturbed.stdout, "{name} after {after} changes the report");
        assert_eq!(place.names(), ["kept.jsonl"]);
        // Asked again are what was under way, who asks, and that the credential report be made.
        let again = replay.requests().len() - before;
        assert!(again <= requests - after + 40, "{again} of {requests} were asked again after {after}");
    }
}

#[test]
fn the_command_that_is_printed_completes_it() {
    let emulated = undeclared();
    let (emulator, place) = (&emulated.emulator, &emulated.place);
    for collect in [&["collect", "-o", "my snapshot.jsonl.zst"][..], &["scan", "--snapshot", "it's.jsonl"]] {
        emulator.proxy().clear();
        emulator.proxy().inject("s3:GetBucketPolicy", Fault::Hang);
        let child = start_and_hang(&emulated, collect);
        signal(&child, "INT");
        let cut = ended(child);
        assert_eq!(cut.code, Some(130), "{}", cut.stderr);
        let command = cut.sentence().split('`').nth(1).unwrap().to_owned();
        emulator.proxy().clear();
        let shell = place.command(&[""; 0]);
        let mut resume = Command::new("/bin/sh");
        resume.args(["-c", &command]).current_dir(place.path("")).env_clear();
        resume.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let resumed = Ended::of(resume);
        assert_eq!(resumed.code, Some(0), "{command}: {}", resumed.stderr);
        let asked = emulator.proxy().counts();
        assert!(asked.contains_key("s3:GetBucketPolicy"), "{asked:?}");
        // The policies of buckets were asked for once all buckets were known.
        assert!(!asked.contains_key("s3:ListBuckets"), "asked again: {asked:?}");
    }
    assert_eq!(place.names(), ["it's.jsonl", "my snapshot.jsonl.zst"]);
}

#[test]
fn a_scan_that_is_resumed_keeps_the_clock_of_its_beginning() {
    let emulated = undeclared();
    let (emulator, place) = (&emulated.emulator, &emulated.place);
    emulator.proxy().inject("s3:GetBucketPolicy", Fault::Hang);
    let child = start_and_hang(&emulated, &["collect", "-o", "kept.jsonl"]);
    signal(&child, "KILL");
    ended(child);
    let first = fs::read_to_string(place.path("kept.jsonl.partial")).unwrap();
    let begun: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    emulator.proxy().clear();
    let resumed = place.run(&["collect", "-o", "kept.jsonl", "--resume"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    let kept = fs::read_to_string(place.path("kept.jsonl")).unwrap();
    let header: Value = serde_json::from_str(kept.lines().next().unwrap()).unwrap();
    assert_eq!(header["header"]["taken_at"], begun["begun"]["collection"]["taken_at"]);
}

#[test]
fn what_was_begun_otherwise_is_not_resumed() {
    let mut account = Account::fixture("mixed").unwrap();
    account.users.push(User { name: "eve".to_owned(), ..User::default() });
    let emulated = Emulated::account(account);
    let (emulator, place) = (&emulated.emulator, &emulated.place);
    place.run(&["collect", "-o", "kept.jsonl", "--resume"]).failed(2, &["nothing to resume"]);
    emulator.proxy().inject("s3:GetBucketPolicy", Fault::Hang);
    let child = start_and_hang(&emulated, &["collect", "-o", "kept.jsonl", "--region", "us-east-1"]);
    // Nobody else may take it up while it is written.
    place.run(&["collect", "-o", "kept.jsonl", "--resume"]).failed(1, &["still writing"]);
    signal(&child, "KILL");
    ended(child);
    emulator.proxy().clear();
    let resume = ["collect", "-o", "kept.jsonl", "--resume", "--region", "us-east-1"];
    place.run(&resume[..4]).failed(1, &["other regions"]);
    place.run(&[&resume[..], &["--service", "s3"]].concat()).failed(1, &["other rules"]);
    place.run(&[&resume[..], &["--now", NOW]].concat()).failed(1, &["its clock is"]);
    let other = in_environment(emulator.environment_of("eve").unwrap());
    other.write("kept.jsonl.partial", fs::read(place.path("kept.jsonl.partial")).unwrap());
    other.run(&resume).failed(1, &["user/eve"]);
    let partial = fs::read_to_string(place.path("kept.jsonl.partial")).unwrap();
    place.write("kept.jsonl.partial", partial.replace("123456789012", "210987654321"));
    place.run(&resume).failed(1, &["of account 210987654321, not of 123456789012"]);
    place.write("kept.jsonl.partial", "{}\n");
    place.run(&resume).failed(2, &["does not begin as a journal does"]);
    assert!(place.path("kept.jsonl.partial").exists(), "a refusal takes nothing away");
}

#[test]
fn a_report_that_is_cut_short_leaves_no_file_behind() {
    let place = Place::new();
    let example = example();
    let arguments = ["check", example.to_str().unwrap(), "--all", "-f", "json", "-o", "report.json"];
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        // On a busy machine the command may be quicker than the signal.
        let was_cut = (0..20).any(|_| {
            let mut child = start(&place, &arguments);
            while place.names().is_empty() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            signal(&child, name);
            let ended = ended(child);
            if ended.code == Some(0) {
                assert_eq!(place.names(), ["report.json"]);
                fs::remove_file(place.path("report.json")).unwrap();
                return false;
            }
            assert_eq!(ended.code, Some(code), "{}", ended.stderr);
            true
        });
        assert!(was_cut);
        assert_eq!(place.names(), Vec::<String>::new());
    }
}
