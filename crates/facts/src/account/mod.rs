//! The account itself: what belongs to no single resource.

mod contact;

pub use contact::Contact;

use crate::s3::PublicAccessBlock;
use crate::{Access, Kind, Known, Lazy, Listed, facts};

facts! {
    /// An AWS account. Every rule may name it.
    pub struct Account as "account" {
        /// The twelve digits.
        id: String, reads [];
        /// The partition, such as `aws`, `aws-cn` or `aws-us-gov`.
        partition: String, reads [];
        /// The sign-in alias; null if there is none.
        alias: Known<Option<String>>, reads [AccountAliases];
        /// Whether AWS keeps alternate contacts for accounts here at all.
        alternate_contacts_offered: Known<bool>, reads [SecurityContact, BillingContact, OperationsContact];
        /// The alternate contact for security; null if none is registered.
        security_contact: Known<Option<Contact>>, reads [SecurityContact];
        /// The alternate contact for billing; null if none is registered.
        billing_contact: Known<Option<Contact>>, reads [BillingContact];
        /// The alternate contact for operations; null if none is registered.
        operations_contact: Known<Option<Contact>>, reads [OperationsContact];
        /// The account's Block Public Access for S3; four times false if it was never set.
        public_access_block: PublicAccessBlock, reads [AccountBlockPublicAccess];
        /// Whether any IAM user has a console password, so that the password policy matters.
        has_console_users: Lazy<Known<bool>>, reads [Users, CredentialReport];
        /// The groups and roles whose policies let them see bills.
        billing_viewers: Lazy<Listed<BillingViewer>>, reads [Groups, Roles, Policies, Users];
        /// The users, groups and roles to whom a policy gives full administration.
        administrators: Lazy<Listed<Administrator>>, reads [Users, Groups, Roles, Policies];
    }
}

facts! {
    /// A group or role whose policies let it see bills.
    pub struct BillingViewer as "billing_viewer" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// `iam.group` or `iam.role`.
        kind: String, reads [];
        /// Whether it sees bills without conditions.
        access: Access, reads [];
        /// Whether anybody can use it: false for a group without members. Roles always count as usable.
        in_use: Known<bool>, reads [];
        /// Whether its policies give it full administration as well.
        administrator: Known<Access>, reads [];
    }
}

facts! {
    /// A user, group or role to whom a policy gives full administration.
    pub struct Administrator as "administrator" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// `iam.user`, `iam.group` or `iam.role`.
        kind: String, reads [];
        /// Whether it is an administrator without conditions.
        access: Access, reads [];
        /// The ARN of the policy that makes it so.
        policy: String, reads [];
    }
}

/// The account.
pub static KIND: Kind = Kind {
    name: "account",
    variable: "account",
    object: &Account::OBJECT,
    listings: &[],
    reads: &[],
    wildcard_arn: |shared| format!("arn:{}:iam::{}:root", shared.header.partition, shared.header.account_id),
};
