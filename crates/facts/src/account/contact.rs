//! Alternate contacts.

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
