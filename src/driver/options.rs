//! What the driver is wanted besides files.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::flow::WorkBudget;
use crate::import::{Cloud, Moment, Spare};
use crate::limits::CheckOptions;
use crate::lower::{OptimiseStep, STEPS};

/// Options of every command, with the defaults of the command line.
#[derive(Clone)]
pub struct ProjectOptions {
    /// The values that parameters of the source are given, by name.
    pub settings: Vec<(String, String)>,
    /// Limits other than Azure's, and the margin of a group.
    pub checks: CheckOptions,
    /// The day that expiry dates are compared with; without one, none is judged. The driver reads no clock.
    pub today: Option<Date>,
    /// What a rule past its expiry date is.
    pub expired: Expired,
    /// The steps of the optimiser: the first ones of [`STEPS`], or none.
    pub steps: &'static [OptimiseStep],
    /// Whether the lock beside the source is read.
    pub lock: LockUse,
    /// Whether the exports that policies inherit are read.
    pub exports: Exports,
    /// Parameter files of templates; the last one wins.
    pub parameters: Vec<PathBuf>,
    /// Which state of an input that tells two, where its path does not name one.
    pub moment: Moment,
    /// What becomes of a value for a parameter that no template of an input has.
    pub spare: Spare,
    /// The cloud that templates are deployed to, where it is stated.
    pub cloud: Option<Cloud>,
    /// The policy, where an input holds several.
    pub policy: Option<String>,
    /// The base policy, where an input refers to one that it does not hold.
    pub parent: Option<ParentInput>,
    /// The file of service tags that Microsoft publishes.
    pub service_tags: Option<PathBuf>,
    /// A file of the hosts of FQDN tags.
    pub fqdn_tags: Option<PathBuf>,
    /// What becomes of FQDN tags that the file does not have.
    pub other_fqdn_tags: OtherFqdnTags,
    /// A snapshot of the addresses of host names.
    pub dns: Option<PathBuf>,
    /// The bounds of each question about flows.
    pub budget: WorkBudget,
}

impl Default for ProjectOptions {
    fn default() -> Self {
        Self {
            settings: Vec::new(),
            checks: CheckOptions::default(),
            today: None,
            expired: Expired::Error,
            steps: &STEPS,
            lock: LockUse::Read,
            exports: Exports::Read,
            parameters: Vec::new(),
            moment: Moment::default(),
            spare: Spare::Refused,
            cloud: None,
            policy: None,
            parent: None,
            service_tags: None,
            fqdn_tags: None,
            other_fqdn_tags: OtherFqdnTags::Opaque,
            dns: None,
            budget: WorkBudget::default(),
        }
    }
}

/// What a rule past its expiry date is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expired {
    /// An error.
    Error,
    /// A warning.
    Warn,
}

/// What is taken for the hosts of FQDN tags that no file states.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OtherFqdnTags {
    /// They are not known.
    Opaque,
    /// Those that Microsoft documents, which is an assumption.
    Documented,
}

/// Whether the lock beside the source is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LockUse {
    /// It is read where it exists.
    Read,
    /// Everything is numbered anew.
    Ignore,
}

/// Whether the exports that policies inherit are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exports {
    /// They are read, and one that cannot be is a fault.
    Read,
    /// Their children are lowered without a base.
    Ignore,
}

/// The base policy of an input that does not hold it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParentInput {
    /// It is left out, and each answer repeats that.
    LeftOut,
    /// It is the policy of this input.
    Input(PathBuf),
}
