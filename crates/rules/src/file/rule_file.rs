//! From the text of a rule file to a checked rule.

use std::collections::BTreeMap;

use palisade_facts::{Kind, vocabulary};

use super::document::{self, Entry, Node, Place, Shape};
use super::fields::{ATTESTATION, EXAMPLE, FIX, MANUAL, PARAMETER, RULE};
use super::read::{Keys, LoadProblem, Reader};
use crate::fix::{FixTemplate, Template};
use crate::language::{Expression, FactPath, Scope};
use crate::rule::{Condition, Example, ExampleAttestation, Requirement, Rule};
use crate::{Parameter, ParameterValue, Severity, Verdict};

/// The largest rule file, in bytes.
const MAX_FILE: usize = 256 << 10;

/// Where the examples begin: the last key of the files that ship.
const EXAMPLES: &str = "\nexamples:\n";

/// Reads a rule from the text of its file. `service` is its folder, `id` the stem of its name.
/// Every problem is reported.
pub(crate) fn read_rule(file: &str, service: &str, id: &str, text: &str) -> Result<Rule, Vec<LoadProblem>> {
    read(Reader::new(file, text), service, id, text)
}

/// The same of a file that ships, without its examples, which are most of it: they are tested before it ships.
pub(crate) fn read_tested_rule(
    file: &str,
    service: &str,
    id: &str,
    text: &str,
) -> Result<Rule, Vec<LoadProblem>> {
    match text.split_once(EXAMPLES) {
        Some((rule, _)) => read(Reader::new(file, text).without_examples(), service, id, rule),
        None => read_rule(file, service, id, text),
    }
}

fn read(mut reader: Reader<'_>, service: &str, id: &str, text: &str) -> Result<Rule, Vec<LoadProblem>> {
    let top = Place::default();
    if text.len() > MAX_FILE {
        reader.problem(top, format!("the file has {} bytes; {MAX_FILE} are the limit", text.len()));
        return reader.finish(None);
    }
    for (what, name) in [("id", id), ("service", service)] {
        if !is_name(name) {
            reader
                .problem(top, format!("`{name}` is no {what}: use small letters, digits and single hyphens"));
        }
    }
    let rule = match document::parse(text) {
        Ok(node) => reader.rule(&node, service, id),
        Err((place, message)) => {
            reader.problem(place, message);
            None
        }
    };
    reader.finish(rule)
}

/// Whether it is words of small letters and digits, joined by hyphens.
fn is_name(name: &str) -> bool {
    name.split('-')
        .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

impl Reader<'_> {
    fn rule(&mut self, node: &Node, service: &str, id: &str) -> Option<Rule> {
        let keys = self.map(node, "a rule", RULE)?;
        let kind = keys.get("resource").and_then(|node| self.kind(node));
        let params = keys.get("params").map_or(Some(Vec::new()), |node| self.parameters(node));
        let title = keys.get("title").and_then(|node| self.title(node));
        let severity = keys.get("severity").and_then(|node| self.severity(node));
        let why = keys.get("why").and_then(|node| self.text(node));
        let frameworks = keys.get("frameworks").map_or(Some(BTreeMap::new()), |node| self.requirements(node));
        let references = keys.get("references").map_or(Some(Vec::new()), |node| self.addresses(node));
        let aliases = keys.get("aliases").map_or(Some(Vec::new()), |node| self.texts(node));
        let examples = match keys.get("examples") {
            Some(node) => self.examples(node, params.as_deref()).map(Some),
            None => self.leaves_out("examples").then_some(None),
        };
        let kind = kind?;
        let evidence = keys.get("evidence").map(|node| self.facts(node, kind));
        let fix = keys.get("fix").and_then(|node| self.fix(node, kind));
        let mut params = params?;
        let applies_when = keys.get("applies_when").map(|node| self.condition(node, kind, &mut params, None));
        // Where it could not be read, the requirement would seem to lack the guards in it.
        let applies_when = applies_when.map_or(Some(None), |condition| condition.map(Some))?;
        let requirement = self.requirement(node, &keys, kind, &mut params, applies_when.as_ref());
        let requirement = requirement?;
        let mut rule = Rule {
            id: id.to_owned(),
            service: service.to_owned(),
            title: title?,
            severity: severity?,
            kind,
            applies_when,
            evidence: evidence.unwrap_or_else(|| Some(named_facts(kind, &requirement)))?,
            requirement,
            params,
            why: why?,
            fix: fix?,
            frameworks: frameworks?,
            references: references?,
            aliases: aliases?,
            examples: examples?,
            file: self.file().to_owned(),
            text: self.source().to_owned(),
            witness: None,
            assumes: None,
        };
        if rule.evidence.is_empty() && rule.requirement.condition().is_some() {
            let place = keys.get("evidence").or(keys.get("pass_when")).map_or(node.place, |node| node.place);
            self.problem(place, "a rule shows at least one fact with a fail");
        }
        rule.witness = beside(&rule, "witness");
        rule.assumes = beside(&rule, "assumes");
        if let (Some(node), Some(examples)) = (keys.get("examples"), &rule.examples) {
            self.check_examples(&rule, examples, node.place);
        }
        Some(rule)
    }

    fn kind(&mut self, node: &Node) -> Option<&'static Kind> {
        self.word(node, RULE, "resource").and_then(vocabulary::kind)
    }

    fn severity(&mut self, node: &Node) -> Option<Severity> {
        let name = self.word(node, RULE, "severity")?;
        Severity::ALL.into_iter().find(|severity| severity.name() == name)
    }

    fn title(&mut self, node: &Node) -> Option<String> {
        let title = self.text(node)?;
        if title.contains('\n') || title.ends_with('.') {
            self.problem(node.place, "a title is one sentence on one line, without a full stop");
            return None;
        }
        Some(title)
    }

    fn addresses(&mut self, node: &Node) -> Option<Vec<String>> {
        let addresses = self.texts(node)?;
        for (item, address) in self.items(node)?.iter().zip(&addresses) {
            if !address.starts_with("https://") {
                self.problem(item.place, format!("`{address}` is no address that begins with https://"));
            }
        }
        Some(addresses)
    }

    fn requirement(
        &mut self,
        node: &Node,
        keys: &Keys<'_>,
        kind: &'static Kind,
        params: &mut [Parameter],
        applies_when: Option<&Condition>,
    ) -> Option<Requirement> {
        let condition = keys.get("pass_when").map(|node| self.condition(node, kind, params, applies_when));
        let steps = keys.get("manual").map(|manual| {
            let keys = self.map(manual, "`manual`", MANUAL)?;
            keys.get("steps").and_then(|steps| self.texts(steps))
        });
        match (condition, steps) {
            (Some(condition), None) => condition.map(Requirement::Condition),
            (None, Some(steps)) => steps.map(Requirement::Manual),
            (Some(condition), Some(steps)) => Some(Requirement::Both(condition?, steps?)),
            (None, None) => {
                self.problem(node.place, "a rule lacks `pass_when` (or `manual`, where no API can tell)");
                None
            }
        }
    }

    fn condition(
        &mut self,
        node: &Node,
        kind: &'static Kind,
        params: &mut [Parameter],
        given: Option<&Condition>,
    ) -> Option<Condition> {
        // The text is read as it stands: its characters have places in the file.
        self.text(node)?;
        let Shape::Text(text) = &node.shape else { return None };
        let types: Vec<_> =
            params.iter().map(|param| (param.name.clone(), param.default.static_type())).collect();
        let scope = Scope {
            variable: kind.variable,
            object: kind.object,
            params: &types,
            given: given.map(|given| &given.expression),
        };
        let expression = match Expression::condition(text, &scope) {
            Ok(expression) => expression,
            Err(problems) => {
                for problem in problems {
                    self.problem_within(node, problem.offset, problem.message);
                }
                return None;
            }
        };
        for (index, choices) in &expression.choices {
            let Some(param) = params.get_mut(*index) else { continue };
            param.choices = if param.choices.is_empty() {
                choices.to_vec()
            } else {
                param.choices.iter().copied().filter(|choice| choices.contains(choice)).collect()
            };
            if let Err(message) = param.check(&param.default) {
                self.problem(node.place, format!("the default of a parameter does not fit: {message}"));
            }
        }
        Some(Condition { text: text.trim().to_owned(), expression })
    }

    fn facts(&mut self, node: &Node, kind: &'static Kind) -> Option<Vec<FactPath>> {
        let texts = self.texts(node)?;
        let items = self.items(node)?.iter().zip(&texts);
        // All are resolved before any missing one counts, so that every problem is noted.
        let paths: Vec<_> = items
            .map(|(item, text)| {
                let resolved = FactPath::resolve(kind, text);
                resolved.map_err(|message| self.problem(item.place, message)).ok()
            })
            .collect();
        paths.into_iter().collect()
    }

    fn fix(&mut self, node: &Node, kind: &'static Kind) -> Option<FixTemplate> {
        let keys = self.map(node, "`fix`", FIX)?;
        let summary = keys.get("summary").and_then(|node| self.template(node, kind));
        let cli = keys.get("cli").map_or(Some(Vec::new()), |node| {
            let templates: Vec<_> = self.items(node)?.iter().map(|item| self.template(item, kind)).collect();
            templates.into_iter().collect()
        });
        let console = keys.get("console").map(|node| self.template(node, kind));
        let console = console.map_or(Some(None), |template| template.map(Some))?;
        Some(FixTemplate::new(summary?, cli?, console))
    }

    fn template(&mut self, node: &Node, kind: &'static Kind) -> Option<Template> {
        let text = self.text(node)?;
        match Template::parse(kind, &text) {
            Ok(template) => Some(template),
            Err((offset, message)) => {
                self.problem_within(node, offset, message);
                None
            }
        }
    }

    fn parameters(&mut self, node: &Node) -> Option<Vec<Parameter>> {
        let Shape::Map(entries) = &node.shape else {
            self.problem(node.place, format!("`params` is a mapping, not {}", node.describe()));
            return None;
        };
        let params: Vec<_> = entries.iter().map(|entry| self.parameter(entry)).collect();
        params.into_iter().collect()
    }

    fn parameter(&mut self, entry: &Entry) -> Option<Parameter> {
        let name = &entry.key;
        if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            let message =
                format!("`{name}` is no name of a parameter: use small letters, digits and underscores");
            self.problem(entry.place, message);
            return None;
        }
        let mut default = &entry.value;
        let mut doc = None;
        if let Shape::Map(entries) = &entry.value.shape {
            for part in entries {
                match part.key.as_str() {
                    "default" => default = &part.value,
                    "doc" => doc = Some(self.text(&part.value)?),
                    other => {
                        let known = PARAMETER.join("` and `");
                        self.problem(part.place, format!("unknown key `{other}`; a parameter has `{known}`"));
                        return None;
                    }
                }
            }
        }
        let default = self.parameter_value(default)?;
        Some(Parameter { name: name.clone(), doc, default, choices: Vec::new() })
    }

    fn parameter_value(&mut self, node: &Node) -> Option<ParameterValue> {
        let value = match &node.shape {
            Shape::Bool(value) => Some(ParameterValue::Bool(*value)),
            Shape::Int(value) => Some(ParameterValue::Int(*value)),
            Shape::Text(text) => Some(ParameterValue::Text(text.clone())),
            Shape::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.parameter_value(item)).collect();
                Some(ParameterValue::List(items.into_iter().collect::<Option<_>>()?))
            }
            Shape::Null | Shape::Float(_) | Shape::Map(_) => None,
        };
        let value = value.filter(ParameterValue::is_uniform);
        if value.is_none() {
            let message = "a parameter is true or false, a whole number, a text, or a list of one of these";
            self.problem(node.place, message);
        }
        value
    }
}

/// The facts that a condition names: what is shown where the rule does not choose.
fn named_facts(kind: &'static Kind, requirement: &Requirement) -> Vec<FactPath> {
    let facts = requirement.condition().into_iter().flat_map(|condition| &condition.expression.facts);
    facts.filter_map(|path| FactPath::resolve(kind, path).ok()).collect()
}

/// The fact of that name that stands nearest to what the rule is about.
fn beside(rule: &Rule, name: &str) -> Option<FactPath> {
    let named = named_facts(rule.kind, &rule.requirement);
    named.iter().chain(&rule.evidence).find_map(|path| path.beside(rule.kind, name))
}

impl Reader<'_> {
    fn examples(&mut self, node: &Node, params: Option<&[Parameter]>) -> Option<Vec<Example>> {
        let examples: Vec<_> = self.items(node)?.iter().map(|item| self.example(item, params)).collect();
        let examples: Vec<Example> = examples.into_iter().collect::<Option<_>>()?;
        for (index, example) in examples.iter().enumerate() {
            if examples.iter().take(index).any(|before| before.name == example.name) {
                self.problem(node.place, format!("two examples are called `{}`", example.name));
            }
        }
        Some(examples)
    }

    fn example(&mut self, node: &Node, params: Option<&[Parameter]>) -> Option<Example> {
        let keys = self.map(node, "an example", EXAMPLE)?;
        let name = keys.get("name").and_then(|node| self.text(node));
        let expect = keys.get("expect").and_then(|node| self.word(node, EXAMPLE, "expect"));
        let given = keys.get("given").map_or_else(|| serde_json::json!({}), |node| node.to_json());
        let overrides = keys.get("params").map_or(Some(BTreeMap::new()), |node| self.overrides(node, params));
        let attestation = keys.get("attestation").map(|node| self.example_attestation(node));
        Some(Example {
            name: name?,
            expect: Verdict::ALL.into_iter().find(|verdict| Some(verdict.name()) == expect)?,
            given,
            params: overrides?,
            attestation: attestation.map_or(Some(None), |attestation| attestation.map(Some))?,
        })
    }

    fn overrides(
        &mut self,
        node: &Node,
        params: Option<&[Parameter]>,
    ) -> Option<BTreeMap<String, ParameterValue>> {
        let Shape::Map(entries) = &node.shape else {
            self.problem(node.place, format!("`params` is a mapping, not {}", node.describe()));
            return None;
        };
        let mut overrides = BTreeMap::new();
        for entry in entries {
            let value = self.parameter_value(&entry.value)?;
            let Some(params) = params else { continue };
            if let Err(message) = crate::settings::check_parameter(params, &entry.key, &value) {
                self.problem(entry.place, message);
            }
            overrides.insert(entry.key.clone(), value);
        }
        Some(overrides)
    }

    fn example_attestation(&mut self, node: &Node) -> Option<ExampleAttestation> {
        let keys = self.map(node, "`attestation`", ATTESTATION)?;
        let value = keys.get("value").and_then(|node| self.word(node, ATTESTATION, "value"));
        let when = keys.get("when").and_then(|node| self.date(node));
        let expires = keys.get("expires").and_then(|node| self.date(node));
        Some(ExampleAttestation { passed: value? == "pass", when: when?, expires: expires? })
    }

    /// Every rule shows what it finds, what it accepts, and that it does not guess.
    fn check_examples(&mut self, rule: &Rule, examples: &[Example], place: Place) {
        let mut wanted = vec![Verdict::Fail, Verdict::Pass];
        if rule.takes_attestations() {
            wanted.push(Verdict::Manual);
        }
        if rule.requirement.condition().is_some() && !rule.reads().is_empty() {
            wanted.push(Verdict::Unknown);
        }
        for verdict in wanted {
            if !examples.iter().any(|example| example.expect == verdict) {
                self.problem(place, format!("the examples lack one that expects `{verdict}`"));
            }
        }
        for example in
            examples.iter().filter(|example| example.attestation.is_some() && !rule.takes_attestations())
        {
            self.problem(
                place,
                format!("the example `{}` has an attestation, but the rule has no `manual`", example.name),
            );
        }
    }
}
