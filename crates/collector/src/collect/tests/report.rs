//! The credential report where it may not be made, or is not there.

use palisade_emulator::Fault;

use super::*;

fn only_the_report() -> Options {
    let mut options = everything();
    options.evidence = BTreeSet::from([Evidence::CredentialReport]);
    options
}

fn report(emulator: &Emulator) -> Observed<palisade_snapshot::CredentialReport> {
    collected(emulator.proxy(), &only_the_report()).shared.account.credential_report
}

#[test]
fn without_permission_to_make_one_an_existing_report_is_taken() {
    let emulator = mixed();
    let made = report(&emulator);
    assert!(made.present().is_some_and(|report| !report.rows.is_empty()), "{made:?}");
    emulator.proxy().inject("iam:GenerateCredentialReport", Fault::Denied);
    assert_eq!(report(&emulator), made);
}

#[test]
fn without_any_report_the_reason_is_why_none_was_made() {
    let emulator = mixed();
    emulator.proxy().inject("iam:GenerateCredentialReport", Fault::Denied);
    let none = Fault::Error { status: 410, code: "ReportNotPresent" };
    emulator.proxy().inject("iam:GetCredentialReport", none);
    let Observed::Unreadable(why) = report(&emulator) else { panic!() };
    assert_eq!((why.operation.as_str(), why.reason), ("iam:GenerateCredentialReport", Reason::Denied));
}

#[test]
fn a_report_that_vanished_is_not_an_empty_one() {
    let emulator = mixed();
    let none = Fault::Error { status: 410, code: "ReportExpired" };
    emulator.proxy().inject("iam:GetCredentialReport", none);
    let Observed::Unreadable(why) = report(&emulator) else { panic!() };
    assert_eq!((why.operation.as_str(), why.reason), ("iam:GetCredentialReport", Reason::Malformed));
}
