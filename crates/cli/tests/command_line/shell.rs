//! What a shell and a pager are given: made from the same flags as `--help`.

use crate::harness::Place;

#[test]
fn every_shell_completes_every_command() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = place.run(&["completions", shell]);
        assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""), "{shell}");
        for word in ["permissions", "exclude-rule"] {
            assert!(script.stdout.contains(word), "{word} for {shell}");
        }
    }
    let other = place.run(&["completions", "tcsh"]);
    assert_eq!(other.code, Some(2));
    assert!(other.stderr.contains("zsh"), "{}", other.stderr);
}

#[test]
fn there_is_a_manual_page_of_every_command() {
    let place = Place::new();
    let page = |commands: &[&str]| {
        let ended = place.run(&[&["man"], commands].concat());
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{commands:?}");
        ended.stdout
    };
    assert!(page(&[]).contains(".TH palisade 1") && page(&[]).contains("Exit codes"));
    let scan = page(&["scan"]);
    assert!(scan.contains(".TH palisade-scan 1") && scan.contains("external\\-id"), "{scan}");
    assert!(page(&["rules", "test"]).contains("examples of every rule"));
    place.run(&["man", "skan"]).failed(2, &["there is no command `skan`"]);
}
