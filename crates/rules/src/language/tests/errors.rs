//! What is wrong with an expression is said before anything is judged, with the place.

use std::time::{Duration, Instant};

use super::read;
use crate::language::parse::MAX_LENGTH;

/// The problems of an expression as `offset: message`.
fn problems(source: &str) -> Vec<String> {
    match read(source) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            problems.iter().map(|problem| format!("{}: {}", problem.offset, problem.message)).collect()
        }
    }
}

#[test]
fn names_must_exist() {
    for (source, expected) in [
        ("thing.flg", "6: `thing` has no attribute `flg`; did you mean `flag`?"),
        ("thing.zzzzzzzz == 1", "6: `thing` has no attribute `zzzzzzzz`"),
        ("thin.flag", "0: nothing is called `thin`; did you mean `thing`?"),
        ("bucket.flag", "0: nothing is called `bucket`; the resource is `thing` here"),
        ("thing.count > params.limt", "21: the rule has no parameter `limt`; did you mean `limit`?"),
        ("thing.flag.x", "10: there is no `x` in true or false"),
        ("thing.name.startWith(\"a\")", "11: there is no function `startWith`; did you mean `startsWith`?"),
        ("matches(thing.name, \"a\")", "0: there is no function `matches`"),
        ("thing.parts.all(p, p.god)", "21: `part` has no attribute `god`; did you mean `good`?"),
    ] {
        assert_eq!(problems(source), [expected], "{source}");
    }
}

#[test]
fn enumerations_are_compared_with_their_members() {
    for (source, expected) in [
        ("thing.colour == \"rad\"", "16: \"rad\" is not one of \"red\", \"blue\"; did you mean `red`?"),
        ("\"green\" != thing.colour", "0: \"green\" is not one of \"red\", \"blue\""),
        (
            "thing.colour in [\"red\", \"bleu\"]",
            "24: \"bleu\" is not one of \"red\", \"blue\"; did you mean `blue`?",
        ),
        ("thing.colour == thing.name", "21: compare this with one of \"red\", \"blue\", not with a text"),
        ("thing.colour", "5: compare this with one of \"red\", \"blue\"; a condition is true or false"),
    ] {
        assert_eq!(problems(source), [expected], "{source}");
    }
    assert_eq!(read("thing.colour == params.colour").unwrap().choices, [(2, ["red", "blue"].as_slice())]);
    assert_eq!(read("thing.colour in params.names").unwrap().choices, [(1, ["red", "blue"].as_slice())]);
}

#[test]
fn types_must_fit() {
    for (source, expected) in [
        ("thing.count", "5: a condition is true or false, not a number"),
        ("thing.count == \"3\"", "12: a number is never equal to a text"),
        ("thing.count && thing.flag", "5: a condition is true or false, not a number"),
        ("thing.name < \"b\"", "11: order holds between two numbers or two times, not a text and a text"),
        ("thing.count + thing.name == 3", "19: a number is needed here, not a text"),
        ("thing.count in thing.name", "20: `in` needs a list on its right, not a text"),
        ("thing.count in thing.tags", "12: a number is never equal to a text"),
        (
            "thing.parts == thing.parts",
            "12: `==` compares texts, numbers, times and truths, not a list of which each element is the object `part`",
        ),
        ("thing.count.contains(\"a\")", "5: a text is needed here, not a number"),
        (
            "thing.count.size() == 1",
            "5: `size` counts the elements of a list or the characters of a text, not a number",
        ),
        ("thing.name.all(c, true)", "5: a list of facts is needed here, not a text"),
        ("thing.flag ? 1 : \"a\"", "11: both branches need one type, not a number and a text"),
        ("[1, \"a\"].exists(x, true)", "4: the list mixes a number with a text"),
        ("thing.flag == null", "11: this is never null: it is true or false"),
        ("null == null", "5: this compares null with null"),
        ("thing.count == 1.5", "15: numbers are whole and signed here, and texts have no `b` before them"),
        ("thing.parts[0].good", "11: elements have no numbers here; use `exists`, `all` or `filter`"),
        ("thing.count / 2 == 1", "12: division is no part of the rule language"),
        ("{\"a\": 1}.size() == 1", "0: maps and messages are no part of the rule language"),
        ("thing.parts.all(p)", "15: write `list.all(x, condition)`"),
        ("thing.parts.all(p.q, true)", "17: the element needs a simple name, as in `keys.all(key, …)`"),
        ("thing.parts.all(thing, true)", "16: `thing` already means something here; choose another name"),
        (
            "has(thing.flag)",
            "0: `has()` is no part of the rule language: facts always exist; compare with `null`",
        ),
    ] {
        assert_eq!(problems(source), [expected], "{source}");
    }
}

#[test]
fn what_may_be_null_needs_a_guard() {
    let owner = "`thing.owner` may be null: guard it, as in `thing.owner != null && …`";
    let nickname = "`thing.nickname` may be null: guard it, as in `thing.nickname != null && …`";
    let age = "`thing.owner.age` may be null: guard it, as in `thing.owner.age != null && …`";
    for (source, expected) in [
        ("thing.owner.active", format!("11: {owner}")),
        ("thing.owner == null && thing.owner.active", format!("34: {owner}")),
        ("thing.owner != null || thing.owner.active", format!("34: {owner}")),
        ("(thing.owner != null || thing.flag) && thing.owner.active", format!("50: {owner}")),
        ("thing.owner != null ? thing.flag : thing.owner.active", format!("46: {owner}")),
        ("thing.owner.active && thing.owner != null", format!("11: {owner}")),
        ("thing.nickname.contains(\"a\")", format!("5: {nickname}")),
        ("thing.owner != null && thing.owner.age > 1", format!("34: {age}")),
    ] {
        assert_eq!(problems(source), [expected], "{source}");
    }
    for source in [
        "thing.owner != null && thing.owner.active",
        "null != thing.owner && thing.owner.active",
        "thing.owner == null || thing.owner.active",
        "!(thing.owner == null) && thing.owner.active",
        "!(thing.owner == null || thing.flag) && thing.owner.active",
        "thing.owner == null ? thing.flag : thing.owner.active",
        "thing.flag && thing.owner != null && (thing.other || thing.owner.active)",
        "thing.owner != null && thing.owner.age != null && thing.owner.age > 1",
        "(thing.flag ? thing.owner != null : thing.owner != null) && thing.owner.active",
        "thing.nickname == \"a\"",
        "thing.nickname in params.names",
    ] {
        assert_eq!(problems(source), [""; 0], "{source}");
    }
}

#[test]
fn every_problem_is_reported_at_once() {
    assert_eq!(
        problems("thing.flg && thing.colour == \"grean\" || thing.count > \"2\""),
        [
            "6: `thing` has no attribute `flg`; did you mean `flag`?",
            "29: \"grean\" is not one of \"red\", \"blue\"",
            "52: order holds between two numbers or two times, not a number and a text",
        ]
    );
}

#[test]
fn places_count_characters() {
    assert_eq!(problems("thing.name == \"é€😀\" && thing.x"), ["29: `thing` has no attribute `x`"]);
    assert!(problems("thing.name == \"é€😀\" = true")[0].starts_with("20: "));
}

#[test]
fn what_is_no_expression_is_refused_where_it_goes_wrong() {
    assert_eq!(problems(""), ["0: the expression is empty"]);
    for source in [
        "thing.flag = true",
        "thing.flag &&",
        "(thing.flag",
        "thing..flag",
        "thing.?owner",
        "a b",
        "\"open",
        "1 +* 2",
        "`x`",
    ] {
        let found = problems(source);
        assert!(
            !found.is_empty() && found.iter().all(|problem| problem.contains("no CEL expression")),
            "{source}: {found:?}"
        );
    }
    assert!(problems("thing.flag = true")[0].starts_with("11: "));
}

#[test]
fn hostile_expressions_are_refused_quickly() {
    let many = |part: &str, times: usize| part.repeat(times);
    let hostile = [
        many("(", 2000) + "true" + &many(")", 2000),
        many("[", 1000) + &many("]", 1000),
        many("!", 4000) + "thing",
        many("-", 4000) + "thing.name == 1",
        "thing".to_owned() + &many(".flag", 800),
        "1".to_owned() + &many("+1", 2000) + " == 2",
        "true".to_owned() + &many(" ? true : true", 280),
        many("true ? ", 250) + "true" + &many(" : true", 250),
        many("thing.parts.all(p, ", 20) + "true" + &many(")", 20),
        many("size(", 400) + "thing.name" + &many(")", 400),
        many("a", MAX_LENGTH + 1),
        many("\"", 4000),
        many("\\", 4000),
        "thing.parts".to_owned() + &many(".filter(p, p.good)", 200) + ".size() > 1",
    ];
    for source in hostile {
        let begun = Instant::now();
        assert!(read(&source).is_err(), "{source}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?} for {source}", begun.elapsed());
    }
}

#[test]
fn long_conditions_are_fine() {
    let source = vec!["thing.flag"; 200].join(" && ");
    assert_eq!(problems(&source), [""; 0]);
}
