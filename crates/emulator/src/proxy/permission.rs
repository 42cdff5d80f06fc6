//! Whether who asks may, where the emulator can't tell: it refuses nothing that it has no address for.

use serde_json::Value;

use super::Shapes;
use super::request::Incoming;

/// Whether an inline policy of the user allows the operation by the name of its action. Enough for policies
/// that name actions and nothing else, such as those that `palisade permissions` prints; the services in
/// question name their actions like their operations.
pub(super) fn is_allowed(incoming: &Incoming, user: Option<&str>, shapes: &Shapes) -> bool {
    let user = shapes.account.users.iter().find(|one| Some(one.name.as_str()) == user);
    let statements = user
        .iter()
        .flat_map(|user| user.policies.inline.values())
        .flat_map(|document| document.get("Statement").and_then(Value::as_array))
        .flatten();
    // The actions of S3 Control are those of S3.
    let action = incoming.request.operation.replace("s3control:", "s3:");
    let names_it = |statement: &&Value| match statement.get("Action") {
        Some(Value::Array(actions)) => actions.iter().any(|one| one == action.as_str()),
        named => named.is_some_and(|one| one == action.as_str()),
    };
    let mut naming = statements.filter(names_it).peekable();
    naming.peek().is_some() && naming.all(|statement| statement.get("Effect") == Some(&"Allow".into()))
}
