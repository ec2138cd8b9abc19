//! The values that a Terraform file is made of, as the HCL library has them, laid out as `terraform fmt` does.

use hcl_edit::expr::{
    Array, Expression, Object, ObjectKey, ObjectValue, ObjectValueTerminator, Traversal, TraversalOperator,
};
use hcl_edit::structure::{Attribute, Block, BlockLabel, Body};
use hcl_edit::{Decorate, Decorated, Ident};

/// Two blanks for each level.
const STEP: &str = "  ";
/// Words that are no keys without quotes.
const RESERVED: [&str; 6] = ["for", "if", "in", "null", "true", "false"];

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum TerraformValue {
    /// A text, to be taken as it is.
    Text(String),
    /// A whole number.
    Number(u64),
    /// True or false.
    Bool(bool),
    /// A reference: words with points between them.
    Reference(Vec<String>),
    /// A list.
    List(Vec<TerraformValue>),
    /// Texts by key.
    Map(Vec<(String, TerraformValue)>),
}

impl TerraformValue {
    pub(super) fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    pub(super) fn reference(words: &[&str]) -> Self {
        Self::Reference(words.iter().map(|&word| word.to_owned()).collect())
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            Self::Number(_) | Self::Bool(_) | Self::Reference(_) => false,
        }
    }

    /// Whether it takes one line, so that `terraform fmt` puts its `=` below that of the line before.
    fn is_one_line(&self) -> bool {
        match self {
            Self::List(items) => items.len() < 2,
            Self::Map(_) => false,
            Self::Text(_) | Self::Number(_) | Self::Bool(_) | Self::Reference(_) => true,
        }
    }
}

/// Attributes and blocks. A block without content is left out, and so are empty texts, lists and maps.
#[derive(Clone, PartialEq, Default, Debug)]
pub(super) struct BlockContent(Vec<BlockItem>);

#[derive(Clone, PartialEq, Debug)]
enum BlockItem {
    Attribute(&'static str, TerraformValue),
    Block(&'static str, Vec<String>, BlockContent),
}

impl BlockContent {
    /// Sets an attribute unless `value` is empty.
    pub(super) fn with(mut self, key: &'static str, value: TerraformValue) -> Self {
        if !value.is_empty() {
            self.0.push(BlockItem::Attribute(key, value));
        }
        self
    }

    pub(super) fn with_text(self, key: &'static str, text: impl ToString) -> Self {
        self.with(key, TerraformValue::text(text))
    }

    pub(super) fn with_texts<T: ToString>(self, key: &'static str, items: impl IntoIterator<Item = T>) -> Self {
        self.with(key, TerraformValue::List(items.into_iter().map(TerraformValue::text).collect()))
    }

    pub(super) fn with_number(self, key: &'static str, number: impl Into<u64>) -> Self {
        self.with(key, TerraformValue::Number(number.into()))
    }

    /// Sets an attribute where there is a value.
    pub(super) fn with_optional(self, key: &'static str, value: Option<TerraformValue>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds a block without labels, unless it is empty.
    pub(super) fn with_block(self, name: &'static str, content: BlockContent) -> Self {
        if content.0.is_empty() { self } else { self.with_labelled(name, &[], content) }
    }

    /// Adds a block.
    pub(super) fn with_labelled(mut self, name: &'static str, labels: &[&str], content: BlockContent) -> Self {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        self.0.push(BlockItem::Block(name, labels, content));
        self
    }

    /// The same with the attributes first and the blocks in this order; those that it does not name are last.
    pub(super) fn with_blocks_last(mut self, order: &[&str]) -> Self {
        self.0.sort_by_key(|item| match item {
            BlockItem::Attribute(..) => None,
            BlockItem::Block(name, ..) => Some(order.iter().position(|known| known == name).unwrap_or(order.len())),
        });
        self
    }

    /// The text of a file.
    pub(super) fn text(&self) -> String {
        body(self, "").to_string()
    }
}

fn body(content: &BlockContent, indent: &str) -> Body {
    let pads = paddings(&content.0);
    let mut body = Body::new();
    for (index, (item, pad)) in content.0.iter().zip(pads).enumerate() {
        let blank = if index > 0 && matches!(item, BlockItem::Block(..)) { "\n" } else { "" };
        match item {
            BlockItem::Attribute(key, value) => {
                let behind_block = index.checked_sub(1).and_then(|before| content.0.get(before));
                let blank = if matches!(behind_block, Some(BlockItem::Block(..))) { "\n" } else { "" };
                body.push(attribute(key, value, indent, (blank, pad)));
            }
            BlockItem::Block(name, labels, content) => body.push(block(name, labels, content, indent, blank)),
        }
    }
    body
}

/// How many blanks are after each key: the `=` of lines that follow each other are below each other.
fn paddings(items: &[BlockItem]) -> Vec<usize> {
    let widths: Vec<Option<usize>> = items
        .iter()
        .map(|item| match item {
            BlockItem::Attribute(key, value) => value.is_one_line().then_some(key.len()),
            BlockItem::Block(..) => None,
        })
        .collect();
    aligned(&widths)
}

/// For each line with a width, the blanks to the end of the longest of its run; one blank for the others.
fn aligned(widths: &[Option<usize>]) -> Vec<usize> {
    let mut pads = Vec::with_capacity(widths.len());
    for run in widths.chunk_by(|one, next| one.is_some() && next.is_some()) {
        let widest = run.iter().copied().flatten().max().unwrap_or_default();
        pads.extend(run.iter().map(|width| width.map_or(1, |width| widest - width + 1)));
    }
    pads
}

fn attribute(key: &str, value: &TerraformValue, indent: &str, (blank, pad): (&str, usize)) -> Attribute {
    let mut name = Decorated::new(Ident::new_sanitized(key));
    name.decor_mut().set_prefix([blank, indent].concat());
    name.decor_mut().set_suffix(" ".repeat(pad));
    let mut expression = expression(value, indent);
    expression.decor_mut().set_prefix(" ");
    Attribute::new(name, expression)
}

fn block(name: &str, labels: &[String], content: &BlockContent, indent: &str, blank: &str) -> Block {
    let mut ident = Decorated::new(Ident::new_sanitized(name));
    ident.decor_mut().set_prefix([blank, indent].concat());
    ident.decor_mut().set_suffix(" ");
    let mut block = Block::new(ident);
    block.labels = labels.iter().map(|label| BlockLabel::from(label.as_str())).collect();
    block.body = body(content, &[indent, STEP].concat());
    block.body.decor_mut().set_suffix(indent);
    block
}

fn expression(value: &TerraformValue, indent: &str) -> Expression {
    match value {
        TerraformValue::Text(text) => Expression::from(text.as_str()),
        TerraformValue::Number(number) => Expression::from(*number),
        TerraformValue::Bool(value) => Expression::from(*value),
        TerraformValue::Reference(words) => reference(words),
        TerraformValue::List(items) => Expression::from(array(items, indent)),
        TerraformValue::Map(entries) => Expression::from(object(entries, indent)),
    }
}

fn reference(words: &[String]) -> Expression {
    let mut words = words.iter().map(Ident::new_sanitized);
    let first = words.next().map_or_else(Expression::null, Expression::from);
    let rest: Vec<Decorated<TraversalOperator>> =
        words.map(|word| Decorated::new(TraversalOperator::GetAttr(Decorated::new(word)))).collect();
    if rest.is_empty() { first } else { Expression::from(Traversal::new(first, rest)) }
}

fn array(items: &[TerraformValue], indent: &str) -> Array {
    let one_line = items.len() < 2;
    let inner = [indent, STEP].concat();
    let mut array = Array::new();
    for item in items {
        let mut item = expression(item, &inner);
        item.decor_mut().set_prefix(if one_line { String::new() } else { ["\n", inner.as_str()].concat() });
        array.push(item);
    }
    if !one_line {
        array.set_trailing_comma(true);
        array.set_trailing(["\n", indent].concat());
    }
    array
}

fn object(entries: &[(String, TerraformValue)], indent: &str) -> Object {
    let inner = [indent, STEP].concat();
    let keys: Vec<ObjectKey> = entries.iter().map(|(key, _)| object_key(key)).collect();
    let widths: Vec<Option<usize>> = keys.iter().map(|key| Some(written(key).chars().count())).collect();
    let mut object = Object::new();
    for (index, ((key, (_, value)), pad)) in keys.into_iter().zip(entries).zip(aligned(&widths)).enumerate() {
        let mut key = key;
        let before = if index == 0 { "\n" } else { "" };
        key.decor_mut().set_prefix([before, inner.as_str()].concat());
        key.decor_mut().set_suffix(" ".repeat(pad));
        let mut expression = expression(value, &inner);
        expression.decor_mut().set_prefix(" ");
        let mut value = ObjectValue::new(expression);
        value.set_terminator(ObjectValueTerminator::Newline);
        object.insert(key, value);
    }
    object.set_trailing(indent);
    object
}

/// A key is bare where it is a word, and no word of the language.
fn object_key(key: &str) -> ObjectKey {
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_word = starts && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_word && !RESERVED.contains(&key) {
        ObjectKey::from(Ident::new_sanitized(key))
    } else {
        ObjectKey::from(Expression::from(key))
    }
}

fn written(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Ident(ident) => ident.as_str().to_owned(),
        ObjectKey::Expression(expression) => expression.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_laid_out_as_terraform_fmt_does() {
        let inner =
            BlockContent::default().with_texts("list", ["a", "b"]).with_text("x", "y").with_number("number", 1u64);
        let tags =
            vec![("a b".to_owned(), TerraformValue::text("${x}")), ("c".to_owned(), TerraformValue::text("%{x}\n\""))];
        let content = BlockContent::default()
            .with_text("long_name", "v")
            .with("id", TerraformValue::reference(&["azurerm_x", "a-b", "id"]))
            .with("tags", TerraformValue::Map(tags))
            .with_block("rule", inner.clone())
            .with_block("rule", inner);
        let file = BlockContent::default().with_labelled("resource", &["azurerm_x", "y"], content);
        let rule =
            "  rule {\n    list = [\n      \"a\",\n      \"b\",\n    ]\n    x      = \"y\"\n    number = 1\n  }\n";
        let expected = [
            "resource \"azurerm_x\" \"y\" {\n  long_name = \"v\"\n  id        = azurerm_x.a-b.id\n",
            "  tags = {\n    \"a b\" = \"$${x}\"\n    c     = \"%%{x}\\n\\\"\"\n  }\n\n",
            rule,
            "\n",
            rule,
            "}\n",
        ];
        assert_eq!(file.text(), expected.concat());
    }
}
