//! The grammar is made true: sentences of `grammar/egress.ebnf` are parsed, and what is generated from it is checked.

mod draw;
mod ebnf;
mod formatted;
mod keywords;
mod reference;
mod sentences;
mod textmate;
