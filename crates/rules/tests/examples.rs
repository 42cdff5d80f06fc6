//! Every example of every rule that ships, each as its own test named `rule::example`.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use palisade_rules::{ExampleOutcome, RuleSet};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match RuleSet::built_in().and_then(|rules| rules.test()) {
        Ok(outcomes) => outcomes.into_iter().map(trial).collect(),
        Err(error) => vec![Trial::test("rules load", move || Err(Failed::from(error)))],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(outcome: ExampleOutcome) -> Trial {
    let name = format!("{}::{}", outcome.rule, outcome.example);
    Trial::test(name, move || outcome.complaint().map_or(Ok(()), |complaint| Err(Failed::from(complaint))))
}
