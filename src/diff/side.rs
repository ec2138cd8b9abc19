//! What is compared.

use crate::evaluate::Knowledge;
use crate::model::{Model, Policy};

/// One of the two policies that are compared.
#[derive(Clone, Copy, Debug)]
pub struct DiffSide<'m> {
    /// The model that holds it, and its base.
    pub model: &'m Model,
    /// The policy attached to the firewall.
    pub policy: &'m Policy,
    /// What is known of names.
    pub knowledge: &'m Knowledge,
}
