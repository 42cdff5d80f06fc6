//! What one policy alone lets its holders do, by what it leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_policy::actions::{Action, ResourceType, Service, table};
use palisade_policy::compiled::CompiledStatement;
use palisade_policy::document::{Effect, PatternElement, Statement};
use palisade_policy::request::Action as Asked;

use super::Permission;
use super::action_classes::{
    AUDIT_CHANGES, ActionClass, BOUNDABLE_CHANGES, BOUNDARY_REMOVALS, CREDENTIALS, DATA_READS, DECRYPTIONS,
    EQUIVALENTS, EXPOSURES, LOG_DELETIONS, OBJECT_ACTIONS, SERVICES_OF_RIGHTS, SHELL_TRANSFERS,
    SUBSCRIPTIONS, is_change,
};
use super::candidates::{is_unnamed, unnamed};
use super::held::Held;
use super::questions::actions_of;
use crate::{Access, Lazy, facts};

facts! {
    /// What a policy alone lets its holders do: its denies and conditions count, permissions boundaries and policies of
    /// the organization don't. On every resource means on all of a type that the action takes; what takes no resource
    /// is always about everything.
    pub struct PolicyGrants as "policy_grants" {
        /// The prefixes of the services of which it grants every action on every resource, without conditions.
        service_wide: Lazy<Vec<String>>, reads [];
        /// Whether it grants every action that takes a key of KMS, on every key.
        every_key_action: Lazy<Access>, reads [];
        /// Whether it grants every action of S3 on every bucket and every object.
        every_bucket_action: Lazy<Access>, reads [];
        /// The changing actions that take a resource and that it grants on every one, without conditions on who or where
        /// the caller is: of each statement the first per service. Changes of tags are left out.
        unscoped_changes: Lazy<Vec<Permission>>, reads [];
        /// Actions that read whole stores of data or secrets, or copy them, granted on every resource.
        data_reads: Lazy<Vec<Permission>>, reads [];
        /// Actions that make resources public or share them, granted on every resource.
        exposures: Lazy<Vec<Permission>>, reads [];
        /// Actions that hand out passwords, keys, tokens or sessions of others, granted on every resource.
        credentials: Lazy<Vec<Permission>>, reads [];
        /// The actions by which data can be decrypted, granted on every key of KMS.
        decryptions: Lazy<Vec<Permission>>, reads [];
        /// The actions that switch off or blind logging and detection, granted on some resource.
        audit_changes: Lazy<Vec<Permission>>, reads [];
        /// The actions by which products of AWS Marketplace are bought.
        subscriptions: Lazy<Vec<Permission>>, reads [];
        /// The actions that carry files through AWS CloudShell.
        shell_transfers: Lazy<Vec<Permission>>, reads [];
        /// The actions on objects of S3 that it grants in buckets whose names may begin with anything.
        object_access_anywhere: Lazy<Vec<Permission>>, reads [];
        /// What statements with `NotAction` grant on every resource of IAM, AWS STS, AWS Organizations or account
        /// management besides listing and reading: of each statement the first per service.
        excluding_rights: Lazy<Vec<Permission>>, reads [];
        /// The actions by which users and roles are made, or get rights, without the permissions boundary that the
        /// policy asks for, or with any.
        unbounded_changes: Lazy<Vec<Permission>>, reads [];
        /// The actions by which users and roles are made, or get rights, whatever their permissions boundary.
        boundable_changes: Lazy<Vec<Permission>>, reads [];
        /// The actions that take permissions boundaries away from users or roles.
        boundary_removals: Lazy<Vec<Permission>>, reads [];
        /// The actions that it denies by name while it grants others that come to the same.
        evaded_denies: Lazy<Vec<EvadedDeny>>, reads [];
    }
}

facts! {
    /// An action that is denied, and another that comes to the same and is not.
    pub struct EvadedDeny as "evaded_deny" {
        /// The action that is denied.
        denied: String, reads [];
        /// The other one, which is allowed.
        open: Permission, reads [];
    }
}

impl PolicyGrants {
    /// The grants of a policy that somebody holds who holds nothing else.
    pub(crate) fn of(held: Held) -> Self {
        fn lazy<T>(held: &Arc<Held>, ask: impl FnOnce(&Held) -> T + Send + 'static) -> Lazy<T> {
            let held = Arc::clone(held);
            Lazy::new(move || ask(&held))
        }
        let held = &Arc::new(held);
        Self {
            service_wide: lazy(held, Held::whole_services),
            every_key_action: lazy(held, |held| held.every_action_on("kms", &["key"])),
            every_bucket_action: lazy(held, |held| held.every_action_on("s3", &["bucket", "object"])),
            unscoped_changes: lazy(held, Held::unscoped_changes),
            data_reads: lazy(held, |held| held.those_everywhere(&DATA_READS)),
            exposures: lazy(held, |held| held.those_everywhere(&EXPOSURES)),
            credentials: lazy(held, |held| held.those_everywhere(&CREDENTIALS)),
            decryptions: lazy(held, |held| held.those_everywhere(&DECRYPTIONS)),
            audit_changes: lazy(held, Held::audit_changes),
            subscriptions: lazy(held, |held| held.those_everywhere(&SUBSCRIPTIONS)),
            shell_transfers: lazy(held, |held| held.those_everywhere(&SHELL_TRANSFERS)),
            object_access_anywhere: lazy(held, Held::object_access_anywhere),
            excluding_rights: lazy(held, Held::excluding_rights),
            unbounded_changes: lazy(held, Held::unbounded_changes),
            boundable_changes: lazy(held, |held| held.those_somewhere(&BOUNDABLE_CHANGES)),
            boundary_removals: lazy(held, |held| held.those_somewhere(&BOUNDARY_REMOVALS)),
            evaded_denies: lazy(held, Held::evaded_denies),
        }
    }
}

impl Held {
    /// Whether some Allow statement is about an action: without one, nothing need be asked.
    pub(super) fn mentions(&self, asked: &Asked) -> bool {
        self.allows().any(|(_, compiled)| compiled.is_about(asked))
    }

    /// The actions of a class that some Allow statement is about.
    pub(super) fn mentioned<'c>(&self, class: &'c ActionClass) -> impl Iterator<Item = &'c Action<'static>> {
        let mentioned = class.actions().iter().filter(|(_, asked)| self.mentions(asked));
        mentioned.map(|(action, _)| action)
    }

    fn those_everywhere(&self, class: &ActionClass) -> Vec<Permission> {
        self.mentioned(class).filter_map(|action| self.on_everything(action)).collect()
    }

    /// The action, if it is allowed on all resources that it can be used on: on every one of each type that each call
    /// names, or of some type if none has to be named.
    fn on_everything(&self, action: &Action<'_>) -> Option<Permission> {
        let asked = Asked::parse(&action.full_name())?;
        let of = |kind: &ResourceType| self.on_every_of(&self.policies, action, &asked, kind);
        let required = action.resource_types().filter(|(_, is_required)| *is_required);
        let on_all = required.map(|(kind, _)| of(kind)).collect::<Option<Vec<Permission>>>()?;
        let least =
            on_all.into_iter().reduce(|one, other| if other.access < one.access { other } else { one });
        least.or_else(|| self.on_every(action))
    }

    pub(super) fn those_somewhere(&self, class: &ActionClass) -> Vec<Permission> {
        self.mentioned(class).filter_map(|action| self.on_some(action, |_| true)).collect()
    }

    /// The services of which everything is allowed on every resource, without conditions.
    fn whole_services(&self) -> Vec<String> {
        let services: Option<Vec<Vec<&str>>> =
            self.allows().map(|(_, compiled)| compiled.services()).collect();
        let named: Option<BTreeSet<&str>> = services.map(|services| services.into_iter().flatten().collect());
        let is_whole = |service: &&Service| self.is_whole(service);
        let known: Vec<&Service> = match named {
            Some(named) => named.into_iter().filter_map(|prefix| table().service(prefix)).collect(),
            None => table().services().collect(),
        };
        known.into_iter().filter(is_whole).map(|service| service.prefix().to_owned()).collect()
    }

    fn is_whole(&self, service: &Service) -> bool {
        let mut asked = Vec::new();
        for action in service.actions() {
            match Asked::parse(&action.full_name()).filter(|one| self.mentions(one)) {
                Some(one) => asked.push(one),
                None => return false,
            }
        }
        let all_of = |one: &CompiledStatement| asked.iter().all(|action| one.is_about(action));
        let is_denied =
            |(_, one): (&Statement, &CompiledStatement)| asked.iter().any(|action| one.is_about(action));
        // Most often one statement grants all of it, and nothing is denied.
        let by_one = self.allows().any(|(_, one)| one.is_unlimited() && all_of(one));
        let is_granted = || service.actions().all(|action| self.is_everywhere(&action));
        !asked.is_empty() && (by_one && !self.denies().any(is_denied) || is_granted())
    }

    /// Whether every action that takes a resource of these types is allowed on all of them.
    fn every_action_on(&self, service: &str, kinds: &[&str]) -> Access {
        let actions = table().service(service).into_iter().flat_map(Service::actions);
        let mut asked = actions.flat_map(|action| {
            let types = action.resource_types().filter(|(kind, _)| kinds.contains(&kind.name));
            types.map(move |(kind, _)| (action, kind))
        });
        let least = asked.try_fold(Access::Yes, |least, (action, kind)| {
            let asked = Asked::parse(&action.full_name()).filter(|asked| self.mentions(asked))?;
            Some(least.min(self.on_every_of(&self.policies, &action, &asked, kind)?.access))
        });
        least.unwrap_or(Access::No)
    }

    /// The first changing action per statement and service that is allowed on every resource of a type that it takes.
    fn unscoped_changes(&self) -> Vec<Permission> {
        let mut found = Vec::new();
        for (statement, compiled) in self.allows().filter(|(statement, _)| may_be_about_all(statement)) {
            let mut done: BTreeSet<&str> = BTreeSet::new();
            let mut types: BTreeMap<(&str, &str), bool> = BTreeMap::new();
            for action in actions_of(&statement.actions, compiled).filter(is_scopable_change) {
                let service = action.service().prefix();
                let mut is_on_type = |kind: &ResourceType| {
                    *types.entry((service, kind.name)).or_insert_with(|| {
                        let arns = unnamed(kind, &self.partition, &self.account);
                        arns.iter().any(|[one, _]| compiled.can_be_on(&self.resource(one), &self.context))
                    })
                };
                if done.contains(service) || !action.resource_types().any(|(kind, _)| is_on_type(kind)) {
                    continue;
                }
                let permission = self.on_everything(&action);
                if let Some(permission) = permission.filter(|one| one.access == Access::Yes) {
                    done.insert(service);
                    found.push(permission);
                }
            }
        }
        found.sort_by(|one, other| (&one.pointer, &one.action).cmp(&(&other.pointer, &other.action)));
        found.dedup_by(|one, other| (&one.pointer, &one.action) == (&other.pointer, &other.action));
        found
    }

    fn audit_changes(&self) -> Vec<Permission> {
        let mut found = self.those_somewhere(&AUDIT_CHANGES);
        found.extend(self.those_everywhere(&LOG_DELETIONS));
        found
    }

    /// The actions on objects that are allowed in a bucket which only patterns that begin with a wildcard stand for.
    fn object_access_anywhere(&self) -> Vec<Permission> {
        let in_any_bucket = |arn: &str| is_unnamed(arn.splitn(6, ':').nth(5).unwrap_or_default());
        self.mentioned(&OBJECT_ACTIONS).filter_map(|action| self.on_some(action, in_any_bucket)).collect()
    }

    /// What each Allow statement with `NotAction` leaves of the services that decide about rights.
    fn excluding_rights(&self) -> Vec<Permission> {
        let mut found = Vec::new();
        for (_, excluding) in self.allows().filter(|(statement, _)| statement.actions.negated) {
            let policies =
                self.reduced(|one| one.effect() == Effect::Deny || one.index() == excluding.index());
            for service in SERVICES_OF_RIGHTS.iter().filter_map(|prefix| table().service(prefix)) {
                let mut changes = service.actions().filter(is_change);
                found.extend(changes.find_map(|action| self.on_every_by(&policies, &action)));
            }
        }
        found
    }

    /// What is allowed where no permissions boundary is set, or one that bounds nothing.
    fn unbounded_changes(&self) -> Vec<Permission> {
        const KEY: &str = "iam:PermissionsBoundary";
        let everything = format!("arn:{}:iam::aws:policy/AdministratorAccess", self.partition);
        let without = self.knowing(|context| context.mark_absent(KEY));
        let mut found = without.those_somewhere(&BOUNDABLE_CHANGES);
        let with_any = self.knowing(|context| context.set(KEY, everything));
        for permission in with_any.those_somewhere(&BOUNDABLE_CHANGES) {
            if found.iter().all(|one| one.action != permission.action) {
                found.push(permission);
            }
        }
        found
    }

    /// What is denied by name on everything though it would be allowed, with what comes to the same and is open.
    fn evaded_denies(&self) -> Vec<EvadedDeny> {
        if self.denies().next().is_none() {
            return Vec::new();
        }
        let allowing = self.reduced(|one| one.effect() == Effect::Allow);
        let naming = self.reduced(|one| one.effect() == Effect::Allow || !one.is_inverted());
        let is_taken = |action: &Action<'_>| {
            self.on_every_by(&allowing, action).is_some() && self.on_every_by(&naming, action).is_none()
        };
        let mut found = Vec::new();
        for (denied, others) in EQUIVALENTS {
            if !table().action(denied).is_some_and(|action| is_taken(&action)) {
                continue;
            }
            let open = others.iter().filter_map(|other| self.on_everything(&table().action(other)?));
            let open = open.filter(|one| one.access == Access::Yes);
            found.extend(open.map(|open| EvadedDeny { denied: denied.to_owned(), open }));
        }
        found
    }
}

fn is_scopable_change(action: &Action<'_>) -> bool {
    is_change(action) && !action.is_wildcard_only()
}

/// Whether a statement's resources may come to all: a cheap look before anything is asked.
fn may_be_about_all(statement: &Statement) -> bool {
    let is_open = |element: &PatternElement| {
        element.negated || element.values.items.iter().any(|value| value.contains(['*', '?', '$']))
    };
    statement.resources.as_ref().is_some_and(is_open)
}
