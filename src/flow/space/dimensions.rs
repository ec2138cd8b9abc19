//! The dimensions of the flow space.

/// The dimensions that are intervals over numbers, in the order of the decision diagram.
pub(in crate::flow) const DIMENSIONS: usize = 5;
pub(in crate::flow) const SERVICE: usize = 0;
pub(in crate::flow) const SOURCE: usize = 1;
pub(in crate::flow) const ADDRESS: usize = 2;
pub(in crate::flow) const NAME: usize = 3;
pub(in crate::flow) const PATH: usize = 4;

/// One value in each dimension.
pub(in crate::flow) type SpacePoint = [u32; DIMENSIONS];
