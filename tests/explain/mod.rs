//! What one flow meets: each test is a sentence of `fwc`'s facts about Azure Firewall that decides a flow.

mod alike;
mod build;
mod conditional;
mod given;
mod lemma;
mod near;
mod order;
mod processing;
mod rendering;
mod unknown;
