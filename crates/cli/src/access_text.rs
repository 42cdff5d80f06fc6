//! Answers about access as text for people. Names come from the account: what could steer a terminal is
//! written as escapes.

use std::fmt::Write as _;

use palisade_facts::access_query::{
    Assumption, Because, CanAnswer, MissingAnswer, NotCollected, NotConsidered, PrincipalAccess, Residual,
    StatementPlace, WhoCanAnswer,
};

/// Text that grows by lines, each at a depth.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, depth: usize, text: impl AsRef<str>) {
        let _ = writeln!(self.0, "{:indent$}{}", "", harmless(text.as_ref()), indent = depth * 2);
    }

    fn because(&mut self, depth: usize, reasons: &[Because]) {
        for reason in reasons {
            self.add(depth, because(reason));
        }
    }

    fn open(&mut self, depth: usize, residual: &[Residual], missing: &[MissingAnswer]) {
        for one in residual {
            self.add(depth, format!("if {}", hanging(one)));
        }
        self.missing(depth, missing);
    }

    fn missing(&mut self, depth: usize, missing: &[MissingAnswer]) {
        for call in missing {
            let MissingAnswer { operation, iam_action, reason } = call;
            let needs = if iam_action.is_empty() { String::new() } else { format!(", needs {iam_action}") };
            self.add(depth, format!("unknown without {operation} ({reason}{needs})"));
        }
    }

    fn notes(&mut self, assumes: &[Assumption], not_considered: &[NotConsidered]) {
        for one in assumes {
            self.add(0, format!("assumes: {}", assumption(*one)));
        }
        for one in not_considered {
            self.add(0, format!("not considered: {}", left_out(*one)));
        }
    }
}

/// The text with everything but quotes and backslashes escaped that Rust escapes: control characters, and
/// those that nobody sees.
fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\'' | '"' | '\\' => safe.push(character),
            other => safe.extend(other.escape_debug()),
        }
    }
    safe
}

/// The answer of `can`.
pub(crate) fn can(answer: &CanAnswer) -> String {
    let mut lines = Lines::default();
    let CanAnswer { principal, action, resource, decision, .. } = answer;
    lines.add(0, format!("{}: {principal} {action} {resource}", decision.name()));
    lines.because(1, &answer.because);
    lines.open(1, &answer.residual, &answer.unknown_because);
    lines.notes(&answer.assumes, &answer.not_considered);
    lines.0
}

/// The answer of `who-can`.
pub(crate) fn who_can(answer: &WhoCanAnswer) -> String {
    let mut lines = Lines::default();
    let WhoCanAnswer { action, resource, principals, .. } = answer;
    let count = principals.len();
    let noun = if count == 1 { "principal" } else { "principals" };
    lines.add(0, format!("{action} {resource}: {count} {noun}"));
    for one in principals {
        principal(&mut lines, one);
    }
    if answer.chains_go_on {
        lines.add(0, "others may, through more than 32 roles (chains_go_on)");
    }
    for one in &answer.others_depend_on {
        lines.add(0, format!("others may: {}", not_collected(*one)));
    }
    if !answer.unknown_because.is_empty() {
        lines.add(0, "others may be missing:");
        lines.missing(1, &answer.unknown_because);
    }
    lines.notes(&answer.assumes, &answer.not_considered);
    lines.0
}

fn principal(lines: &mut Lines, one: &PrincipalAccess) {
    lines.add(0, format!("{} {} {}", one.decision.name(), one.kind.name(), one.principal));
    for step in &one.via {
        lines.add(1, format!("{} {}", step.action, step.role));
        lines.because(2, &step.because);
        lines.open(2, &step.residual, &step.unknown_because);
    }
    lines.because(1, &one.because);
    lines.open(1, &one.residual, &one.unknown_because);
}

fn because(reason: &Because) -> String {
    match reason {
        Because::Statement { place, conditional } => {
            let maybe = if *conditional { ", conditional" } else { "" };
            format!("{}{maybe}", statement(place))
        }
        Because::Malformed { place, condition, reason } => {
            format!("{}: the condition at {condition} is not well-formed, {reason}", statement(place))
        }
        Because::NoAllow { kind, reason } => format!("{kind}: {reason}"),
        Because::Rule { reason } => reason.clone(),
    }
}

fn statement(place: &StatementPlace) -> String {
    let sid = place.sid.as_ref().map(|sid| format!(" ({sid})")).unwrap_or_default();
    format!("{} by {} {} {}{sid}", place.effect, place.kind, place.policy, place.path)
}

fn hanging(residual: &Residual) -> String {
    match residual {
        Residual::Condition { place, operator, key, values, chosen_by_caller, .. } => {
            let holds = if place.effect == "Deny" { "not " } else { "" };
            let chosen = if *chosen_by_caller { ", which the caller chooses" } else { "" };
            format!(
                "{holds}{operator} {key} {}{chosen} ({} {})",
                values.join(" | "),
                place.policy,
                place.path
            )
        }
        Residual::NotCollected { reason } => not_collected(*reason).to_owned(),
        Residual::Variable { place } => {
            format!(
                "the resource of {} {}, which has a policy variable, includes it",
                place.policy, place.path
            )
        }
    }
}

fn not_collected(reason: NotCollected) -> &'static str {
    match reason {
        NotCollected::ResourcePolicyNotCollected => {
            "the resource's own policy says so (resource_policy_not_collected)"
        }
        NotCollected::IdentityPoliciesNotCollected => {
            "the principal's own account lets it (identity_policies_not_collected)"
        }
    }
}

fn assumption(one: Assumption) -> &'static str {
    match one {
        Assumption::ScpNotRead => "no service control policy forbids it (scp_not_read)",
        Assumption::RcpNotRead => "no resource control policy forbids it (rcp_not_read)",
    }
}

fn left_out(one: NotConsidered) -> &'static str {
    match one {
        NotConsidered::AccessControlLists => {
            "the access control list of the bucket, which could not be read (access_control_lists)"
        }
        NotConsidered::ObjectAccessControlLists => {
            "access control lists of the objects, which count here (object_access_control_lists)"
        }
        NotConsidered::RegistryPolicy => "the policies of the private registries (registry_policy)",
    }
}
