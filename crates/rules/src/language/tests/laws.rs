//! The law of evaluation: with less known, the answer stays or becomes unknown, and what is said to
//! be missing is something that was taken away.

use palisade_facts::{Known, Listed};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_oneof, proptest};

use super::vocabulary::{Colour, Owner, Part, Thing, missing, unknown};
use super::{evaluate, is_false_unread};
use crate::language::Truth;

/// The plain values behind a thing.
#[derive(Debug, Clone)]
struct Plain {
    flag: bool,
    other: bool,
    count: i64,
    red: bool,
    nickname: Option<String>,
    owner: Option<(bool, Option<i64>)>,
    parts: Vec<(bool, i64)>,
    tags: Vec<String>,
}

/// What is taken away: a bit per fact, and per element of a list whether it, or a fact of it, is hidden.
#[derive(Debug, Clone)]
struct Mask {
    facts: [bool; 8],
    parts: Vec<(bool, bool, bool)>,
    tags: Vec<bool>,
    incomplete: (bool, bool),
}

impl Mask {
    fn nothing() -> Self {
        Self { facts: [false; 8], parts: Vec::new(), tags: Vec::new(), incomplete: (false, false) }
    }

    /// What either takes away.
    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (fact, more) in both.facts.iter_mut().zip(other.facts) {
            *fact |= more;
        }
        both.incomplete = (self.incomplete.0 | other.incomplete.0, self.incomplete.1 | other.incomplete.1);
        for (index, more) in other.parts.iter().enumerate() {
            match both.parts.get_mut(index) {
                Some(part) => *part = (part.0 | more.0, part.1 | more.1, part.2 | more.2),
                None => both.parts.push(*more),
            }
        }
        for (index, more) in other.tags.iter().enumerate() {
            match both.tags.get_mut(index) {
                Some(tag) => *tag |= more,
                None => both.tags.push(*more),
            }
        }
        both
    }
}

fn known<T>(value: T, hidden: bool, operation: &str) -> Known<T> {
    if hidden { unknown(operation) } else { Known::Known(value) }
}

impl Plain {
    fn thing(&self, mask: &Mask) -> Thing {
        let [flag, other, count, colour, nickname, owner, active, age] = mask.facts;
        let colours = if self.red { Colour::Red } else { Colour::Blue };
        let owner_value = self.owner.map(|(is_active, years)| Owner {
            active: known(is_active, active, "active"),
            age: known(years, age, "age"),
        });
        let hidden = |index: usize| mask.parts.get(index).copied().unwrap_or_default();
        let parts: Vec<_> = self
            .parts
            .iter()
            .enumerate()
            .filter(|(index, _)| !hidden(*index).0)
            .map(|(index, &(good, size))| Part {
                good: known(good, hidden(index).1, "good"),
                size: known(size, hidden(index).2, "size"),
            })
            .collect();
        let dropped = |index: usize| mask.tags.get(index).copied().unwrap_or_default();
        let tags: Vec<_> = self
            .tags
            .iter()
            .enumerate()
            .filter(|(index, _)| !dropped(*index))
            .map(|(_, tag)| tag.clone())
            .collect();
        let incomplete = |whole: usize, left: usize, anyway: bool, operation: &str| {
            (anyway || left < whole).then(|| missing(operation))
        };
        Thing {
            flag: known(self.flag, flag, "flag"),
            other: known(self.other, other, "other"),
            count: known(self.count, count, "count"),
            colour: known(colours, colour, "colour"),
            nickname: known(self.nickname.clone(), nickname, "nickname"),
            owner: known(owner_value, owner, "owner"),
            parts: Listed {
                incomplete: incomplete(self.parts.len(), parts.len(), mask.incomplete.0, "parts"),
                items: parts,
            },
            tags: Listed {
                incomplete: incomplete(self.tags.len(), tags.len(), mask.incomplete.1, "tags"),
                items: tags,
            },
            ..Thing::default()
        }
    }
}

fn plain() -> impl Strategy<Value = Plain> {
    let text = || prop_oneof![Just("a".to_owned()), Just("b".to_owned()), Just("ab".to_owned())];
    (
        any::<(bool, bool, bool)>(),
        0..4_i64,
        prop::option::of(text()),
        prop::option::of((any::<bool>(), prop::option::of(0..4_i64))),
        prop::collection::vec((any::<bool>(), 0..4_i64), 0..4),
        prop::collection::vec(text(), 0..4),
    )
        .prop_map(|((flag, other, red), count, nickname, owner, parts, tags)| Plain {
            flag,
            other,
            count,
            red,
            nickname,
            owner,
            parts,
            tags,
        })
}

fn mask() -> impl Strategy<Value = Mask> {
    let rarely = || prop::bool::weighted(0.3);
    (
        prop::array::uniform8(rarely()),
        prop::collection::vec((rarely(), rarely(), rarely()), 4),
        prop::collection::vec(rarely(), 4),
        (rarely(), rarely()),
    )
        .prop_map(|(facts, parts, tags, incomplete)| Mask { facts, parts, tags, incomplete })
}

/// Conditions that use every operator and function.
fn condition() -> impl Strategy<Value = String> {
    let order = || prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("=="), Just("!=")];
    let quantifier = || prop_oneof![Just("all"), Just("exists"), Just("exists_one")];
    let of_part = prop_oneof![
        Just("p.good".to_owned()),
        Just("!p.good".to_owned()),
        Just("p.good && thing.flag".to_owned()),
        Just("p.good || p.size > thing.count".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        Just("thing.tags.exists(t, t == \"a\") && p.size > 1".to_owned()),
        (order(), 0..4_i64).prop_map(|(order, size)| format!("p.size {order} {size}")),
    ]
    .boxed();
    let leaf = prop_oneof![
        Just("thing.flag".to_owned()),
        Just("thing.other".to_owned()),
        Just("size(params.names) > params.limit".to_owned()),
        Just("thing.nickname in params.names".to_owned()),
        Just("thing.colour == \"red\"".to_owned()),
        Just("thing.colour in [\"blue\"]".to_owned()),
        Just("thing.nickname in thing.tags".to_owned()),
        Just("(thing.nickname != null && thing.nickname.startsWith(\"a\"))".to_owned()),
        Just("(thing.owner == null || thing.owner.active)".to_owned()),
        Just("(thing.owner != null ? thing.owner.active : thing.flag)".to_owned()),
        Just(
            "(thing.owner != null && thing.owner.age != null && thing.owner.age * 2 > thing.count)"
                .to_owned()
        ),
        Just("(thing.flag ? thing.count : 2) == 2".to_owned()),
        (order(), 0..4_i64).prop_map(|(order, count)| format!("thing.count + 1 {order} {count}")),
        (order(), 0..4_i64).prop_map(|(order, size)| format!("thing.tags.size() {order} {size}")),
        (order(), 0..4_i64).prop_map(|(order, size)| format!("{size} {order} size(thing.parts)")),
        (quantifier(), of_part.clone()).prop_map(|(which, part)| format!("thing.parts.{which}(p, {part})")),
        (of_part.clone(), order(), 0..4_i64)
            .prop_map(|(part, order, size)| format!("thing.parts.filter(p, {part}).size() {order} {size}")),
        (of_part.clone(), quantifier(), of_part)
            .prop_map(|(kept, which, part)| format!("thing.parts.filter(p, {kept}).{which}(p, {part})")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("({one} && {two})")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("({one} || {two})")),
            inner.clone().prop_map(|one| format!("!({one})")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("({one}) == ({two})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(one, two, three)| format!("({one} ? {two} : {three})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn less_knowledge_never_changes_an_answer(source in condition(), plain in plain(), one in mask(), two in mask()) {
        let whole = evaluate(&source, &plain.thing(&Mask::nothing())).unwrap();
        prop_assert!(!matches!(whole, Truth::Unknown(_)), "everything is known, but {whole:?}");
        prop_assert!(!is_false_unread(&source) || whole == Truth::False, "false unread, but {whole:?}");
        let less = evaluate(&source, &plain.thing(&one)).unwrap();
        let least = evaluate(&source, &plain.thing(&one.and(&two))).unwrap();
        prop_assert!(less == whole || matches!(less, Truth::Unknown(_)), "{whole:?} became {less:?}");
        match less {
            Truth::Unknown(_) => prop_assert!(matches!(least, Truth::Unknown(_)), "{less:?} became {least:?}"),
            _ => prop_assert!(least == less || matches!(least, Truth::Unknown(_)), "{less:?} became {least:?}"),
        }
    }
}
