//! That one of several of one priority is read first.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::model::Priority;

/// A group or a collection that is read first of all that have its priority. Azure's order among them is not
/// documented.
#[derive(Clone, Debug)]
pub struct ReadFirst {
    /// Which one it is: `group a`, `collection b of group a`.
    pub what: Arc<str>,
    /// The names of the others, or of the first of them.
    pub others: Arc<[String]>,
    /// The priority that they have in common.
    pub priority: Priority,
    /// Where the others are: which groups or collections they are among.
    pub among: Arc<str>,
}

impl ReadFirst {
    /// Whether at most one of the two is read first.
    pub fn excludes(&self, other: &Self) -> bool {
        self != other && self.priority == other.priority && self.among == other.among
    }
}

/// Which others there are takes no part: they may be other ones in another input.
impl PartialEq for ReadFirst {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl Eq for ReadFirst {}

impl PartialOrd for ReadFirst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ReadFirst {
    fn cmp(&self, other: &Self) -> Ordering {
        self.what.cmp(&other.what)
    }
}

impl Hash for ReadFirst {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.what.hash(state);
    }
}

impl fmt::Display for ReadFirst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, others, priority, among: _ } = self;
        let others = others.join(", ");
        write!(f, "{what} is read before {others}, as both have priority {priority} and their order is not documented")
    }
}
