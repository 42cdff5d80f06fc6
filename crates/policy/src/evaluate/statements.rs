//! One set of policies against one request.

use super::answer::Layer;
use super::observer::{Observer, Place};
use crate::compiled::{CompiledStatement, ConditionOutcome, Named};
use crate::document::Effect;
use crate::policies::PolicySet;
use crate::request::Request;
use crate::truth::Truth;

/// A request, and what else its evaluation depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) request: Request<'a>,
    /// Whether the principal has a permissions boundary: its user or role, that is; a root user has none.
    pub(super) has_boundary: bool,
}

/// What a set of policies says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict {
    /// Whether it allows, and how the allowing statements name the principal.
    pub(super) allow: Named,
    pub(super) deny: Truth,
}

impl<'a> Question<'a> {
    pub(super) fn ask<O: Observer<'a>>(&self, layer: Layer, set: &'a PolicySet, observer: &mut O) -> Verdict {
        let mut verdict = Verdict { allow: Named::NOT, deny: Truth::False };
        set.visit(self.request.action.service(), |policy, statement| {
            let place = Place { layer, policy, statement };
            let named = self.matches(place, observer);
            let matched = named.at_all();
            if matched == Truth::False {
                return true;
            }
            observer.matched(place, matched);
            match statement.effect {
                Effect::Allow => verdict.allow = verdict.allow.or(named),
                Effect::Deny => verdict.deny = verdict.deny.or(matched),
            }
            O::WANTS_ALL || verdict.deny != Truth::True
        });
        verdict
    }

    /// Whether a statement applies to the request, and how it names the principal.
    fn matches<O: Observer<'a>>(&self, place: Place<'a>, observer: &mut O) -> Named {
        let Place { layer, statement, .. } = place;
        let request = self.request;
        if !statement.actions.matches(request.action) {
            return Named::NOT;
        }
        let resource = match &statement.resources {
            Some(resources) => resources.matches(request.resource, request.context),
            // A policy attached to one resource may leave it out.
            None => (layer == Layer::Resource).into(),
        };
        if resource == Truth::False {
            return Named::NOT;
        }
        let named = self.principal(layer, statement).and(resource);
        if named.at_all() == Truth::False {
            return Named::NOT;
        }
        if resource == Truth::Unknown {
            observer.unknown_resource(place);
        }
        let mut holds = Truth::True;
        for condition in &statement.conditions {
            let outcome = condition.evaluate(request.context);
            holds = holds.and(outcome.truth());
            match outcome {
                ConditionOutcome::Malformed(reason) => observer.malformed(place, condition, reason),
                ConditionOutcome::Decided(Truth::Unknown) => observer.unknown_condition(place, condition),
                ConditionOutcome::Decided(_) => {}
            }
            if holds == Truth::False {
                return Named::NOT;
            }
        }
        named.and(holds)
    }

    fn principal(&self, layer: Layer, statement: &CompiledStatement) -> Named {
        let request = self.request;
        let Some(principals) = &statement.principals else {
            // Everywhere else the policy is about those it is attached to.
            return Named::directly(layer != Layer::Resource);
        };
        // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions
        // boundary policy attached" ("Permissions boundaries for IAM entities").
        if principals.is_negated() && statement.effect == Effect::Deny && self.has_boundary {
            return Named::directly(true);
        }
        principals.matches(request.principal, request.context)
    }
}
