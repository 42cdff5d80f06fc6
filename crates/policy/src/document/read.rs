//! From JSON to [`PolicyDocument`].

use std::borrow::Cow;

use super::{
    Condition, DocumentError, Effect, Json, MAX_DOCUMENT_BYTES, MAX_ITEMS, Operator, PatternElement,
    PolicyDocument, PolicyVersion, PrincipalElement, PrincipalKind, Principals, Statement, ValueList,
    escape_pointer,
};

type Members<'j, 'a> = &'j [(Cow<'a, str>, Json<'a>)];

impl PolicyDocument {
    /// Reads a policy from its JSON text (already percent-decoded).
    ///
    /// # Errors
    /// [`DocumentError`] with the place, if the text is no policy or exceeds the limits of this module.
    pub fn from_text(text: &str) -> Result<Self, DocumentError> {
        if text.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge { bytes: text.len(), limit: MAX_DOCUMENT_BYTES });
        }
        let json: Json<'_> = serde_json::from_str(text).map_err(|error| DocumentError::Syntax {
            line: error.line(),
            column: error.column(),
            message: syntax_message(&error),
        })?;
        Self::from_json(&json)
    }

    /// Reads a policy from a parsed value. Repeated keys are already lost there; prefer [`Self::from_text`].
    ///
    /// # Errors
    /// [`DocumentError`] with the place, if the value is no policy or exceeds the limits of this module.
    pub fn from_value(value: &serde_json::Value) -> Result<Self, DocumentError> {
        Self::from_json(&Json::from_value(value))
    }

    /// Reads a policy from a tree that still shows repeated keys.
    ///
    /// # Errors
    /// [`DocumentError`] with the place, if the value is no policy or exceeds the limits of this module.
    pub fn from_json(json: &Json<'_>) -> Result<Self, DocumentError> {
        let mut document = Self {
            version: PolicyVersion::V2008,
            version_is_written: false,
            id: None,
            statements: Vec::new(),
        };
        let mut statements = None;
        for (name, value) in object(json, "")? {
            match name.as_ref() {
                "Version" => {
                    document.version = version(value)?;
                    document.version_is_written = true;
                }
                "Id" => document.id = Some(string(value, "/Id")?.to_owned()),
                "Statement" => statements = Some(value),
                _ => return Err(unknown_element("", name)),
            }
        }
        document.statements = match statements {
            None => return Err(missing("", "Statement")),
            Some(Json::Array(items)) => {
                within_limit(items.len(), "/Statement")?;
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| statement(item, index, true))
                    .collect::<Result<_, _>>()?
            }
            Some(single) => vec![statement(single, 0, false)?],
        };
        Ok(document)
    }
}

/// `serde_json` repeats the place in its message; ours has it in fields.
fn syntax_message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((text, _)) => text.to_owned(),
        None => message,
    }
}

fn version(value: &Json<'_>) -> Result<PolicyVersion, DocumentError> {
    match string(value, "/Version")? {
        "2008-10-17" => Ok(PolicyVersion::V2008),
        "2012-10-17" => Ok(PolicyVersion::V2012),
        other => Err(bad_value("/Version".to_owned(), other, "2012-10-17 or 2008-10-17")),
    }
}

/// Places are only spelled out when something is wrong: most documents are right.
fn statement_pointer(index: usize, is_listed: bool) -> String {
    if is_listed { format!("/Statement/{index}") } else { "/Statement".to_owned() }
}

fn statement(json: &Json<'_>, index: usize, is_listed: bool) -> Result<Statement, DocumentError> {
    parse_statement(json, index, is_listed).map_err(|fault| fault.at(&statement_pointer(index, is_listed)))
}

/// A fault inside a statement, its pointer relative to the statement.
struct Fault(DocumentError);

impl From<DocumentError> for Fault {
    fn from(error: DocumentError) -> Self {
        Self(error)
    }
}

impl Fault {
    fn at(self, statement: &str) -> DocumentError {
        let mut error = self.0;
        match &mut error {
            DocumentError::Syntax { .. } | DocumentError::TooLarge { .. } => {}
            DocumentError::TooMany { pointer, .. }
            | DocumentError::DuplicateKey { pointer, .. }
            | DocumentError::UnknownElement { pointer, .. }
            | DocumentError::MissingElement { pointer, .. }
            | DocumentError::Conflict { pointer, .. }
            | DocumentError::WrongType { pointer, .. }
            | DocumentError::BadValue { pointer, .. } => pointer.insert_str(0, statement),
        }
        error
    }
}

fn parse_statement(json: &Json<'_>, index: usize, is_listed: bool) -> Result<Statement, Fault> {
    let mut sid = None;
    let mut effect = None;
    let mut principals = None;
    let mut actions = None;
    let mut resources = None;
    let mut conditions = Vec::new();
    for (name, value) in object(json, "")? {
        match name.as_ref() {
            "Sid" => sid = Some(string(value, "/Sid")?.to_owned()),
            "Effect" => effect = Some(parse_effect(value)?),
            "Principal" | "NotPrincipal" => {
                if principals.replace(parse_principals(value, name == "NotPrincipal")?).is_some() {
                    return Err(conflict("Principal", "NotPrincipal"));
                }
            }
            "Action" | "NotAction" => {
                if actions.replace(patterns(value, name)?).is_some() {
                    return Err(conflict("Action", "NotAction"));
                }
            }
            "Resource" | "NotResource" => {
                if resources.replace(patterns(value, name)?).is_some() {
                    return Err(conflict("Resource", "NotResource"));
                }
            }
            "Condition" => conditions = parse_conditions(value)?,
            _ => return Err(unknown_element("", name).into()),
        }
    }
    Ok(Statement {
        index,
        is_listed,
        sid,
        effect: effect.ok_or_else(|| missing("", "Effect"))?,
        principals,
        actions: actions.ok_or_else(|| missing("", "Action or NotAction"))?,
        resources,
        conditions,
    })
}

fn conflict(first: &'static str, second: &'static str) -> Fault {
    Fault(DocumentError::Conflict { pointer: String::new(), first, second })
}

fn parse_effect(value: &Json<'_>) -> Result<Effect, DocumentError> {
    match string(value, "/Effect")? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(bad_value("/Effect".to_owned(), other, "Allow or Deny (case-sensitive)")),
    }
}

fn patterns(value: &Json<'_>, name: &str) -> Result<PatternElement, DocumentError> {
    Ok(PatternElement { negated: name.starts_with("Not"), values: strings(value, || format!("/{name}"))? })
}

fn parse_principals(value: &Json<'_>, negated: bool) -> Result<PrincipalElement, DocumentError> {
    let pointer = if negated { "/NotPrincipal" } else { "/Principal" };
    let principals = match value {
        Json::String(text) if text == "*" => Principals::Everyone,
        Json::String(text) => {
            return Err(bad_value(pointer.to_owned(), text, "\"*\" or an object such as {\"AWS\": …}"));
        }
        _ => {
            let mut by_kind = Vec::new();
            for (name, values) in object(value, pointer)? {
                let kind = PrincipalKind::ALL
                    .into_iter()
                    .find(|kind| kind.name() == name)
                    .ok_or_else(|| unknown_element(pointer, name))?;
                by_kind.push((kind, strings(values, || format!("{pointer}/{}", kind.name()))?));
            }
            Principals::ByKind(by_kind)
        }
    };
    Ok(PrincipalElement { negated, principals })
}

fn parse_conditions(value: &Json<'_>) -> Result<Vec<Condition>, DocumentError> {
    let mut conditions = Vec::new();
    for (operator_name, keys) in object(value, "/Condition")? {
        let operator = Operator::from_name(operator_name);
        let place = || format!("/Condition/{}", escape_pointer(operator_name));
        let Json::Object(members) = keys else {
            return Err(wrong_type(place(), "an object of context keys", keys));
        };
        check_members(members, place)?;
        for (key, values) in members {
            conditions.push(Condition {
                operator_name: operator_name.clone().into_owned(),
                operator,
                key: key.clone().into_owned(),
                values: scalars(values, || format!("{}/{}", place(), escape_pointer(key)))?,
            });
        }
    }
    Ok(conditions)
}

fn object<'j, 'a>(json: &'j Json<'a>, pointer: &str) -> Result<Members<'j, 'a>, DocumentError> {
    let Json::Object(members) = json else {
        return Err(wrong_type(pointer.to_owned(), "an object", json));
    };
    check_members(members, || pointer.to_owned())?;
    Ok(members)
}

/// Refuses repeated keys and unreasonable sizes. Small objects, nearly all, are compared in place.
fn check_members(members: Members<'_, '_>, pointer: impl Fn() -> String) -> Result<(), DocumentError> {
    const COMPARED_IN_PLACE: usize = 16;
    if members.len() > MAX_ITEMS {
        within_limit(members.len(), &pointer())?;
    }
    let repeated = if members.len() <= COMPARED_IN_PLACE {
        members.iter().enumerate().find_map(|(index, (key, _))| {
            members.iter().take(index).any(|(earlier, _)| earlier == key).then_some(key)
        })
    } else {
        let mut seen = std::collections::HashSet::new();
        members.iter().find_map(|(key, _)| (!seen.insert(key)).then_some(key))
    };
    match repeated {
        Some(key) => Err(DocumentError::DuplicateKey { pointer: pointer(), key: key.clone().into_owned() }),
        None => Ok(()),
    }
}

fn within_limit(count: usize, pointer: &str) -> Result<(), DocumentError> {
    if count > MAX_ITEMS {
        return Err(DocumentError::TooMany { pointer: pointer.to_owned(), count, limit: MAX_ITEMS });
    }
    Ok(())
}

fn string<'j>(json: &'j Json<'_>, pointer: &str) -> Result<&'j str, DocumentError> {
    json.as_str().ok_or_else(|| wrong_type(pointer.to_owned(), "a string", json))
}

fn strings(json: &Json<'_>, pointer: impl Fn() -> String) -> Result<ValueList, DocumentError> {
    value_list(json, pointer, "a string or a list of strings", |item| item.as_str().map(ToOwned::to_owned))
}

fn scalars(json: &Json<'_>, pointer: impl Fn() -> String) -> Result<ValueList, DocumentError> {
    value_list(json, pointer, "a string, number or boolean, or a list of them", |item| match item {
        Json::String(text) => Some(text.clone().into_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    })
}

fn value_list(
    json: &Json<'_>,
    pointer: impl Fn() -> String,
    expected: &'static str,
    read: impl Fn(&Json<'_>) -> Option<String>,
) -> Result<ValueList, DocumentError> {
    let Json::Array(values) = json else {
        let item = read(json).ok_or_else(|| wrong_type(pointer(), expected, json))?;
        return Ok(ValueList { items: vec![item], is_list: false });
    };
    if values.len() > MAX_ITEMS {
        within_limit(values.len(), &pointer())?;
    }
    let mut items = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let item =
            read(value).ok_or_else(|| wrong_type(format!("{}/{index}", pointer()), expected, value))?;
        items.push(item);
    }
    Ok(ValueList { items, is_list: true })
}

fn unknown_element(pointer: &str, element: &str) -> DocumentError {
    DocumentError::UnknownElement { pointer: pointer.to_owned(), element: element.to_owned() }
}

fn missing(pointer: &str, element: &'static str) -> DocumentError {
    DocumentError::MissingElement { pointer: pointer.to_owned(), element }
}

fn bad_value(pointer: String, value: &str, expected: &'static str) -> DocumentError {
    DocumentError::BadValue { pointer, value: value.to_owned(), expected }
}

fn wrong_type(pointer: String, expected: &'static str, found: &Json<'_>) -> DocumentError {
    DocumentError::WrongType { pointer, expected, found: found.kind() }
}
