//! Names of properties.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// The name of a property. Copies share its text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct MemberName(Rc<str>);

impl MemberName {
    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both share one text.
    pub(super) fn shares(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for MemberName {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for MemberName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl PartialEq<str> for MemberName {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl From<MemberName> for Rc<str> {
    fn from(name: MemberName) -> Self {
        name.0
    }
}

impl From<Rc<str>> for MemberName {
    fn from(text: Rc<str>) -> Self {
        Self(text)
    }
}

impl From<&str> for MemberName {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for MemberName {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}
