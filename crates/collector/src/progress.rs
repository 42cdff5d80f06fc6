//! How a collection tells what it is doing; printing is the caller's.

/// Hears what a collection does. Calls come from several tasks, in no particular order.
pub trait Progress: Send + Sync {
    /// AWS said who is asking.
    fn caller(&self, _arn: &str) {}
    /// So many more calls will be made, retries and further pages not counted.
    fn planned(&self, _calls: u64) {}
    /// A call came to its end, well or not.
    fn answered(&self, _operation: &'static str) {}
}

/// Nobody listens.
impl Progress for () {}
