//! What moto leaves out of IAM identities, or can't hold: taken from the account's description,
//! in the shapes of `UserDetail`, `RoleDetail` and `ManagedPolicyDetail` of the IAM API reference.

use std::collections::BTreeMap;

use xmltree::{Element, XMLNode};

use super::Shapes;
use super::mend::{child, set_text, text_of, visit};

/// Completes every identity in an answer.
pub(super) fn complete(document: &mut Element, shapes: &Shapes) {
    visit(document, &mut |element| {
        if text_of(element, "AttachmentCount").is_some() {
            complete_policy(element, shapes);
        } else if element.get_child("CreateDate").is_none() {
            // Neither an identity nor a key, but something that names one.
        } else if let Some(id) = text_of(element, "AccessKeyId") {
            complete_access_key(element, &id, shapes);
        } else if let Some(name) = text_of(element, "RoleName") {
            complete_role(element, &name, shapes);
        } else if let Some(name) = text_of(element, "UserName") {
            complete_user(element, &name, shapes);
        } else if text_of(element, "GroupName").is_some() {
            set_unique_id(element, "GroupId", "AGPA");
        }
    });
}

/// Dates the SSH keys of a user, which are listed in the order of their uploads.
pub(super) fn date_ssh_keys(document: &mut Element, user: Option<&String>, shapes: &Shapes) {
    let described = shapes.account.users.iter().find(|one| Some(&one.name) == user);
    let mut keys = described.map(|user| user.ssh_keys.as_slice()).unwrap_or_default().iter();
    visit(document, &mut |element| {
        if element.get_child("SSHPublicKeyId").is_some()
            && let Some(key) = keys.next()
        {
            set_text(element, "UploadDate", shapes.days_ago(key.age_days));
        }
    });
}

fn complete_access_key(element: &mut Element, id: &str, shapes: &Shapes) {
    let described = shapes.access_keys.get(id).and_then(|(user, place)| {
        let user = shapes.account.users.iter().find(|one| one.name == *user)?;
        user.access_keys.get(*place)
    });
    if let Some(key) = described {
        set_text(element, "CreateDate", shapes.days_ago(key.age_days));
    }
}

fn complete_user(element: &mut Element, name: &str, shapes: &Shapes) {
    set_unique_id(element, "UserId", "AIDA");
    let Some(user) = shapes.account.users.iter().find(|user| user.name == name) else { return };
    set_text(element, "CreateDate", shapes.days_ago(user.age_days));
    set_tags_and_boundary(element, &user.tags, user.boundary.as_deref());
    if let Some(days) = user.console.as_ref().and_then(|console| console.last_used_days) {
        element.take_child("PasswordLastUsed");
        element.children.push(child("PasswordLastUsed", shapes.days_ago(days)));
    }
}

fn complete_role(element: &mut Element, name: &str, shapes: &Shapes) {
    let Some(role) = shapes.account.roles.iter().find(|role| role.name == name) else { return };
    set_text(element, "CreateDate", shapes.days_ago(role.age_days));
    set_tags_and_boundary(element, &role.tags, role.boundary.as_deref());
    element.take_child("RoleLastUsed");
    let mut last_used = Element::new("RoleLastUsed");
    if let Some(days) = role.last_used_days {
        last_used.children.push(child("LastUsedDate", shapes.days_ago(days)));
        last_used.children.push(child("Region", "us-east-1"));
    }
    element.children.push(XMLNode::Element(last_used));
}

fn complete_policy(element: &mut Element, shapes: &Shapes) {
    let Some(arn) = text_of(element, "Arn") else { return };
    let name = arn.rsplit('/').next().unwrap_or_default();
    for (part, text) in [("PolicyName", name), ("PolicyId", "ANPAZ0000000000000000")] {
        if element.get_child(part).is_none() {
            element.children.push(child(part, text));
        }
    }
    let users = shapes.account.users.iter().map(|user| &user.boundary);
    let boundaries = users.chain(shapes.account.roles.iter().map(|role| &role.boundary));
    let uses = boundaries.filter(|boundary| boundary.as_ref() == Some(&arn)).count();
    element.take_child("PermissionsBoundaryUsageCount");
    element.children.push(child("PermissionsBoundaryUsageCount", uses.to_string()));
}

fn set_tags_and_boundary(element: &mut Element, tags: &BTreeMap<String, String>, boundary: Option<&str>) {
    element.take_child("Tags");
    let mut list = Element::new("Tags");
    for (key, value) in tags {
        let mut member = Element::new("member");
        member.children.extend([child("Key", key), child("Value", value)]);
        list.children.push(XMLNode::Element(member));
    }
    element.children.push(XMLNode::Element(list));
    element.take_child("PermissionsBoundary");
    if let Some(arn) = boundary {
        let mut attached = Element::new("PermissionsBoundary");
        attached.children.push(child("PermissionsBoundaryType", "PermissionsBoundaryPolicy"));
        attached.children.push(child("PermissionsBoundaryArn", arn));
        element.children.push(XMLNode::Element(attached));
    }
}

/// Gives a unique id the prefix of its kind ("IAM identifiers" of the IAM User Guide).
fn set_unique_id(element: &mut Element, part: &str, prefix: &str) {
    if let Some(id) = text_of(element, part).filter(|id| !id.starts_with(prefix)) {
        let rest: String = id.to_uppercase().chars().take(17).collect();
        set_text(element, part, format!("{prefix}{rest}"));
    }
}
