//! `escalations`: files, standard input, several accounts, what is known besides, and every format.

use serde_json::{Value, json};

use crate::harness::{Ended, Place};
use crate::pictures;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

fn arn(account: &str, rest: &str) -> String {
    format!("arn:aws:iam::{account}:{rest}")
}

fn policy(statement: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// An account in which `mallory` may do one thing, and `admin` and the role `admin` may do everything.
fn account(id: &str, action: &str, trusted: &str) -> Value {
    let user = |name: &str, inline: Value, attached: Value| {
        json!({"Path": "/", "UserName": name, "UserId": format!("AIDA{name}"), "Arn": arn(id, &format!("user/{name}")),
            "CreateDate": "2024-01-01T00:00:00Z", "UserPolicyList": inline, "AttachedManagedPolicies": attached})
    };
    let everything = json!([{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]);
    let own = json!([{"PolicyName": "own",
        "PolicyDocument": policy(&json!({"Effect": "Allow", "Action": action, "Resource": "*"}))}]);
    let trust =
        policy(&json!({"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}));
    json!({
        "UserDetailList": [user("mallory", own, json!([])), user("admin", json!([]), everything.clone())],
        "GroupDetailList": [],
        "RoleDetailList": [{"Path": "/", "RoleName": "admin", "RoleId": "AROA1", "Arn": arn(id, "role/admin"),
            "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust,
            "AttachedManagedPolicies": everything}],
        "Policies": [{"PolicyName": "AdministratorAccess", "PolicyId": "ANPA1", "Arn": ADMINISTRATOR, "Path": "/",
            "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
                "Document": policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))}]}],
    })
}

const ONE: &str = "111122223333";
const OTHER: &str = "444455556666";

/// The account in which a new access key of `admin` is the way.
fn keys() -> String {
    account(ONE, "iam:CreateAccessKey", "arn:aws:iam::111122223333:user/admin").to_string()
}

fn status(ended: &Ended, arn: &str) -> String {
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    let report = ended.json();
    let found = report["principals"].as_array().unwrap().iter().find(|one| one["arn"] == arn);
    found.unwrap_or_else(|| panic!("{arn}: {report}"))["status"].as_str().unwrap().to_owned()
}

#[test]
fn standard_input_and_a_file_are_read_alike() {
    let place = Place::new();
    place.write("account.json", keys());
    let file = place.run(&["escalations", "account.json", "-f", "json"]);
    let input = place.run_with_input(&["escalations", "-", "-f", "json"], keys().as_bytes());
    assert_eq!(status(&file, &arn(ONE, "user/mallory")), "can_escalate");
    assert_eq!(file.stdout, input.stdout);
    let report = file.json();
    let mallory = &report["principals"].as_array().unwrap().iter().find(|one| one["can_escalate"] == true);
    let path = &mallory.unwrap()["paths"][0];
    assert_eq!(path["steps"][0]["request"]["action"], "iam:CreateAccessKey");
    assert!(path["assumes"].as_array().unwrap().contains(&json!("scp_not_read")), "{path}");
    assert_eq!(report["cut"]["closes_everything"], true);
    assert_eq!(report["cut"]["remove"].as_array().unwrap().len(), 1, "{}", report["cut"]);
}

#[test]
fn what_is_known_besides_counts() {
    let place = Place::new();
    place.write("account.json", keys());
    place.write(
        "report.csv",
        "user,access_key_1_active,access_key_2_active\nadmin,true,true\nmallory,true,false\n",
    );
    place.write(
        "scps.json",
        json!([{"org_id": "r-root", "policies": [
            policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"})),
            policy(&json!({"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"})),
        ]}])
        .to_string(),
    );
    let mallory = arn(ONE, "user/mallory");
    let run = |more: &[&str]| place.run(&[&["escalations", "account.json", "-f", "json"], more].concat());
    assert_eq!(status(&run(&["--credential-report", "report.csv"]), &mallory), "cannot");
    assert_eq!(status(&run(&["--scps", "scps.json"]), &mallory), "cannot");
    let limited = run(&["--scps", "scps.json"]).json();
    let admin = limited["principals"].as_array().unwrap().iter().find(|one| one["admin"] == true).unwrap();
    assert_eq!(admin["limited_by"].as_array().unwrap().len(), 1, "{admin}");
}

#[test]
fn paths_lead_from_account_to_account() {
    let place = Place::new();
    let into = arn(ONE, "user/mallory");
    place.write("one.json", account(ONE, "sts:AssumeRole", &arn(ONE, "user/admin")).to_string());
    place.write("other.json", account(OTHER, "s3:ListAllMyBuckets", &into).to_string());
    let alone = place.run(&["escalations", "one.json", "-f", "json"]);
    assert_eq!(status(&alone, &into), "cannot");
    let both = place.run(&["escalations", "one.json", "other.json", "-f", "json"]);
    assert_eq!(status(&both, &into), "can_escalate");
    assert_eq!(status(&both, &arn(OTHER, "user/mallory")), "cannot");
    place.run(&["escalations", "one.json", "one.json"]).failed(2, &["one.json", ONE, "again"]);
}

/// A chain of two users and a role with names that mean something to those who draw, and who ends as administrator.
fn chain() -> Value {
    let mut account = account(ONE, "iam:CreateAccessKey", &arn(ONE, "user/end/a+b=c,d@e.f_g-h"));
    let mut end = account["UserDetailList"][0].clone();
    end["Path"] = json!("/end/");
    end["UserName"] = json!("a+b=c,d@e.f_g-h");
    end["Arn"] = json!(arn(ONE, "user/end/a+b=c,d@e.f_g-h"));
    end["UserPolicyList"] = json!([]);
    account["UserDetailList"] = json!([account["UserDetailList"][0], end]);
    account
}

#[test]
fn pictures_say_what_the_report_says_to_the_programs_they_are_for() {
    let place = Place::new();
    place.write("account.json", chain().to_string());
    let report = place.run(&["escalations", "account.json", "-f", "json"]).json();
    let picture = |format: &str| place.run(&["escalations", "account.json", "-f", format]).stdout;
    let [dot, mermaid] = pictures::read(&picture("dot"), &picture("mermaid"));
    assert_eq!(dot, mermaid);

    let (mallory, end, admin) =
        (arn(ONE, "user/mallory"), arn(ONE, "user/end/a+b=c,d@e.f_g-h"), arn(ONE, "role/admin"));
    let nodes = [(mallory.clone(), false), (end.clone(), false), (admin.clone(), true)];
    assert_eq!(dot.nodes, nodes.into());
    let labelled = |technique: &str, action: &str| vec![format!("{technique}: {action}")];
    let edges = [
        (mallory.clone(), end.clone(), labelled("iam-002", "iam:CreateAccessKey")),
        (end, admin, labelled("sts-001", "sts:AssumeRole")),
    ];
    assert_eq!(dot.edges, edges.into());
    let principals = report["principals"].as_array().unwrap();
    let path = &principals.iter().find(|one| one["arn"] == mallory).unwrap()["paths"][0];
    assert_eq!(path["steps"].as_array().unwrap().len(), dot.edges.len(), "{path}");

    let table = place.run(&["escalations", "account.json"]).stdout;
    assert!(table.contains("can escalate") && table.contains(&mallory), "{table}");
}

#[test]
fn pictures_of_accounts_without_paths_are_empty_and_can_be_read() {
    let place = Place::new();
    let nobody = account(ONE, "s3:ListAllMyBuckets", &arn(ONE, "user/admin"));
    place.write("account.json", nobody.to_string());
    let picture = |format: &str| place.run(&["escalations", "account.json", "-f", format]).stdout;
    let read = pictures::read(&picture("dot"), &picture("mermaid"));
    for picture in read {
        assert!(picture.nodes.is_empty() && picture.edges.is_empty(), "{picture:?}");
    }
}

#[test]
fn who_gets_into_the_declared_role_for_emergencies_is_told() {
    let place = Place::new();
    let mallory = arn(ONE, "user/mallory");
    place.write("account.json", account(ONE, "s3:ListAllMyBuckets", &mallory).to_string());
    place.write("palisade.toml", "emergency_roles = [\"adm*\"]\n");
    let report = place.run(&["escalations", "account.json", "-f", "json"]).json();
    let role = &report["emergency_roles"][0];
    assert_eq!(role["arn"], arn(ONE, "role/admin"));
    let reaching = role["reached_by"].as_array().unwrap();
    assert_eq!(reaching.len(), 1, "{role}");
    assert_eq!((&reaching[0]["arn"], &reaching[0]["conditional"]), (&json!(mallory), &json!(false)));
    assert_eq!(reaching[0]["paths"][0]["steps"][0]["request"]["action"], "sts:AssumeRole");
    let table = place.run(&["escalations", "account.json"]).stdout;
    let (_, told) = table.split_once("ROLE FOR EMERGENCIES").unwrap_or_else(|| panic!("{table}"));
    assert!(told.contains("mallory"), "{table}");
    place.write("other.toml", "emergency_roles = []\n");
    let none = place.run(&["escalations", "account.json", "-f", "json", "--config", "other.toml"]).json();
    assert_eq!(none["emergency_roles"], json!([]));
}
