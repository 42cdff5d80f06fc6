//! Alternate contacts.

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
