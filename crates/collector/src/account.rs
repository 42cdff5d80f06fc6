//! Reads what Account Management and S3 Control say of the account, and who is asking.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_account::types::{AlternateContactType, RegionOptStatus};
use palisade_snapshot::{
    AlternateContact, BlockPublicAccess, ContactInformation, ContactType, Paged, Reason, Region,
    RegionStatus, Unreadable,
};

use crate::CollectError;
use crate::clients::Clients;
use crate::failure::{Failure, chain, source};
use crate::operation::{
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, GET_ALTERNATE_CONTACT, GET_CALLER_IDENTITY, GET_CONTACT_INFORMATION,
    LIST_REGIONS,
};
use crate::reader::{Missing, Reader, required};

/// Who is asking, from `GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) arn: String,
    pub(crate) account_id: String,
    pub(crate) partition: String,
}

/// `GetCallerIdentity`.
///
/// # Errors
/// Without it there is nothing to collect: no account, no partition.
pub(crate) async fn caller(reader: &Reader, clients: &Clients) -> Result<Caller, CollectError> {
    let mut no_credentials = None;
    let call = async {
        let answer = clients.sts().get_caller_identity().send().await;
        if let Err(error) = &answer {
            no_credentials = source::<CredentialsError>(error).map(what_is_wrong);
        }
        answer
    };
    let caller = reader.read(&GET_CALLER_IDENTITY, clients.home(), call, |answer| {
        let arn = required(answer.arn, "Arn")?;
        let partition = arn.strip_prefix("arn:").and_then(|rest| rest.split(':').next());
        let partition = required(partition.filter(|name| !name.is_empty()), "partition of the ARN")?;
        Ok(Caller { account_id: required(answer.account, "Account")?, partition: partition.to_owned(), arn })
    });
    let failure = match caller.await {
        Ok(caller) => return Ok(caller),
        Err(failure) => failure,
    };
    Err(match (no_credentials, failure) {
        (Some(error), _) => error,
        (None, Failure::Unreadable(Unreadable { reason: Reason::Interrupted, .. })) => {
            CollectError::Interrupted
        }
        (None, Failure::Unreadable(why)) => CollectError::Caller { reason: why.reason, message: why.message },
        (None, Failure::NotOffered(why)) => {
            CollectError::Caller { reason: Reason::ServiceError, message: why.message }
        }
        (None, Failure::Absent | Failure::Gone) => {
            CollectError::Caller { reason: Reason::Malformed, message: "there was no answer".to_owned() }
        }
    })
}

/// The SDK lists what each source lacks; that there are none is enough.
fn what_is_wrong(error: &CredentialsError) -> CollectError {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => CollectError::NoCredentials {
            message: "neither the environment, nor the profile, nor the machine has any".to_owned(),
        },
        other => CollectError::Credentials { message: chain(other) },
    }
}

/// `ListRegions`: every region of the partition and whether the account may use it.
pub(crate) async fn regions(reader: &Reader, clients: &Clients) -> Result<Paged<Region>, Failure> {
    let client = clients.account();
    let pages = reader.pages(&LIST_REGIONS, |token| {
        let call = client.list_regions().max_results(50).set_next_token(token).send();
        reader.read(&LIST_REGIONS, clients.home(), call, |page| {
            let regions = required(page.regions, "Regions")?;
            let regions: Result<Vec<_>, Missing> = regions.into_iter().map(region).collect();
            Ok((regions?, page.next_token.filter(|token| !token.is_empty())))
        })
    });
    let mut regions = pages.await.into_paged()?;
    regions.items.sort();
    Ok(regions)
}

fn region(region: aws_sdk_account::types::Region) -> Result<Region, Missing> {
    let status = match required(region.region_opt_status, "RegionOptStatus")? {
        RegionOptStatus::Enabled => RegionStatus::Enabled,
        RegionOptStatus::Enabling => RegionStatus::Enabling,
        RegionOptStatus::Disabling => RegionStatus::Disabling,
        RegionOptStatus::Disabled => RegionStatus::Disabled,
        RegionOptStatus::EnabledByDefault => RegionStatus::EnabledByDefault,
        other => return Err(format!("a region has the unknown status `{other}`")),
    };
    Ok(Region { name: required(region.region_name, "RegionName")?, status })
}

/// `GetAlternateContact` of one kind.
pub(crate) async fn alternate_contact(
    reader: &Reader,
    clients: &Clients,
    kind: ContactType,
) -> Result<AlternateContact, Failure> {
    let kind = match kind {
        ContactType::Security => AlternateContactType::Security,
        ContactType::Billing => AlternateContactType::Billing,
        ContactType::Operations => AlternateContactType::Operations,
    };
    let call = clients.account().get_alternate_contact().alternate_contact_type(kind).send();
    reader
        .read(&GET_ALTERNATE_CONTACT, clients.home(), call, |answer| {
            let contact = required(answer.alternate_contact, "AlternateContact")?;
            Ok(AlternateContact {
                name: required(contact.name, "Name")?,
                title: contact.title.unwrap_or_default(),
                email: required(contact.email_address, "EmailAddress")?,
                phone: contact.phone_number.unwrap_or_default(),
            })
        })
        .await
}

/// `GetContactInformation`: the primary contact.
pub(crate) async fn contact_information(
    reader: &Reader,
    clients: &Clients,
) -> Result<ContactInformation, Failure> {
    let call = clients.account().get_contact_information().send();
    reader
        .read(&GET_CONTACT_INFORMATION, clients.home(), call, |answer| {
            let contact = required(answer.contact_information, "ContactInformation")?;
            Ok(ContactInformation {
                full_name: contact.full_name,
                company_name: contact.company_name.unwrap_or_default(),
                address_line_1: contact.address_line1,
                city: contact.city,
                postal_code: contact.postal_code,
                country_code: contact.country_code,
                phone_number: contact.phone_number,
            })
        })
        .await
}

/// S3 Control's `GetPublicAccessBlock`: the account's own settings.
pub(crate) async fn public_access_block(
    reader: &Reader,
    clients: &Clients,
    account_id: &str,
) -> Result<BlockPublicAccess, Failure> {
    let call =
        clients.s3control(account_id, clients.home()).get_public_access_block().account_id(account_id).send();
    reader
        .read(&GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, clients.home(), call, |answer| {
            let settings =
                required(answer.public_access_block_configuration, "PublicAccessBlockConfiguration")?;
            // A setting that AWS leaves out is not set.
            Ok(BlockPublicAccess {
                block_public_acls: settings.block_public_acls.unwrap_or_default(),
                ignore_public_acls: settings.ignore_public_acls.unwrap_or_default(),
                block_public_policy: settings.block_public_policy.unwrap_or_default(),
                restrict_public_buckets: settings.restrict_public_buckets.unwrap_or_default(),
            })
        })
        .await
}
