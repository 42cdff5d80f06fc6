//! Whom AWS reaches about the account.

use palisade_snapshot::AlternateContact;

use crate::facts;

facts! {
    /// A person or team that AWS tells about the account.
    pub struct Contact as "contact" {
        /// The name.
        name: String, reads [];
        /// The title.
        title: String, reads [];
        /// The e-mail address.
        email: String, reads [];
        /// The telephone number.
        phone: String, reads [];
    }
}

impl Contact {
    /// The facts of a contact.
    pub(super) fn of(contact: &AlternateContact) -> Self {
        Self {
            name: contact.name.clone(),
            title: contact.title.clone(),
            email: contact.email.clone(),
            phone: contact.phone.clone(),
        }
    }
}

facts! {
    /// The account's primary contact.
    pub struct ContactInformation as "contact_information" {
        /// The person's name.
        full_name: String, reads [];
        /// The company; empty if none is given.
        company_name: String, reads [];
        /// The first line of the address.
        address_line_1: String, reads [];
        /// The city.
        city: String, reads [];
        /// The postal code.
        postal_code: String, reads [];
        /// The country's two letters.
        country_code: String, reads [];
        /// The telephone number.
        phone_number: String, reads [];
    }
}

impl ContactInformation {
    /// The facts of a primary contact.
    pub(super) fn of(contact: &palisade_snapshot::ContactInformation) -> Self {
        Self {
            full_name: contact.full_name.clone(),
            company_name: contact.company_name.clone(),
            address_line_1: contact.address_line_1.clone(),
            city: contact.city.clone(),
            postal_code: contact.postal_code.clone(),
            country_code: contact.country_code.clone(),
            phone_number: contact.phone_number.clone(),
        }
    }
}
