use super::*;

fn error_of(text: &str) -> DocumentError {
    PolicyDocument::from_text(text).unwrap_err()
}

#[test]
fn single_values_and_lists_are_alike_everywhere() {
    let single = PolicyDocument::from_text(
        r#"{"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": "1"}, "NotAction": "a:b", "NotResource": "*",
            "Condition": {"bool": {"aws:SecureTransport": false}}}}"#,
    )
    .unwrap();
    let listed = PolicyDocument::from_text(
        r#"{"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": ["1"]}, "NotAction": ["a:b"], "NotResource": ["*"],
            "Condition": {"bool": {"aws:SecureTransport": ["false"]}}}]}"#,
    )
    .unwrap();
    assert_eq!(single.version, PolicyVersion::V2008);
    assert_eq!(single.statements[0].actions.values.items, listed.statements[0].actions.values.items);
    assert_eq!(
        single.statements[0].conditions[0].values.items,
        listed.statements[0].conditions[0].values.items
    );
    assert_eq!(single.statements[0].pointer(), "/Statement");
    assert_eq!(listed.statements[0].pointer(), "/Statement/0");
    assert_eq!(
        listed.statements[0].conditions[0].pointer(&listed.statements[0]),
        "/Statement/0/Condition/bool/aws:SecureTransport"
    );
}

#[test]
fn faults_have_their_place() {
    for (text, pointer) in [
        (r#"{"Statement": [{"Effect": "allow", "Action": "*"}]}"#, "/Statement/0/Effect"),
        (r#"{"Statement": {"effect": "Allow", "Action": "*"}}"#, "/Statement"),
        (r#"{"Statement": [{"Effect": "Allow", "Effect": "Deny", "Action": "*"}]}"#, "/Statement/0"),
        (r#"{"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "*"}]}"#, "/Statement/0"),
        (r#"{"Statement": [{"Effect": "Allow", "Action": ["*", 1]}]}"#, "/Statement/0/Action/1"),
        (
            r#"{"Statement": [{"Effect": "Allow", "Principal": "me", "Action": "*"}]}"#,
            "/Statement/0/Principal",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Principal": {"aws": "*"}, "Action": "*"}]}"#,
            "/Statement/0/Principal",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"Bool": {"a/b": null}}}]}"#,
            "/Statement/0/Condition/Bool/a~1b",
        ),
        (r#"{"Version": "2012-10-18", "Statement": []}"#, "/Version"),
        (r#"{"Version": "2012-10-17"}"#, ""),
        (r#"[]"#, ""),
    ] {
        assert_eq!(error_of(text).pointer(), Some(pointer), "{text}");
    }
}

#[test]
fn text_that_is_not_json_names_line_and_column() {
    assert!(matches!(error_of("{\n  \"Statement\": x"), DocumentError::Syntax { line: 2, .. }));
    assert!(matches!(error_of(&"[".repeat(100_000)), DocumentError::Syntax { .. }));
    assert!(matches!(error_of(&" ".repeat(MAX_DOCUMENT_BYTES + 1)), DocumentError::TooLarge { .. }));
}

#[test]
fn operators_are_read_without_regard_to_case() {
    for comparison in Comparison::all() {
        let name = comparison.name();
        let read = Operator::from_name(&name.to_uppercase()).unwrap();
        assert_eq!(read, Operator { quantifier: None, comparison, if_exists: false });
    }
    let full = Operator::from_name("forAnyValue:stringlikeifexists").unwrap();
    assert_eq!(full.quantifier, Some(SetQuantifier::ForAnyValue));
    assert_eq!(full.comparison, Comparison::StringLike);
    assert!(full.if_exists);
    for unknown in ["StringEqual", "ForSome:StringLike", "NullIfExists", "IfExists", "", "ForAnyValue:", "é"]
    {
        assert_eq!(Operator::from_name(unknown), None, "{unknown}");
    }
}
