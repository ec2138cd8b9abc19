//! Equality of resources: origins take no part in it, as two models are compared by what they state and not by where.

/// Implements `PartialEq` for a struct by all of its fields but `origin`. It does not compile where a field is left out.
macro_rules! equal_without_origin {
    ($($name:ident $(<$($parameter:ident),*>)? { $($field:ident),* })*) => { $(
        impl$(<$($parameter: PartialEq),*>)? PartialEq for $name$(<$($parameter),*>)? {
            fn eq(&self, other: &Self) -> bool {
                let Self { origin: _, $($field),* } = self;
                true $(&& *$field == other.$field)*
            }
        }
    )* };
}

pub(super) use equal_without_origin;
