//! How the truth of an opaque set or a condition is settled.

/// How a bit is set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum FlowSetting {
    Off,
    On,
}
