//! What a reader wants to know first: who is administrator, and what is public.

use palisade_facts::{Kind, Object, Subject, Value, account};

use crate::ResourceName;

/// Resources that are named; the rest is counted.
const MOST_NAMES: usize = 3;

/// Who is administrator and what is public, from the facts and whatever rules judge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headline {
    /// Users, groups and roles to whom a policy gives full administration.
    pub administrators: Named,
    /// Resources that everybody on the internet, or everybody with an AWS account, can use.
    pub public: Named,
}

/// Some resources by name, the others as a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// The first of them.
    pub names: Vec<ResourceName>,
    /// How many there are.
    pub count: u64,
    /// Whether there may be others, because something could not be read.
    pub undecided: bool,
}

impl Named {
    /// Counts those that come after.
    fn append(&mut self, others: Self) {
        self.count += others.count;
        self.undecided |= others.undecided;
        self.names.extend(others.names);
        self.names.truncate(MOST_NAMES);
    }

    fn add(&mut self, kind: &str, arn: &str, name: &str) {
        self.count += 1;
        if self.names.len() < MOST_NAMES {
            let resource = ResourceName { kind: kind.to_owned(), arn: arn.to_owned(), name: name.to_owned() };
            self.names.push(resource);
        }
    }
}

impl Headline {
    /// Whether resources of a kind can add to it.
    #[must_use]
    pub fn reads(kind: &Kind) -> bool {
        kind == &account::KIND || kind.object.field("exposure").is_some()
    }

    /// What one resource adds.
    #[must_use]
    pub fn of(subject: &Subject) -> Self {
        let mut headline = Self::default();
        let facts = subject.facts.as_ref();
        if subject.kind == &account::KIND {
            headline.take_administrators(facts);
        }
        let Some(Value::Object(exposure)) = attribute(facts, "exposure") else { return headline };
        match attribute(exposure, "public") {
            Some(Value::String(access)) if access == "yes" => {
                headline.public.add(subject.kind.name, &subject.arn, &subject.name);
            }
            Some(Value::Unknown(_)) => headline.public.undecided = true,
            _ => {}
        }
        headline
    }

    /// Adds what comes after in the order of the report.
    pub fn append(&mut self, others: Self) {
        self.administrators.append(others.administrators);
        self.public.append(others.public);
    }

    /// Takes into account that resources of this kind could not be listed.
    pub fn take_gap(&mut self, kind: &Kind) {
        if kind.object.field("exposure").is_some() {
            self.public.undecided = true;
        }
    }

    fn take_administrators(&mut self, account: &dyn Object) {
        let list = match attribute(account, "administrators") {
            Some(Value::List(list)) => list,
            Some(Value::Unknown(_)) => {
                self.administrators.undecided = true;
                return;
            }
            _ => return,
        };
        self.administrators.undecided |= list.incomplete().is_some();
        for administrator in list.iter() {
            let Value::Object(administrator) = administrator else { continue };
            let text = |name| match attribute(administrator, name) {
                Some(Value::String(text)) => text.into_owned(),
                _ => String::new(),
            };
            if text("access") == "yes" {
                self.administrators.add(&text("kind"), &text("arn"), &text("name"));
            }
        }
    }
}

fn attribute<'a>(object: &'a dyn Object, name: &str) -> Option<Value<'a>> {
    let (index, _) = object.object_type().field(name)?;
    object.attribute(index)
}

#[cfg(test)]
mod tests {
    use palisade_facts::account::Administrator;
    use palisade_facts::{Access, Evidence, Known, Listed, Missing, MissingCall, Reason, facts};

    use super::*;

    facts! {
        /// The part of an exposure that the headline reads.
        pub struct Exposure as "exposure" {
            /// Anything at all.
            public: Known<Access>, reads [];
        }
    }

    facts! {
        /// A bucket, as far as the headline reads it.
        pub struct Bucket as "s3.bucket" {
            /// What the public can do.
            exposure: Exposure, reads [BucketPolicy];
        }
    }

    facts! {
        /// An account, as far as the headline reads it.
        pub struct Account as "account" {
            /// The administrators.
            administrators: Listed<Administrator>, reads [Users];
        }
    }

    fn missing() -> Missing {
        Missing::of(MissingCall::new("s3:GetBucketPolicy", "s3:GetBucketPolicy", Reason::Denied))
    }

    fn bucket(name: &str, public: Known<Access>) -> Subject {
        Subject {
            kind: &palisade_facts::s3::bucket::KIND,
            arn: format!("arn:aws:s3:::{name}"),
            name: name.to_owned(),
            region: None,
            facts: Box::new(Bucket { exposure: Exposure { public } }),
        }
    }

    #[test]
    fn only_what_is_public_without_conditions_is_named_and_unknowns_leave_it_open() {
        assert_eq!(Bucket::OBJECT.fields[0].reads, [Evidence::BucketPolicy]);
        let mut headline = Headline::default();
        headline.append(Headline::of(&bucket("open", Known::Known(Access::Yes))));
        headline.append(Headline::of(&bucket("office", Known::Known(Access::Conditional))));
        headline.append(Headline::of(&bucket("closed", Known::Known(Access::No))));
        assert_eq!(headline.public.names[0].name, "open");
        assert_eq!((headline.public.count, headline.public.undecided), (1, false));
        headline.append(Headline::of(&bucket("unread", Known::Unknown(missing()))));
        assert_eq!((headline.public.count, headline.public.undecided), (1, true));
    }

    #[test]
    fn kinds_that_could_not_be_listed_leave_open_what_is_public() {
        let mut headline = Headline::default();
        headline.take_gap(&account::KIND);
        assert!(!headline.public.undecided);
        headline.take_gap(&palisade_facts::s3::bucket::KIND);
        assert!(headline.public.undecided);
    }

    #[test]
    fn administrators_are_counted_beyond_those_that_are_named() {
        let administrator = |number: u64, access| Administrator {
            arn: format!("arn:aws:iam::123456789012:user/{number}"),
            name: number.to_string(),
            kind: "iam.user".to_owned(),
            access,
            conditions: Vec::new(),
            policy: "arn:aws:iam::aws:policy/AdministratorAccess".to_owned(),
            directly: true,
            age_days: 90,
        };
        let mut items: Vec<_> = (0..5).map(|number| administrator(number, Access::Yes)).collect();
        items.push(administrator(5, Access::Conditional));
        let headline = Headline::of(&Subject {
            kind: &account::KIND,
            arn: "arn:aws:iam::123456789012:root".to_owned(),
            name: "123456789012".to_owned(),
            region: None,
            facts: Box::new(Account { administrators: Listed { items, incomplete: Some(missing()) } }),
        });
        assert_eq!((headline.administrators.count, headline.administrators.names.len()), (5, MOST_NAMES));
        assert!(headline.administrators.undecided);
    }
}
