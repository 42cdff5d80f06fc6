//! The snapshot of an example, put together from its parts.

use jiff::Timestamp;
use palisade_snapshot::{
    Bucket, BucketEntry, CredentialReport, CredentialReportRow, FORMAT, Header, Listing, Observed,
    RecordKind, Resource, Shared, SnapshotScope, Unreadable,
};
use serde_json::{Map, Value, json};

use super::ExampleError;
use super::neutral::{ACCOUNT, REGION, Shape, TAKEN_AT};
use super::record::{mark, members, object, read, record};
use crate::{Declarations, Kind, PublicBucket, s3};

/// The names beside a record's fields that describe the rest of the snapshot.
pub(super) const REST: [&str; 3] = ["account", "snapshot", "declarations"];
/// The name beside a user's fields that gives his row of the credential report.
const REPORT: &str = "report";
const ROOT_ROW: &str = "<root_account>";

/// Everything that an example's snapshot holds.
pub(crate) struct World {
    account: Map<String, Value>,
    pub(crate) shared: Shared,
    pub(crate) declarations: Declarations,
    pub(crate) resource: Option<Resource>,
    buckets: Vec<Bucket>,
    public_buckets: Vec<PublicBucket>,
    rows: Vec<CredentialReportRow>,
    report: Option<Value>,
}

/// The ARN of a resource of IAM.
pub(super) type Arn = String;

impl World {
    /// A snapshot with an account and nothing in it.
    pub(super) fn new(
        account: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<Self, ExampleError> {
        let extra: Vec<&str> = extra.iter().copied().chain([REPORT]).collect();
        let account_record = record(Shape::Account, account, place, &extra)?;
        let text = |key: &str| account_record.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let taken_at: Timestamp =
            TAKEN_AT.parse().map_err(|_| ExampleError::value(place, "the clock of examples is broken"))?;
        let header = Header {
            format: FORMAT.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            account_id: text("id"),
            partition: text("partition"),
            caller_arn: format!("arn:{}:sts::{ACCOUNT}:assumed-role/auditor/palisade", text("partition")),
            taken_at,
            scope: SnapshotScope {
                regions: vec![REGION.to_owned()],
                regions_listed: true,
                ..SnapshotScope::default()
            },
        };
        let mut world = Self {
            shared: Shared::new(header),
            declarations: Declarations::default(),
            resource: None,
            buckets: Vec::new(),
            public_buckets: Vec::new(),
            rows: Vec::new(),
            report: account_record.get("credential_report").filter(|report| !report.is_null()).cloned(),
            account: account_record,
        };
        let root = format!("arn:{}:iam::{}:root", world.partition(), world.shared.header.account_id);
        let neutral = json!({"password_enabled": true, "mfa_active": true, "password_last_changed": "N/A"});
        world.row(
            ROOT_ROW,
            &root,
            None,
            object(neutral),
            account.get(REPORT),
            &format!("{place}.{REPORT}"),
        )?;
        Ok(world)
    }

    fn partition(&self) -> String {
        self.shared.header.partition.clone()
    }

    fn iam_arn(&self, kind: &str, record: &Map<String, Value>) -> Arn {
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
        let header = &self.shared.header;
        format!("arn:{}:iam::{}:{kind}{}{}", header.partition, header.account_id, text("path"), text("name"))
    }

    /// Puts a record together and gives it the ARN that its name makes, unless it has one.
    fn named(
        &self,
        shape: Shape,
        kind: &str,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<(Arn, Map<String, Value>), ExampleError> {
        let mut record = record(shape, given, place, extra)?;
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
        let header = &self.shared.header;
        let arn = match (record.get("arn").and_then(Value::as_str), shape) {
            (Some(arn), _) => arn.to_owned(),
            (None, Shape::Bucket) => format!("arn:{}:s3:::{}", header.partition, text("name")),
            (None, Shape::AccessPoint | Shape::MultiRegionAccessPoint) => format!(
                "arn:{}:s3:{}:{}:accesspoint/{}",
                header.partition,
                text("region"),
                header.account_id,
                text("name")
            ),
            (None, Shape::ObjectLambdaAccessPoint) => format!(
                "arn:{}:s3-object-lambda:{}:{}:accesspoint/{}",
                header.partition,
                text("region"),
                header.account_id,
                text("name")
            ),
            (None, Shape::Analyzer) => format!(
                "arn:{}:access-analyzer:{}:{}:analyzer/{}",
                header.partition,
                text("region"),
                header.account_id,
                text("name")
            ),
            (None, Shape::Repository) => format!(
                "arn:{}:ecr:{}:{}:repository/{}",
                header.partition,
                text("region"),
                header.account_id,
                text("name")
            ),
            (None, _) => self.iam_arn(kind, &record),
        };
        record.insert("arn".to_owned(), Value::String(arn.clone()));
        Ok((arn, record))
    }

    /// Adds a user with his row of the credential report.
    pub(super) fn user(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
        row: Map<String, Value>,
    ) -> Result<Arn, ExampleError> {
        let extra: Vec<&str> = extra.iter().copied().chain([REPORT]).collect();
        let (arn, record) = self.named(Shape::User, "user", given, place, &extra)?;
        let user: palisade_snapshot::User = read(&record, place)?;
        let created_at = Some(user.created_at);
        self.row(&user.name, &arn, created_at, row, given.get(REPORT), &format!("{place}.{REPORT}"))?;
        self.shared.users.push(user);
        Ok(arn)
    }

    /// Adds a group.
    pub(super) fn group(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<Arn, ExampleError> {
        let (arn, record) = self.named(Shape::Group, "group", given, place, extra)?;
        self.shared.groups.push(read(&record, place)?);
        Ok(arn)
    }

    /// Adds a role.
    pub(super) fn role(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<Arn, ExampleError> {
        let (arn, record) = self.named(Shape::Role, "role", given, place, extra)?;
        self.shared.roles.push(read(&record, place)?);
        Ok(arn)
    }

    /// Adds a managed policy.
    pub(super) fn policy(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<Arn, ExampleError> {
        let (arn, record) = self.named(Shape::Policy, "policy", given, place, extra)?;
        self.shared.policies.push(read(&record, place)?);
        Ok(arn)
    }

    /// Adds the private registry of a region.
    pub(super) fn registry(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<(), ExampleError> {
        let record = record(Shape::Registry, given, place, extra)?;
        self.shared.registries.push(read(&record, place)?);
        Ok(())
    }

    /// Makes a bucket the resource of the example.
    pub(super) fn bucket(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<(), ExampleError> {
        let (_, record) = self.named(Shape::Bucket, "", given, place, extra)?;
        let bucket: Box<Bucket> = read(&record, place)?;
        self.shared.bucket_directory.push(BucketEntry::of(&bucket));
        self.buckets.push(Bucket::clone(&bucket));
        self.resource = Some(Resource::Bucket(bucket));
        Ok(())
    }

    /// Declares a bucket to be public on purpose, and makes it the resource of the example if it is given.
    pub(super) fn public_bucket(&mut self, given: &Map<String, Value>) -> Result<Arn, ExampleError> {
        let kind = s3::public_bucket::KIND.name;
        let record = record(Shape::PublicBucketException, given, kind, &[&REST[..], &["bucket"]].concat())?;
        let mut declared: PublicBucket = read(&record, kind)?;
        if let Some(bucket) = given.get("bucket") {
            self.bucket(members(bucket, "bucket")?, "bucket", &[])?;
        }
        if let Some(Resource::Bucket(bucket)) = &self.resource {
            declared.bucket.clone_from(&bucket.name);
        }
        let arn = s3::public_bucket::arn(&self.partition(), &declared.bucket);
        self.public_buckets.push(declared);
        Ok(arn)
    }

    /// Adds an access point.
    pub(super) fn access_point(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<Arn, ExampleError> {
        let (arn, record) = self.named(Shape::AccessPoint, "", given, place, extra)?;
        self.shared.access_points.push(read(&record, place)?);
        Ok(arn)
    }

    /// Adds a Multi-Region Access Point.
    pub(super) fn multi_region_access_point(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<Arn, ExampleError> {
        let (arn, record) = self.named(Shape::MultiRegionAccessPoint, "", given, place, extra)?;
        self.shared.multi_region_access_points.push(read(&record, place)?);
        Ok(arn)
    }

    /// Adds an Object Lambda access point.
    pub(super) fn object_lambda_access_point(
        &mut self,
        given: &Map<String, Value>,
    ) -> Result<Arn, ExampleError> {
        let place = s3::object_lambda_access_point::KIND.name;
        let (arn, record) = self.named(Shape::ObjectLambdaAccessPoint, "", given, place, &REST)?;
        self.shared.object_lambda_access_points.push(read(&record, place)?);
        Ok(arn)
    }

    /// Adds an S3 Access Grants instance.
    pub(super) fn access_grants_instance(&mut self, given: &Map<String, Value>) -> Result<Arn, ExampleError> {
        let place = s3::access_grants::KIND.name;
        let (arn, record) = self.named(Shape::AccessGrantsInstance, "", given, place, &REST)?;
        self.shared.access_grants_instances.push(read(&record, place)?);
        Ok(arn)
    }

    /// Adds an analyzer.
    fn analyzer(&mut self, given: &Map<String, Value>, place: &str) -> Result<(), ExampleError> {
        let (_, record) = self.named(Shape::Analyzer, "", given, place, &[])?;
        self.shared.analyzers.push(read(&record, place)?);
        Ok(())
    }

    /// Adds a bucket that the example is not about.
    fn other_bucket(&mut self, given: &Map<String, Value>, place: &str) -> Result<(), ExampleError> {
        let (_, record) = self.named(Shape::Bucket, "", given, place, &[])?;
        let bucket: Bucket = read(&record, place)?;
        self.shared.bucket_directory.push(BucketEntry::of(&bucket));
        self.buckets.push(bucket);
        Ok(())
    }

    /// Makes a repository the resource of the example; gives its region.
    pub(super) fn repository(
        &mut self,
        given: &Map<String, Value>,
        place: &str,
        extra: &[&str],
    ) -> Result<String, ExampleError> {
        let (_, record) = self.named(Shape::Repository, "", given, place, extra)?;
        let repository: palisade_snapshot::Repository = read(&record, place)?;
        let region = repository.region.clone();
        self.resource = Some(Resource::Repository(Box::new(repository)));
        Ok(region)
    }

    /// Adds something that the account's own record lists; gives its ARN, or that of all of its kind where the
    /// account says that the list can't be read.
    pub(super) fn listed(
        &mut self,
        kind: &Kind,
        shape: Shape,
        given: &Map<String, Value>,
    ) -> Result<Arn, ExampleError> {
        let mut record = record(shape, given, kind.name, &REST)?;
        let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (field, name, path) = match shape {
            Shape::ServerCertificate => ("server_certificates", text("name"), "server-certificate"),
            Shape::SamlProvider => ("saml_providers", text("name"), "saml-provider"),
            Shape::OidcProvider => ("oidc_providers", text("url"), "oidc-provider"),
            Shape::PublicRepository => ("public_repositories", text("name"), "repository"),
            _ => {
                let place = format!("{}/service-specific-credential/{}", text("user"), text("id"));
                ("service_specific_credentials", place, "user")
            }
        };
        let header = &self.shared.header;
        let service = if shape == Shape::PublicRepository { "ecr-public" } else { "iam" };
        let arn = format!("arn:{}:{service}::{}:{path}/{name}", header.partition, header.account_id);
        if let Some(own) = record.get_mut("arn") {
            *own = json!(arn);
        }
        if matches!(shape, Shape::SamlProvider | Shape::OidcProvider) {
            record.shift_remove("name");
            record.shift_remove("url");
        }
        let list = self.account.get_mut(field).and_then(|list| list.get_mut("items"));
        let Some(items) = list.and_then(Value::as_array_mut) else {
            return Ok((kind.wildcard_arn)(&self.shared));
        };
        items.push(Value::Object(record));
        Ok(arn)
    }

    /// Adds a row of the credential report: neutral, then `row`, then what is given. `missing` leaves it out;
    /// a mark is for the whole report.
    fn row(
        &mut self,
        user: &str,
        arn: &str,
        created_at: Option<Timestamp>,
        row: Map<String, Value>,
        given: Option<&Value>,
        place: &str,
    ) -> Result<(), ExampleError> {
        let empty = json!({});
        let given = given.unwrap_or(&empty);
        if given.as_str() == Some("missing") {
            return Ok(());
        }
        if let Some(mark) = mark(given, place)? {
            self.report = Some(mark);
            return Ok(());
        }
        let mut whole = row;
        whole.extend(members(given, place)?.clone());
        let mut row = record(Shape::ReportRow, &whole, place, &[])?;
        row.insert("user".to_owned(), json!(user));
        row.insert("arn".to_owned(), json!(arn));
        if let Some(created_at) = created_at {
            row.insert("created_at".to_owned(), json!(created_at.to_string()));
        }
        let keys = row.get("access_keys").and_then(Value::as_array).cloned().unwrap_or_default();
        row.insert("access_keys".to_owned(), Value::Array(slots(&keys, place)?));
        self.rows.push(read(&row, place)?);
        Ok(())
    }

    /// Adds what stands under `snapshot`.
    fn rest(&mut self, given: &Map<String, Value>, place: &str) -> Result<(), ExampleError> {
        const KNOWN: [&str; 10] = [
            "users",
            "groups",
            "roles",
            "policies",
            "analyzers",
            "access_points",
            "multi_region_access_points",
            "registries",
            "buckets",
            "listings",
        ];
        for (key, value) in given {
            let here = format!("{place}.{key}");
            if !KNOWN.contains(&key.as_str()) {
                return Err(ExampleError::unknown_key(place, key, KNOWN));
            }
            if key == "listings" {
                self.listings(members(value, &here)?, &here)?;
                continue;
            }
            let list = value.as_array().ok_or_else(|| ExampleError::value(&here, "expected a list"))?;
            for (index, item) in list.iter().enumerate() {
                let here = format!("{here}[{index}]");
                let item = members(item, &here)?;
                match key.as_str() {
                    "users" => drop(self.user(item, &here, &[], Map::new())?),
                    "groups" => drop(self.group(item, &here, &[])?),
                    "roles" => drop(self.role(item, &here, &[])?),
                    "policies" => drop(self.policy(item, &here, &[])?),
                    "access_points" => drop(self.access_point(item, &here, &[])?),
                    "multi_region_access_points" => drop(self.multi_region_access_point(item, &here, &[])?),
                    "analyzers" => self.analyzer(item, &here)?,
                    "buckets" => self.other_bucket(item, &here)?,
                    _ => self.registry(item, &here, &[])?,
                }
            }
        }
        Ok(())
    }

    /// Marks listings as incomplete: `{iam.user: {unreadable: …}}`.
    fn listings(&mut self, given: &Map<String, Value>, place: &str) -> Result<(), ExampleError> {
        for (key, value) in given {
            let names = RecordKind::ALL.map(|kind| kind.evidence().name());
            let kind = RecordKind::ALL.into_iter().find(|kind| kind.evidence().name() == key);
            let kind = kind.ok_or_else(|| ExampleError::unknown_key(place, key, names))?;
            let here = format!("{place}.{key}");
            let mark = mark(value, &here)?.unwrap_or_default();
            let why = mark.get("$unreadable").cloned().unwrap_or_default();
            let why: Unreadable = read(&object(why), &here)?;
            let region = (kind.is_of_bucket_regions() || kind == RecordKind::Analyzer).then_some(REGION);
            self.shared.listings.push(Listing { incomplete: Some(why), ..Listing::complete(kind, region) });
        }
        Ok(())
    }

    /// The whole snapshot: what stands beside the record, the report, and the listings.
    pub(super) fn finish(&mut self, given: &Map<String, Value>) -> Result<(), ExampleError> {
        if let Some(rest) = given.get("snapshot") {
            self.rest(members(rest, "snapshot")?, "snapshot")?;
        }
        let names = self.shared.log_target_names();
        let targets = self.buckets.iter().filter(|bucket| names.contains(bucket.name.as_str()));
        self.shared.log_targets = targets.cloned().collect();
        if let Some(declarations) = given.get("declarations") {
            self.declarations = serde_json::from_value(declarations.clone())
                .map_err(|error| ExampleError::value("declarations", error.to_string()))?;
        }
        self.declarations.public_buckets.append(&mut self.public_buckets);
        self.account.insert("credential_report".to_owned(), self.report.take().unwrap_or_default());
        let has_report = self.account.get("credential_report").is_some_and(|report| !report.is_null());
        self.shared.account = read(&self.account, "account")?;
        if !has_report {
            self.shared.account.credential_report = Observed::Present(CredentialReport {
                generated_at: self.shared.header.taken_at,
                rows: std::mem::take(&mut self.rows),
            });
        }
        for kind in RecordKind::ALL {
            if self.shared.listings_of(kind).next().is_none() {
                let is_regional = kind.is_of_bucket_regions()
                    || [RecordKind::Analyzer, RecordKind::Repository].contains(&kind);
                let region = match &self.resource {
                    Some(Resource::Bucket(bucket)) if kind.is_of_bucket_regions() => {
                        bucket.region.present().cloned()
                    }
                    _ => None,
                };
                let region = region.or(is_regional.then(|| REGION.to_owned()));
                self.shared.listings.push(Listing::complete(kind, region.as_deref()));
            }
        }
        Ok(())
    }
}

/// The two slots for access keys of a row.
fn slots(keys: &[Value], place: &str) -> Result<Vec<Value>, ExampleError> {
    if keys.len() > 2 {
        return Err(ExampleError::value(place, "a user has at most two access keys"));
    }
    let key = |(index, key): (usize, &Value)| {
        let here = format!("{place}.access_keys[{index}]");
        record(Shape::ReportKey, members(key, &here)?, &here, &[]).map(Value::Object)
    };
    let empty = json!({
        "active": false, "last_rotated": "N/A", "last_used": "N/A", "last_used_region": null, "last_used_service": null,
    });
    let mut slots = keys.iter().enumerate().map(key).collect::<Result<Vec<_>, _>>()?;
    slots.resize(2, empty);
    Ok(slots)
}
