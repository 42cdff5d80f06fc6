//! Reads S3 Access Grants where the account has buckets.

use aws_sdk_s3control::Client;
use aws_sdk_s3control::types;
use palisade_snapshot::{AccessGrant, AccessGrantsInstance, Evidence, Listing, Observed, Paged, RecordKind};

use crate::bucket_regions::BucketRegions;
use crate::clients::Clients;
use crate::details;
use crate::failure::Failure;
use crate::operation::{GET_ACCESS_GRANTS_INSTANCE_POLICY, LIST_ACCESS_GRANTS, LIST_ACCESS_GRANTS_INSTANCES};
use crate::reader::{Gone, Missing, Reader, listing, required};

/// The S3 Access Grants instances of one account.
pub(crate) struct AccessGrants<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) clients: &'a Clients,
    pub(crate) account_id: &'a str,
    pub(crate) max_in_flight: usize,
}

impl AccessGrants<'_> {
    /// Those of the regions that the buckets are in: an instance grants access to buckets of its own region.
    pub(crate) async fn of_regions(
        &self,
        regions: &BucketRegions<'_>,
    ) -> (Vec<AccessGrantsInstance>, Vec<Listing>) {
        self.reader.progress.planned(regions.count());
        let kind = RecordKind::AccessGrantsInstance;
        regions.read(kind, self.max_in_flight, |region| self.of_region(region)).await
    }

    async fn of_region(&self, region: &str) -> (Vec<AccessGrantsInstance>, Listing) {
        let client = self.clients.s3control(self.account_id, region);
        let operation = &LIST_ACCESS_GRANTS_INSTANCES;
        let pages = self.reader.pages(operation, |token| {
            let call = client.list_access_grants_instances().account_id(self.account_id);
            let call = call.max_results(1000).set_next_token(token).send();
            self.reader.read(operation, region, call, |page| {
                let entries = page.access_grants_instances_list.unwrap_or_default().into_iter();
                let instances: Result<Vec<_>, Missing> = entries.map(|one| listed(one, region)).collect();
                Ok((instances?, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let pages = pages.await;
        let mut record = listing(RecordKind::AccessGrantsInstance, Some(region), operation, pages.failure);
        let listed: Vec<_> = pages.pages.into_iter().flatten().collect();
        let calls = [Evidence::AccessGrants, Evidence::AccessGrantsInstancePolicy];
        let calls = calls.into_iter().filter(|one| self.reader.asks(*one)).count() * listed.len();
        self.reader.progress.planned(calls as u64);
        let read = details::each(listed, self.max_in_flight, |mut instance| async {
            match self.details(&client, &mut instance).await {
                Ok(()) => Ok(instance),
                Err(Gone) => Err(instance.arn),
            }
        });
        let (instances, deleted) = read.await;
        record.deleted = deleted;
        (instances, record)
    }

    async fn details(&self, client: &Client, instance: &mut AccessGrantsInstance) -> Result<(), Gone> {
        let region = instance.region.as_str();
        let (grants, policy) = tokio::join!(
            self.reader.observe(Evidence::AccessGrants, self.grants(client, region)),
            self.reader.observe(Evidence::AccessGrantsInstancePolicy, self.policy(client, region)),
        );
        instance.grants = grants?;
        instance.policy = policy?;
        Ok(())
    }

    async fn grants(&self, client: &Client, region: &str) -> Result<Paged<AccessGrant>, Failure> {
        let pages = self.reader.pages(&LIST_ACCESS_GRANTS, |token| {
            let call = client.list_access_grants().account_id(self.account_id);
            let call = call.max_results(1000).set_next_token(token).send();
            self.reader.read(&LIST_ACCESS_GRANTS, region, call, |page| {
                let entries = page.access_grants_list.unwrap_or_default().into_iter();
                let grants: Result<Vec<_>, Missing> = entries.map(grant).collect();
                Ok((grants?, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let mut grants = pages.await.into_paged()?;
        grants.items.sort_by(|one, other| one.id.cmp(&other.id));
        grants.items.dedup_by(|one, other| one.id == other.id);
        Ok(grants)
    }

    async fn policy(&self, client: &Client, region: &str) -> Result<String, Failure> {
        let call = client.get_access_grants_instance_resource_policy().account_id(self.account_id).send();
        let operation = &GET_ACCESS_GRANTS_INSTANCE_POLICY;
        self.reader.read(operation, region, call, |answer| required(answer.policy, "Policy")).await
    }
}

fn listed(
    entry: types::ListAccessGrantsInstanceEntry,
    region: &str,
) -> Result<AccessGrantsInstance, Missing> {
    Ok(AccessGrantsInstance {
        arn: required(entry.access_grants_instance_arn, "AccessGrantsInstanceArn")?,
        region: region.to_owned(),
        grants: Observed::default(),
        policy: Observed::default(),
    })
}

fn grant(entry: types::ListAccessGrantEntry) -> Result<AccessGrant, Missing> {
    let grantee = required(entry.grantee, "Grantee")?;
    Ok(AccessGrant {
        id: required(entry.access_grant_id, "AccessGrantId")?,
        grantee_type: required(grantee.grantee_type, "GranteeType")?.as_str().to_owned(),
        grantee: required(grantee.grantee_identifier, "GranteeIdentifier")?,
        permission: required(entry.permission, "Permission")?.as_str().to_owned(),
        scope: required(entry.grant_scope, "GrantScope")?,
    })
}
