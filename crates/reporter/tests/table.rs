//! What people see.
#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

mod sample;

use palisade_reporter::{FormatName, Look};
use palisade_rules::{Coverage, Report};

fn table(report: &Report, look: Look) -> String {
    let mut bytes = Vec::new();
    let mut format = FormatName::Table.writer(&mut bytes, look);
    format.begin(&report.run).unwrap();
    let findings = report.findings.iter().cloned().map(|one| FormatName::Table.present(one));
    findings.for_each(|finding| format.finding(finding).unwrap());
    format.end(&report.coverage, &report.summary).unwrap();
    format.close().unwrap();
    drop(format);
    String::from_utf8(bytes).unwrap()
}

/// The whole page, as reviewed; `UPDATE_EXPECTED=1` writes it anew.
#[test]
fn the_page_is_as_reviewed() {
    let page = table(&sample::report(), Look { width: 100, ..Look::default() });
    let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/expected/table.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(expected, &page).unwrap();
    }
    assert_eq!(page, std::fs::read_to_string(expected).unwrap());
}

#[test]
fn it_fits_any_width_between_its_first_line_and_its_last() {
    for width in [40, 60, 80, 132, 200] {
        let page = table(&sample::report(), Look { width, ..Look::default() });
        let lines: Vec<&str> = page.lines().collect();
        for line in &lines[1..lines.len() - 1] {
            // Commands are only broken where a shell lets them be.
            let is_word = line.split_whitespace().any(|word| word.chars().count() + 12 > usize::from(width));
            assert!(line.chars().count() <= usize::from(width) || is_word, "{width}: {line}");
        }
    }
}

#[test]
fn no_character_of_a_name_reaches_the_terminal_as_a_command() {
    let page = table(&sample::report(), Look::default());
    assert!(page.contains(r"mallory\u{1b}[2J\u{d}\u{a}\u{202e}nimda"), "{page}");
    assert!(page.chars().all(|character| character == '\n' || !character.is_control()));
    assert!(page.lines().all(|line| line.chars().count() < 400));
}

#[test]
fn colours_come_only_when_asked_for_and_change_nothing_else() {
    let plain = table(&sample::report(), Look::default());
    let coloured = table(&sample::report(), Look { colours: true, ..Look::default() });
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
    let mut parts = coloured.split('\u{1b}');
    let first = parts.next().unwrap().to_owned();
    let stripped = parts.fold(first, |text, part| text + part.split_once('m').unwrap().1);
    assert_eq!(stripped, plain);
}

#[test]
fn the_rest_of_many_resources_is_counted() {
    let page = table(&sample::report(), Look { resources_per_rule: 2, ..Look::default() });
    assert!(page.contains("acme-share-01") && !page.contains("acme-share-02"));
    assert!(page.contains("… and 11 more"), "{page}");
}

#[test]
fn a_complete_report_says_so_in_its_last_line() {
    let mut report = sample::report();
    report.coverage = Coverage { planned: 3, answered: 3, ..Coverage::default() };
    let page = table(&report, Look::default());
    assert!(page.ends_with("Complete: everything that the rules need was read (3 answers).\n"), "{page}");
}

#[test]
fn the_last_line_names_calls_and_actions_and_where_to_get_them() {
    let page = table(&sample::report(), Look::default());
    assert_eq!(
        page.lines().last().unwrap(),
        "Incomplete: could not read s3:GetBucketEncryption (denied, needs s3:GetEncryptionConfiguration), \
         s3:GetBucketPolicy (denied). `palisade permissions` prints the policy that allows it."
    );
}
