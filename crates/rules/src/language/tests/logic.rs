//! What conditions answer, and when they can't.

use std::collections::BTreeSet;

use palisade_facts::{Known, Listed};

use super::vocabulary::{Colour, Owner, Part, Thing, missing, unknown};
use super::{evaluate, is_false_unread};
use crate::language::{EvaluationError, Truth};

/// `T`, `F` or the operations that are missing.
fn shown(truth: Truth) -> String {
    match truth {
        Truth::True => "T".to_owned(),
        Truth::False => "F".to_owned(),
        Truth::Unknown(missing) => {
            missing.calls().map(|call| call.operation.as_str()).collect::<Vec<_>>().join("+")
        }
    }
}

fn answer(source: &str, thing: &Thing) -> String {
    shown(evaluate(source, thing).unwrap())
}

fn truth(letter: char, operation: &str) -> Known<bool> {
    match letter {
        'T' => Known::Known(true),
        'F' => Known::Known(false),
        _ => unknown(operation),
    }
}

#[test]
fn operators_are_kleene_logic() {
    // Rows: the first operand T, F, unknown; columns: the second one.
    for (source, table) in [
        ("thing.flag && thing.other", [["T", "F", "b"], ["F", "F", "F"], ["a", "F", "a+b"]]),
        ("thing.flag || thing.other", [["T", "T", "T"], ["T", "F", "b"], ["T", "a", "a+b"]]),
        ("!thing.flag", [["F", "F", "F"], ["T", "T", "T"], ["a", "a", "a"]]),
        ("thing.flag == thing.other", [["T", "F", "b"], ["F", "T", "b"], ["a", "a", "a+b"]]),
        ("thing.flag ? thing.other : thing.other", [["T", "F", "b"], ["T", "F", "b"], ["T", "F", "a+b"]]),
        ("thing.flag ? true : thing.other", [["T", "T", "T"], ["T", "F", "b"], ["T", "a", "a+b"]]),
        ("thing.flag ? thing.other : false", [["T", "F", "b"], ["F", "F", "F"], ["a", "F", "a+b"]]),
    ] {
        for (row, one) in "TFU".chars().enumerate() {
            for (column, two) in "TFU".chars().enumerate() {
                let thing = Thing { flag: truth(one, "a"), other: truth(two, "b"), ..Thing::default() };
                assert_eq!(answer(source, &thing), table[row][column], "{source} for {one}, {two}");
            }
        }
    }
}

fn part(good: char, size: i64) -> Part {
    Part { good: truth(good, "good"), size: Known::Known(size) }
}

fn parts(letters: &str, incomplete: bool) -> Thing {
    let items = letters.chars().zip(1..).map(|(letter, size)| part(letter, size)).collect();
    Thing { parts: Listed { items, incomplete: incomplete.then(|| missing("list")) }, ..Thing::default() }
}

#[test]
fn quantifiers_decide_what_the_known_elements_decide() {
    for (letters, all, exists, exists_one) in [
        ("", "T", "F", "F"),
        ("T", "T", "T", "T"),
        ("F", "F", "F", "F"),
        ("TF", "F", "T", "T"),
        ("TT", "T", "T", "F"),
        ("TU", "good", "T", "good"),
        ("FU", "F", "good", "good"),
        ("U", "good", "good", "good"),
        ("TTU", "good", "T", "F"),
    ] {
        let thing = parts(letters, false);
        assert_eq!(answer("thing.parts.all(p, p.good)", &thing), all, "{letters}");
        assert_eq!(answer("thing.parts.exists(p, p.good)", &thing), exists, "{letters}");
        assert_eq!(answer("thing.parts.exists_one(p, p.good)", &thing), exists_one, "{letters}");
    }
}

#[test]
fn an_incomplete_list_is_its_elements_and_one_unknown() {
    for (letters, all, exists, exists_one) in [
        ("", "list", "list", "list"),
        ("T", "list", "T", "list"),
        ("F", "F", "list", "list"),
        ("TT", "list", "T", "F"),
        ("U", "good+list", "good+list", "good+list"),
    ] {
        let thing = parts(letters, true);
        assert_eq!(answer("thing.parts.all(p, p.good)", &thing), all, "{letters}");
        assert_eq!(answer("thing.parts.exists(p, p.good)", &thing), exists, "{letters}");
        assert_eq!(answer("thing.parts.exists_one(p, p.good)", &thing), exists_one, "{letters}");
    }
}

#[test]
fn the_size_of_an_incomplete_list_is_at_least_what_is_known() {
    let thing = parts("TT", true);
    for (source, expected) in [
        ("thing.parts.size() >= 2", "T"),
        ("thing.parts.size() >= 3", "list"),
        ("thing.parts.size() > 1", "T"),
        ("thing.parts.size() > 2", "list"),
        ("thing.parts.size() < 2", "F"),
        ("thing.parts.size() < 3", "list"),
        ("thing.parts.size() <= 1", "F"),
        ("thing.parts.size() == 1", "F"),
        ("thing.parts.size() == 2", "list"),
        ("thing.parts.size() == 3", "list"),
        ("thing.parts.size() != 1", "T"),
        ("2 <= size(thing.parts)", "T"),
        ("1 == size(thing.parts)", "F"),
        ("thing.parts.size() + 0 >= 2", "list"),
        ("thing.parts.filter(p, p.size > 1).size() >= 1", "T"),
        ("thing.parts.filter(p, p.size > 1).size() == 1", "list"),
        ("thing.parts.filter(p, p.size > 1).size() == 0", "F"),
    ] {
        assert_eq!(answer(source, &thing), expected, "{source}");
    }
    assert_eq!(answer("thing.parts.filter(p, p.good).size() == 2", &parts("TFT", false)), "T");
    assert_eq!(answer("thing.parts.filter(p, p.good).size() <= 1", &parts("TUF", false)), "good");
    assert_eq!(answer("thing.parts.filter(p, p.good).all(p, p.size < 3)", &parts("TFU", false)), "good");
    assert_eq!(answer("thing.parts.filter(p, p.good).exists(p, p.size < 3)", &parts("TFU", false)), "T");
}

#[test]
fn membership_is_decided_by_a_known_element() {
    let tags = |items: &[&str], incomplete: bool| Thing {
        tags: Listed {
            items: items.iter().map(|&item| item.to_owned()).collect(),
            incomplete: incomplete.then(|| missing("list")),
        },
        ..Thing::default()
    };
    assert_eq!(answer("\"a\" in thing.tags", &tags(&["b", "a"], true)), "T");
    assert_eq!(answer("\"a\" in thing.tags", &tags(&["b"], true)), "list");
    assert_eq!(answer("\"a\" in thing.tags", &tags(&["b"], false)), "F");
    let unnamed = Thing { name: unknown("name"), ..tags(&["b"], true) };
    assert_eq!(answer("thing.name in thing.tags", &unnamed), "list+name");
    assert_eq!(answer("thing.name in []", &unnamed), "F");
    assert_eq!(answer("thing.nickname in params.names", &Thing::default()), "F");
    assert_eq!(answer("thing.colour in [\"red\"]", &Thing::default()), "T");
}

#[test]
fn guards_hold_at_run_time() {
    let guarded = "thing.owner != null && thing.owner.age != null && thing.owner.age > params.limit";
    let owned = |age| Thing {
        owner: Known::Known(Some(Owner { active: Known::Known(true), age })),
        ..Thing::default()
    };
    assert_eq!(answer(guarded, &Thing::default()), "F");
    assert_eq!(answer(guarded, &owned(Known::Known(None))), "F");
    assert_eq!(answer(guarded, &owned(Known::Known(Some(3)))), "T");
    assert_eq!(answer(guarded, &owned(unknown("age"))), "age");
    assert_eq!(answer(guarded, &Thing { owner: unknown("owner"), ..Thing::default() }), "owner");
    let either = "thing.owner == null ? thing.flag : thing.owner.active";
    assert_eq!(answer(either, &Thing { owner: unknown("owner"), ..Thing::default() }), "owner");
}

#[test]
fn values_compare_and_calculate() {
    let thing = Thing { nickname: Known::Known(Some("Ünïque-AB".to_owned())), ..Thing::default() };
    for (source, expected) in [
        ("thing.count * 2 - 1 == 5", "T"),
        ("-thing.count < 0", "T"),
        ("thing.born <= thing.born", "T"),
        ("thing.born < thing.born", "F"),
        ("thing.nickname == \"x\"", "F"),
        ("thing.nickname != null && thing.nickname.lowerAscii().endsWith(\"-ab\")", "T"),
        ("thing.nickname != null && thing.nickname.size() == 9", "T"),
        ("thing.nickname != null && thing.nickname.like(\"?n?que-*\")", "T"),
        ("thing.nickname != null && thing.nickname.contains(\"que\")", "T"),
        ("thing.name.startsWith(\"thi\") && account.id == \"1\"", "F"),
    ] {
        let source = source.replace("account.id == \"1\"", "thing.other");
        assert_eq!(answer(&source, &thing), expected, "{source}");
    }
    let blue = Thing { colour: Known::Known(Colour::Blue), ..Thing::default() };
    assert_eq!(answer("thing.colour == \"blue\"", &blue), "T");
}

#[test]
fn an_expression_knows_what_it_reads_and_names() {
    use palisade_facts::Evidence::{
        BucketCors, BucketLogging, BucketPolicy, BucketPublicAccessBlock, BucketRegion,
    };
    let expression = super::read(
        "thing.parts.exists(p, p.good) || thing.owner != null && thing.owner.age != null && thing.flag",
    )
    .unwrap();
    assert_eq!(
        expression.reads,
        BTreeSet::from([BucketPolicy, BucketLogging, BucketCors, BucketPublicAccessBlock, BucketRegion])
    );
    assert_eq!(expression.facts, ["thing.parts", "thing.owner.age", "thing.flag"]);
}

#[test]
fn other_failures_are_errors_and_never_unknown() {
    let huge = Thing { count: Known::Known(i64::MAX), ..Thing::default() };
    assert_eq!(evaluate("thing.count + 1 > 0", &huge), Err(EvaluationError::Overflow));
    assert_eq!(evaluate("-(-thing.count - 2) > 0", &huge), Err(EvaluationError::Overflow));
}

#[test]
fn hostile_loops_end() {
    let thing = parts(&"T".repeat(300), false);
    let source = "thing.parts.all(a, thing.parts.all(b, thing.parts.all(c, thing.parts.all(d, d.good))))";
    assert_eq!(evaluate(source, &thing), Err(EvaluationError::TooLong));
}

#[test]
fn parameters_alone_decide_where_no_fact_can_change_the_answer() {
    for off in [
        "size(params.names) > params.limit",
        "thing.flag && size(params.names) > params.limit",
        "thing.owner != null && thing.owner.active && params.limit == 3",
        "params.names.exists(name, name == \"c\" && thing.name.like(name))",
        "!(thing.flag || params.limit == 2)",
        "thing.flag ? params.limit > 2 : params.limit < 2",
        "!params.names.all(name, name != params.colour || thing.flag)",
    ] {
        assert!(is_false_unread(off), "{off}");
    }
    for on in [
        "size(params.names) >= params.limit",
        "thing.flag && size(params.names) >= params.limit",
        "thing.flag || size(params.names) > params.limit",
        "thing.name in params.names",
        "params.names.exists(name, thing.name.like(name))",
        "thing.flag && !thing.flag",
        "thing.tags.exists(tag, false)",
        "size(thing.tags) < 0",
        // It can't be evaluated, which is for the judgement to say.
        "params.limit * 9223372036854775807 > 0 && params.limit > 2",
    ] {
        assert!(!is_false_unread(on), "{on}");
    }
}
