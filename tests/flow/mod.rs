//! The flow algebra against a reading of the lists flow by flow.

mod agree;
mod naive;
mod small;
