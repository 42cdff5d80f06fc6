//! Pictures, read by the programs that they are for: Graphviz, and Mermaid's own reader.
//!
//! Both come from npm, in exact versions with hashes (`tests/pictures/package-lock.json`), and are installed on first
//! use into the folder for what tests make.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const LOCK: &str = include_str!("../pictures/package-lock.json");

/// What a picture says, as its program reads it: who is in it and whether as an administrator at the end, and each
/// arrow with its labels.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) nodes: BTreeSet<(String, bool)>,
    pub(crate) edges: BTreeSet<(String, String, Vec<String>)>,
}

/// What Graphviz and Mermaid read in the two pictures of a report; fails where one of them refuses its text.
pub(crate) fn read(dot: &str, mermaid: &str) -> [Picture; 2] {
    let reader = folder().join("read.mjs");
    let mut node = Command::new("node")
        .arg(reader)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let given = json!({"dot": dot, "mermaid": mermaid}).to_string();
    node.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
    let ended = node.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let found: Value = serde_json::from_slice(&ended.stdout).unwrap();
    ["dot", "mermaid"].map(|name| picture(&found[name]))
}

fn picture(found: &Value) -> Picture {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes = found["nodes"].as_array().unwrap().iter();
    let edges = found["edges"].as_array().unwrap().iter();
    let labels = |edge: &Value| edge["labels"].as_array().unwrap().iter().map(text).collect::<Vec<_>>();
    Picture {
        nodes: nodes.map(|node| (text(&node["name"]), node["end"] == true)).collect(),
        edges: edges.map(|edge| (text(&edge["from"]), text(&edge["to"]), labels(edge))).collect(),
    }
}

/// The folder with both programs. A lock keeps test processes that start together from installing twice; the marker is
/// written last, so that an interrupted installation is started afresh.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    let marker = folder.join("installed");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    fs::write(folder.join("read.mjs"), include_str!("../pictures/read.mjs")).unwrap();
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == LOCK) {
        return folder;
    }
    fs::write(folder.join("package.json"), include_str!("../pictures/package.json")).unwrap();
    fs::write(folder.join("package-lock.json"), LOCK).unwrap();
    let installing = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(installing.status.success(), "npm ci: {}", String::from_utf8_lossy(&installing.stderr));
    fs::write(marker, LOCK).unwrap();
    folder
}
