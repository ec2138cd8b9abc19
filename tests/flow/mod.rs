//! The flow algebra against a reading of the lists flow by flow.

mod agree;
mod bits;
mod groups;
mod limits;
mod lines;
mod naive;
mod oracle;
mod order;
mod small;
