//! The shared sample cases, where they are at hand.

use palisade_policy::simulate::{Simulator, SimulatorOptions};
use serde_json::Value;

/// Samples that contradict AWS's documentation, with the reason.
const CONTRADICTED: [(&str, &str); 1] = [(
    "random-s77/00053",
    "a variable may stand anywhere after the fifth colon of an ARN, so also where a topic's name begins: \"IAM policy \
     elements: Variables and tags\", Where you can use policy variables, whose example is a queue that is named \
     ${aws:username}-queue",
)];

#[test]
fn samples_are_decided_as_expected() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/cases/simulate.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let mut simulator = Simulator::new(SimulatorOptions::default());
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let mut output = Vec::new();
        simulator.answer(number, line, &mut output).unwrap();
        let answer: Value = serde_json::from_slice(&output).unwrap();
        let contradicted = CONTRADICTED.iter().any(|(id, _)| case["id"] == *id);
        if (answer["decision"] == case["expected"]) == contradicted {
            wrong.push(format!("{}: {answer}, expected {}", case["id"], case["expected"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
