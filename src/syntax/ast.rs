//! Typed views of the tree.
