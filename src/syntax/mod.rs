//! Text to tree.
//!
//! In: the text of one file. Out: a [`SyntaxTree`] whose tokens give the text back byte for byte, and what is wrong with it.
//! Guaranteed: parsing never fails; a wrong item is one finding and one error node, and the next item is read as if
//! nothing had happened; memory grows no faster than the text. Deliberately absent: the meaning of names and kinds.

pub mod ast;
mod connective;
mod foreign;
mod keyword;
mod kind;
mod lexer;
mod nodes;
mod parser;
mod text;
mod tree;

pub use connective::{Connective, ConnectiveRole};
pub use foreign::{ForeignReference, foreign_reference, turns_direction, unquoted, without_invisible};
pub use keyword::{
    Context, EndpointSetting, FirewallSetting, Keyword, KeywordForm, RoutesSetting, SettingPart, keyword, keywords,
};
pub use kind::{ItemKind, NodeKind, TokenKind};
pub use lexer::lex;
pub use parser::{MAX_DEPTH, MAX_FINDINGS, ParsedFile, parse, parse_set};
pub use text::{TextError, TextPiece, pieces};
pub use tree::{SyntaxNode, SyntaxTree, Token, TreePart};
