//! The syntax tree: what a file states, each part with its place.

use std::ops::Range;

/// A stretch of the file, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Spanned {
    pub start: u32,
    pub end: u32,
}

impl Spanned {
    /// The stretch from `range`; files are too short for an offset that does not fit.
    pub(super) fn of(range: Range<usize>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: offset(range.start), end: offset(range.end) }
    }
}

/// A file.
#[derive(Default, Debug)]
pub(super) struct BicepFile {
    pub target: Option<BicepExpression>,
    pub parameters: Vec<BicepParameter>,
    pub variables: Vec<BicepVariable>,
    pub functions: Vec<BicepFunction>,
    pub resources: Vec<BicepResource>,
    pub modules: Vec<BicepModule>,
    pub outputs: Vec<BicepOutput>,
    pub imports: Vec<Import>,
    pub types: Vec<String>,
    /// The template that a parameter file gives values.
    pub using: Option<Using>,
}

/// What a parameter file names with `using`.
#[derive(Debug)]
pub(super) enum Using {
    Nothing,
    File(BicepExpression),
}

/// A name, and where it is stated.
#[derive(Clone, Debug)]
pub(super) struct BicepName {
    pub text: String,
    pub at: Spanned,
}

/// `param NAME TYPE = VALUE`; of a parameter file `param NAME = VALUE`.
#[derive(Debug)]
pub(super) struct BicepParameter {
    pub name: BicepName,
    pub kind: BicepType,
    pub value: Option<BicepExpression>,
    /// What `@allowed` lists.
    pub allowed: Option<BicepExpression>,
    pub at: Spanned,
}

/// As much of a type as a template states.
#[derive(Clone, PartialEq, Default, Debug)]
pub(super) struct BicepType {
    /// The type in a template, as in `array`; none for what a template does not name so.
    pub name: Option<&'static str>,
    pub is_nullable: bool,
    /// The values of a union of texts.
    pub literals: Vec<String>,
}

/// `var NAME = VALUE`.
#[derive(Debug)]
pub(super) struct BicepVariable {
    pub name: BicepName,
    pub value: BicepExpression,
    pub at: Spanned,
}

/// `func NAME(PARAMETERS) TYPE => BODY`.
#[derive(Debug)]
pub(super) struct BicepFunction {
    pub name: BicepName,
    pub parameters: Vec<String>,
    pub body: BicepExpression,
}

/// `resource SYMBOL 'TYPE@VERSION' = BODY`.
#[derive(Debug)]
pub(super) struct BicepResource {
    pub symbol: BicepName,
    pub kind: BicepExpression,
    pub is_existing: bool,
    pub body: ResourceBody,
    pub at: Spanned,
}

/// `module SYMBOL 'PATH' = BODY`.
#[derive(Debug)]
pub(super) struct BicepModule {
    pub symbol: BicepName,
    pub path: BicepExpression,
    pub body: ResourceBody,
    pub at: Spanned,
}

/// The body of a resource or a module.
#[derive(Debug)]
pub(super) struct ResourceBody {
    pub rounds: Option<LoopRounds>,
    pub condition: Option<BicepExpression>,
    pub entries: Vec<ArrayEntry>,
}

/// `for ITEM in LIST` or `for (ITEM, INDEX) in LIST`.
#[derive(Debug)]
pub(super) struct LoopRounds {
    pub item: String,
    pub index: Option<String>,
    pub list: BicepExpression,
}

/// `output NAME TYPE = VALUE`.
#[derive(Debug)]
pub(super) struct BicepOutput {
    pub name: BicepName,
    pub kind: BicepType,
    pub value: BicepExpression,
    pub at: Spanned,
}

/// `import {NAME as OTHER} from 'PATH'`, `import * as NAME from 'PATH'`.
#[derive(Debug)]
pub(super) struct Import {
    pub names: ImportedNames,
    pub path: BicepExpression,
}

/// What is imported.
#[derive(Debug)]
pub(super) enum ImportedNames {
    /// Everything, under a name.
    All(BicepName),
    /// Each of these, under the second name.
    Some(Vec<(String, BicepName)>),
}

/// An expression.
#[derive(Debug)]
pub(super) struct BicepExpression {
    pub at: Spanned,
    pub kind: ExpressionKind,
}

/// The kinds of expressions.
#[derive(Debug)]
pub(super) enum ExpressionKind {
    Null,
    Bool(bool),
    Number(i64),
    Text(Vec<StringPiece>),
    List(Vec<ArrayItem>),
    Object(Vec<ArrayEntry>),
    Name(String),
    Member(Box<BicepExpression>, BicepAccess, String),
    Item(Box<BicepExpression>, BicepAccess, Box<BicepExpression>),
    /// `LIST[^COUNT]`.
    FromEnd(Box<BicepExpression>, BicepAccess, Box<BicepExpression>),
    /// `RESOURCE::CHILD`.
    Child(Box<BicepExpression>, String),
    /// A call of a function, which may be one of what is before the point.
    Call(Option<Box<BicepExpression>>, String, Vec<BicepExpression>),
    Not(Box<BicepExpression>),
    Negative(Box<BicepExpression>),
    Binary(Operator, Box<BicepExpression>, Box<BicepExpression>),
    /// Operands of one operator, of which the first that settles the value is the last that matters.
    Chain(Junction, Vec<BicepExpression>),
    Choice(Box<[BicepExpression; 3]>),
    For(Box<LoopRounds>, Box<BicepExpression>),
    Lambda(Vec<String>, Box<BicepExpression>),
}

/// A part of a text.
#[derive(Debug)]
pub(super) enum StringPiece {
    Plain(String),
    Value(BicepExpression),
}

/// An element of a list.
#[derive(Debug)]
pub(super) enum ArrayItem {
    One(BicepExpression),
    /// `...LIST`.
    All(BicepExpression),
}

/// An entry of an object.
#[derive(Debug)]
pub(super) enum ArrayEntry {
    Property(PropertyKey, BicepExpression),
    /// `...OBJECT`.
    All(BicepExpression),
    /// A resource that is nested in another.
    Resource(Box<BicepResource>),
}

/// The name of a property.
#[derive(Debug)]
pub(super) struct PropertyKey {
    pub pieces: Vec<StringPiece>,
    pub at: Spanned,
}

impl PropertyKey {
    /// The name, where it holds no value.
    pub(super) fn plain(&self) -> Option<&str> {
        plain(&self.pieces)
    }
}

/// A text that holds no value.
pub(super) fn plain(pieces: &[StringPiece]) -> Option<&str> {
    match pieces {
        [] => Some(""),
        [StringPiece::Plain(text)] => Some(text),
        [StringPiece::Value(_)] | [_, _, ..] => None,
    }
}

/// What becomes of a property or item that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BicepAccess {
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
