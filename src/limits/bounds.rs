//! Limits that the caller sets in place of the table's.

use indexmap::IndexMap;

use super::{GROUP_SIZE, Limit};

/// What the checks, and the steps of the optimiser that a limit forces, take as given.
#[derive(Clone, Default, Debug)]
pub struct CheckOptions {
    /// Limits other than those of the table, by name, as where Microsoft has raised one or Azure refuses earlier.
    pub limits: IndexMap<String, u64>,
    /// How far below Azure's limit the size of a group stays, in percent, where it is not the table's distance.
    pub group_margin: Option<u8>,
}

impl CheckOptions {
    /// The most that Azure takes.
    pub fn max(&self, limit: &Limit) -> u64 {
        self.limits.get(limit.name).copied().unwrap_or(limit.max)
    }

    /// The most that is safe: beyond it, a warning. A limit of one's own keeps the distance of the table's.
    pub fn near(&self, limit: &Limit) -> u64 {
        let max = self.max(limit);
        match self.group_margin.filter(|_| limit.name == GROUP_SIZE.name) {
            Some(percent) => part(max, u64::from(100 - percent.min(100)), 100),
            None => part(max, limit.near, limit.max),
        }
    }
}

/// `number` times `of` by `whole`.
fn part(number: u64, of: u64, whole: u64) -> u64 {
    let scaled = u128::from(number) * u128::from(of) / u128::from(whole.max(1));
    u64::try_from(scaled).unwrap_or(number)
}
