//! Policies compiled for fast matching: patterns once, condition values typed once.

mod actions;
mod conditions;
mod lists;
mod principals;
mod resources;

pub(crate) use actions::ActionMatcher;
pub(crate) use conditions::{CompiledCondition, ConditionOutcome};
pub(crate) use principals::{Named, PrincipalMatcher};
pub(crate) use resources::ResourceMatcher;

use self::lists::Listing;
use crate::context::Context;
use crate::document::{DocumentError, Effect, PolicyDocument, PolicyVersion, Statement};
use crate::request::{Action, Resource};
use crate::truth::Truth;

/// A policy ready for evaluation. Share it in an [`std::sync::Arc`]: it never changes.
#[derive(Debug, Clone)]
pub struct CompiledPolicy {
    name: String,
    statements: Vec<CompiledStatement>,
}

/// A statement ready for evaluation, with what names it in answers.
#[derive(Debug, Clone)]
pub struct CompiledStatement {
    pub(crate) index: usize,
    pub(crate) pointer: StatementPlace,
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) principals: Option<PrincipalMatcher>,
    pub(crate) actions: ActionMatcher,
    pub(crate) resources: Option<ResourceMatcher>,
    pub(crate) conditions: Box<[CompiledCondition]>,
}

/// Whether a statement stands in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatementPlace {
    is_listed: bool,
}

impl CompiledPolicy {
    /// Compiles a document. The name appears in answers: the policy's ARN, or `inline policy x of role y`.
    #[must_use]
    pub fn new(name: impl Into<String>, document: &PolicyDocument) -> Self {
        let variables = document.version == PolicyVersion::V2012;
        Self {
            name: name.into(),
            statements: document.statements.iter().map(|statement| compile(statement, variables)).collect(),
        }
    }

    /// Reads and compiles a policy from its JSON text (already percent-decoded).
    ///
    /// # Errors
    /// [`DocumentError`] with the place, if the text is no policy.
    pub fn from_text(name: impl Into<String>, text: &str) -> Result<Self, DocumentError> {
        Ok(Self::new(name, &PolicyDocument::from_text(text)?))
    }

    /// The name given at compilation.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same policy with those statements only for which `keep` is true.
    #[must_use]
    pub fn reduced(&self, keep: impl Fn(&CompiledStatement) -> bool) -> Self {
        let statements = self.statements.iter().filter(|one| keep(one)).cloned().collect();
        Self { name: self.name.clone(), statements }
    }

    /// The statements, in order.
    #[must_use]
    pub fn statements(&self) -> &[CompiledStatement] {
        &self.statements
    }
}

impl CompiledStatement {
    /// Its place among the statements, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Its `Sid`, if it has one.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// What it does when it matches.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether `Action` or `NotAction` includes an action, whatever else the statement asks for.
    #[must_use]
    pub fn is_about(&self, action: &Action) -> bool {
        self.actions.matches(action)
    }

    /// Whether it says what it is not about: `NotAction` or `NotResource`.
    #[must_use]
    pub fn is_inverted(&self) -> bool {
        self.actions.is_negated() || self.resources.as_ref().is_some_and(ResourceMatcher::is_negated)
    }

    /// Whether it counts for every resource (`"Resource": "*"`) and under no condition.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        self.conditions.is_empty() && self.resources.as_ref().is_some_and(ResourceMatcher::is_everything)
    }

    /// Whether `Resource` or `NotResource` includes a resource, perhaps depending on what the context leaves open.
    #[must_use]
    pub fn can_be_on(&self, resource: &Resource, context: &Context) -> bool {
        self.resources.as_ref().is_none_or(|resources| resources.matches(resource, context) != Truth::False)
    }

    /// The condition keys that have a part in whether it matches, as written; `None` if policy variables may bring
    /// in more.
    #[must_use]
    pub fn condition_keys(&self) -> Option<Vec<&str>> {
        let has_variables = self.resources.as_ref().is_some_and(ResourceMatcher::has_variables);
        let written = |condition: &CompiledCondition| {
            condition.source.values.items.iter().any(|value| value.contains("${"))
        };
        let none = has_variables || self.conditions.iter().any(written);
        (!none).then(|| self.conditions.iter().map(|condition| condition.source.key.as_str()).collect())
    }

    /// The services, in lower case, whose actions it can be about; `None` if they cannot be listed.
    #[must_use]
    pub fn services(&self) -> Option<Vec<&str>> {
        self.actions.services()
    }

    /// Whether it is about every request that another is about; `false` also where that can't be told.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        let names = match (&self.principals, &other.principals) {
            (None, None) => true,
            (Some(more), Some(less)) => more.includes(less),
            _ => false,
        };
        let is_on = match (&self.resources, &other.resources) {
            (None, None) => true,
            (Some(more), Some(less)) => more.includes(less),
            _ => false,
        };
        let asks_no_more = |condition: &CompiledCondition| {
            other.conditions.iter().any(|stronger| stronger.implies(condition))
        };
        names && is_on && self.actions.includes(&other.actions) && self.conditions.iter().all(asks_no_more)
    }

    /// Whether no request is what both are about; `false` also where that can't be told.
    pub(crate) fn excludes(&self, other: &Self) -> bool {
        let apart = match (&self.resources, &other.resources) {
            (Some(one), Some(other)) => one.excludes(other),
            _ => false,
        };
        apart || self.actions.excludes(&other.actions)
    }

    /// Statements that together are about the same, each about as little as can be; `None` if there would be more than
    /// `most`.
    pub(crate) fn parts(&self, most: usize) -> Option<Vec<Self>> {
        let principals: Vec<_> = match &self.principals {
            Some(principals) => principals.parts().into_iter().map(Some).collect(),
            None => vec![None],
        };
        let resources: Vec<_> = match &self.resources {
            Some(resources) => resources.parts().into_iter().map(Some).collect(),
            None => vec![None],
        };
        let actions = self.actions.parts();
        let count = principals.len().checked_mul(resources.len())?.checked_mul(actions.len())?;
        if count > most {
            return None;
        }
        let mut parts = Vec::with_capacity(count);
        for principals in &principals {
            for resources in &resources {
                parts.extend(actions.iter().map(|actions| Self {
                    principals: principals.clone(),
                    resources: resources.clone(),
                    actions: actions.clone(),
                    ..self.clone()
                }));
            }
        }
        Some(parts)
    }

    /// Its JSON pointer in the document.
    #[must_use]
    pub fn pointer(&self) -> String {
        if self.pointer.is_listed { format!("/Statement/{}", self.index) } else { "/Statement".to_owned() }
    }
}

fn compile(statement: &Statement, variables: bool) -> CompiledStatement {
    CompiledStatement {
        index: statement.index,
        pointer: StatementPlace { is_listed: statement.is_listed },
        sid: statement.sid.clone(),
        effect: statement.effect,
        principals: statement.principals.as_ref().map(PrincipalMatcher::compile),
        actions: ActionMatcher::compile(&statement.actions),
        resources: statement.resources.as_ref().map(|element| ResourceMatcher::compile(element, variables)),
        conditions: statement
            .conditions
            .iter()
            .map(|condition| CompiledCondition::compile(condition, variables))
            .collect(),
    }
}
