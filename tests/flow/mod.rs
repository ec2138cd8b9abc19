//! The flow algebra against a reading of the lists flow by flow.

mod agree;
mod limits;
mod naive;
mod small;
