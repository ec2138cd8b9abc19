//! The syntax tree: what a file states, each part with its place.

use std::ops::Range;

/// A stretch of the file, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct At {
    pub start: u32,
    pub end: u32,
}

impl At {
    /// The stretch from `range`; files are too short for an offset that does not fit.
    pub(super) fn of(range: Range<usize>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: offset(range.start), end: offset(range.end) }
    }
}

/// A file.
#[derive(Default, Debug)]
pub(super) struct File {
    pub target: Option<Expression>,
    pub parameters: Vec<Parameter>,
    pub variables: Vec<Variable>,
    pub functions: Vec<Function>,
    pub resources: Vec<Resource>,
    pub modules: Vec<Module>,
    pub outputs: Vec<Output>,
    pub imports: Vec<Import>,
    pub types: Vec<String>,
    /// The template that a parameter file gives values.
    pub using: Option<Using>,
}

/// What a parameter file names with `using`.
#[derive(Debug)]
pub(super) enum Using {
    Nothing,
    File(Expression),
}

/// A name, and where it is stated.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub text: String,
    pub at: At,
}

/// `param NAME TYPE = VALUE`; of a parameter file `param NAME = VALUE`.
#[derive(Debug)]
pub(super) struct Parameter {
    pub name: Name,
    pub kind: Type,
    pub value: Option<Expression>,
    /// What `@allowed` lists.
    pub allowed: Option<Expression>,
    pub at: At,
}

/// As much of a type as a template states.
#[derive(Clone, PartialEq, Default, Debug)]
pub(super) struct Type {
    /// The type in a template, as in `array`; none for what a template does not name so.
    pub name: Option<&'static str>,
    pub is_nullable: bool,
    /// The values of a union of texts.
    pub literals: Vec<String>,
}

/// `var NAME = VALUE`.
#[derive(Debug)]
pub(super) struct Variable {
    pub name: Name,
    pub value: Expression,
    pub at: At,
}

/// `func NAME(PARAMETERS) TYPE => BODY`.
#[derive(Debug)]
pub(super) struct Function {
    pub name: Name,
    pub parameters: Vec<String>,
    pub body: Expression,
}

/// `resource SYMBOL 'TYPE@VERSION' = BODY`.
#[derive(Debug)]
pub(super) struct Resource {
    pub symbol: Name,
    pub kind: Expression,
    pub is_existing: bool,
    pub body: Body,
    pub at: At,
}

/// `module SYMBOL 'PATH' = BODY`.
#[derive(Debug)]
pub(super) struct Module {
    pub symbol: Name,
    pub path: Expression,
    pub body: Body,
    pub at: At,
}

/// The body of a resource or a module.
#[derive(Debug)]
pub(super) struct Body {
    pub rounds: Option<Rounds>,
    pub condition: Option<Expression>,
    pub entries: Vec<Entry>,
}

/// `for ITEM in LIST` or `for (ITEM, INDEX) in LIST`.
#[derive(Debug)]
pub(super) struct Rounds {
    pub item: String,
    pub index: Option<String>,
    pub list: Expression,
}

/// `output NAME TYPE = VALUE`.
#[derive(Debug)]
pub(super) struct Output {
    pub name: Name,
    pub kind: Type,
    pub value: Expression,
    pub at: At,
}

/// `import {NAME as OTHER} from 'PATH'`, `import * as NAME from 'PATH'`.
#[derive(Debug)]
pub(super) struct Import {
    pub names: Imported,
    pub path: Expression,
}

/// What is imported.
#[derive(Debug)]
pub(super) enum Imported {
    /// Everything, under a name.
    All(Name),
    /// Each of these, under the second name.
    Some(Vec<(String, Name)>),
}

/// An expression.
#[derive(Debug)]
pub(super) struct Expression {
    pub at: At,
    pub kind: Kind,
}

/// The kinds of expressions.
#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(i64),
    Text(Vec<Piece>),
    List(Vec<Item>),
    Object(Vec<Entry>),
    Name(String),
    Member(Box<Expression>, Access, String),
    Item(Box<Expression>, Access, Box<Expression>),
    /// `LIST[^COUNT]`.
    FromEnd(Box<Expression>, Access, Box<Expression>),
    /// `RESOURCE::CHILD`.
    Child(Box<Expression>, String),
    /// A call of a function, which may be one of what is before the point.
    Call(Option<Box<Expression>>, String, Vec<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// Operands of one operator, of which the first that settles the value is the last that matters.
    Chain(Junction, Vec<Expression>),
    Choice(Box<[Expression; 3]>),
    For(Box<Rounds>, Box<Expression>),
    Lambda(Vec<String>, Box<Expression>),
}

/// A part of a text.
#[derive(Debug)]
pub(super) enum Piece {
    Plain(String),
    Value(Expression),
}

/// An element of a list.
#[derive(Debug)]
pub(super) enum Item {
    One(Expression),
    /// `...LIST`.
    All(Expression),
}

/// An entry of an object.
#[derive(Debug)]
pub(super) enum Entry {
    Property(Key, Expression),
    /// `...OBJECT`.
    All(Expression),
    /// A resource that is nested in another.
    Resource(Box<Resource>),
}

/// The name of a property.
#[derive(Debug)]
pub(super) struct Key {
    pub pieces: Vec<Piece>,
    pub at: At,
}

impl Key {
    /// The name, where it holds no value.
    pub(super) fn plain(&self) -> Option<&str> {
        plain(&self.pieces)
    }
}

/// A text that holds no value.
pub(super) fn plain(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [] => Some(""),
        [Piece::Plain(text)] => Some(text),
        [Piece::Value(_)] | [_, _, ..] => None,
    }
}

/// What becomes of a property or item that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Access {
    Plain,
    /// It is null: `.?` and `[?…]`.
    Safe,
}

/// The operators of two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    EqualWord,
    NotEqualWord,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The operators that need not evaluate all their operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Junction {
    And,
    Or,
    Coalesce,
}
