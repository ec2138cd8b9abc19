//! The syntax of a file, from native syntax and from JSON alike.

use std::rc::Rc;

use super::number::Number;
use crate::source::LayoutStretch;

/// What a file or a block contains.
#[derive(Clone, Default, Debug)]
pub(super) struct HclBody {
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<HclBlock>,
}

impl HclBody {
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| *attribute.name == *name)
    }
}

/// `NAME = VALUE`.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub name: Rc<str>,
    pub at: LayoutStretch,
    pub value: Expr,
}

/// `KIND "LABEL" … { … }`.
#[derive(Clone, Debug)]
pub(super) struct HclBlock {
    pub kind: Rc<str>,
    pub labels: Vec<Rc<str>>,
    pub at: LayoutStretch,
    pub body: HclBody,
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub at: LayoutStretch,
    pub kind: HclKind,
}

#[derive(Clone, Debug)]
pub(super) enum HclKind {
    Null,
    Bool(bool),
    Number(Number),
    Text(Rc<str>),
    /// A text with expressions and directives in it.
    Template(Vec<TemplatePiece>),
    List(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Variable(Rc<str>),
    /// The condition, and the values where it is true and false.
    Conditional(Box<(Expr, Expr, Expr)>),
    Call(Box<HclCall>),
    Traversal(Box<Expr>, Vec<TraversalStep>),
    Unary(Unary, Box<Expr>),
    Binary(HclOperator, Box<(Expr, Expr)>),
    For(Box<For>),
}

/// `NAME(ARGUMENT, …)`; with `...` the last argument is the list of the last arguments.
#[derive(Clone, Debug)]
pub(super) struct HclCall {
    pub name: Rc<str>,
    pub arguments: Vec<Expr>,
    pub expands: bool,
}

/// A step of a traversal.
#[derive(Clone, Debug)]
pub(super) enum TraversalStep {
    /// `.NAME`
    Attribute(Rc<str>),
    /// `[INDEX]`
    Index(Expr),
    /// `.0`, which is a part of `.*` before it.
    Number(Expr),
    /// `.*`
    AttributeSplat,
    /// `[*]`
    FullSplat,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Unary {
    Minus,
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HclOperator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
    And,
    Or,
}

/// `[for KEY, VALUE in COLLECTION : …]` or `{for … : KEY => VALUE}`.
#[derive(Clone, Debug)]
pub(super) struct For {
    pub key: Option<Rc<str>>,
    pub value: Rc<str>,
    pub collection: Expr,
    /// The key of each entry, where an object is made.
    pub result_key: Option<Expr>,
    pub result: Expr,
    /// Whether the values of one key are a list (`...`).
    pub groups: bool,
    pub condition: Option<Expr>,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub(super) enum TemplatePiece {
    Text(Rc<str>),
    Value(Expr),
    /// `%{if CONDITION}…%{else}…%{endif}`
    If(Box<Expr>, Vec<TemplatePiece>, Vec<TemplatePiece>),
    /// `%{for KEY, VALUE in COLLECTION}…%{endfor}`
    For(Box<ForPiece>),
}

#[derive(Clone, Debug)]
pub(super) struct ForPiece {
    pub key: Option<Rc<str>>,
    pub value: Rc<str>,
    pub collection: Expr,
    pub pieces: Vec<TemplatePiece>,
}
