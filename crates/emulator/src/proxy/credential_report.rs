//! The credential report: the root row and the newest column, which moto lacks, and the ages of
//! the account's description ("Getting credential reports" of the IAM User Guide).

use aws_smithy_types::base64;
use xmltree::{Element, XMLNode};

use super::Shapes;
use super::mend::visit;
use crate::account::{AccessKey, User};

/// The column that AWS added last.
const ADDITIONAL: &str = "additional_credentials_info";

/// Rewrites the report inside `GetCredentialReport`'s answer.
pub(super) fn mend(document: &mut Element, shapes: &Shapes) {
    visit(document, &mut |element| {
        if element.name == "Content"
            && let Some(text) = element.get_text()
            && let Ok(report) = base64::decode(text.trim())
        {
            let report = rewritten(&String::from_utf8_lossy(&report), shapes);
            element.children = vec![XMLNode::Text(base64::encode(report))];
        }
        // moto's reports are all of one day in 2015, older than every user.
        if element.name == "GeneratedTime" {
            element.children = vec![XMLNode::Text(shapes.days_ago(0))];
        }
    });
}

fn rewritten(report: &str, shapes: &Shapes) -> String {
    let mut lines = report.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let mut rows = vec![format!("{},{ADDITIONAL}", columns.join(",")), root_row(&columns, shapes)];
    for line in lines.filter(|line| !line.is_empty()) {
        let mut row: Row<'_> = columns.iter().copied().zip(line.split(',').map(str::to_owned)).collect();
        let name = row.first().map(|(_, name)| name.clone()).unwrap_or_default();
        if let Some(user) = shapes.account.users.iter().find(|user| user.name == name) {
            set_user(&mut row, user, shapes);
        }
        rows.push(joined(&row));
    }
    rows.join("\n")
}

/// The cells of a row with their columns.
type Row<'a> = Vec<(&'a str, String)>;

fn joined(row: &Row<'_>) -> String {
    let cells: Vec<&str> = row.iter().map(|(_, cell)| cell.as_str()).chain(["N/A"]).collect();
    cells.join(",")
}

fn set(row: &mut Row<'_>, column: &str, value: String) {
    if let Some((_, cell)) = row.iter_mut().find(|(name, _)| *name == column) {
        *cell = value;
    }
}

fn root_row(columns: &[&str], shapes: &Shapes) -> String {
    let root = &shapes.account.root;
    let mut row: Row<'_> = columns.iter().map(|column| (*column, "N/A".to_owned())).collect();
    set(&mut row, "user", "<root_account>".to_owned());
    set(&mut row, "arn", format!("arn:aws:iam::{}:root", shapes.account.id()));
    set(&mut row, "user_creation_time", moment(shapes, 2000));
    set(&mut row, "password_enabled", root.password.to_string());
    let used = root.password_last_used_days.map_or("no_information".to_owned(), |days| moment(shapes, days));
    set(&mut row, "password_last_used", used);
    set(&mut row, "password_last_changed", "not_supported".to_owned());
    set(&mut row, "password_next_rotation", "not_supported".to_owned());
    set(&mut row, "mfa_active", root.mfa.to_string());
    set_keys(&mut row, &root.access_keys, shapes);
    for place in 1..=2 {
        let present = usize::from(root.signing_certificates) >= place;
        set(&mut row, &format!("cert_{place}_active"), present.to_string());
    }
    joined(&row)
}

fn set_user(row: &mut Row<'_>, user: &User, shapes: &Shapes) {
    set(row, "user_creation_time", moment(shapes, user.age_days));
    match &user.console {
        Some(console) => {
            let used =
                console.last_used_days.map_or("no_information".to_owned(), |days| moment(shapes, days));
            set(row, "password_enabled", "true".to_owned());
            set(row, "password_last_used", used);
            let changed = console.changed_days.unwrap_or(user.age_days);
            set(row, "password_last_changed", moment(shapes, changed));
            set(row, "password_next_rotation", next_rotation(changed, shapes));
        }
        None => {
            set(row, "password_enabled", "false".to_owned());
            for column in ["password_last_used", "password_last_changed", "password_next_rotation"] {
                set(row, column, "N/A".to_owned());
            }
        }
    }
    set(row, "mfa_active", user.mfa.to_string());
    set_keys(row, &user.access_keys, shapes);
    for place in 1..=2 {
        let uploaded = user.signing_certificates.get(place - 1);
        set(row, &format!("cert_{place}_active"), uploaded.is_some().to_string());
        let rotated = uploaded.map_or("N/A".to_owned(), |days| moment(shapes, *days));
        set(row, &format!("cert_{place}_last_rotated"), rotated);
    }
}

fn next_rotation(changed: i64, shapes: &Shapes) -> String {
    let expires = shapes.account.password_policy.as_ref().and_then(|policy| policy.max_age_days);
    expires.map_or("N/A".to_owned(), |days| moment(shapes, changed - i64::from(days)))
}

fn set_keys(row: &mut Row<'_>, keys: &[AccessKey], shapes: &Shapes) {
    for place in 1..=2 {
        let key = keys.get(place - 1);
        let column = |name: &str| format!("access_key_{place}_{name}");
        let used = key.and_then(|key| key.last_used_days);
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "N/A".to_owned());
        set(row, &column("active"), key.is_some_and(|key| key.active).to_string());
        set(row, &column("last_rotated"), or_none(key.map(|key| moment(shapes, key.age_days))));
        set(row, &column("last_used_date"), or_none(used.map(|days| moment(shapes, days))));
        set(row, &column("last_used_region"), or_none(used.map(|_| "us-east-1".to_owned())));
        set(row, &column("last_used_service"), or_none(used.map(|_| "s3".to_owned())));
    }
}

/// A time as the report writes it: with an offset, where the API's XML has a `Z`.
fn moment(shapes: &Shapes, days: i64) -> String {
    shapes.days_ago(days).replace('Z', "+00:00")
}
