//! Words that Azure compares without regard to case.

/// Whether Azure takes two words for one: names of properties, parameters, functions, enumerations, service tags and HTTP
/// headers. Resources are compared by [`ResourceId`](crate::model::ResourceId), not by this.
///
/// Source: Microsoft Learn, "Template functions in ARM templates" and "Parameters in ARM templates" (function and parameter
/// names are not case-sensitive), 2026-03; RFC 9110 §5.1 of headers.
#[inline]
pub fn same_word(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
