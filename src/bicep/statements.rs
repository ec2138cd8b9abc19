//! Declarations: what a file states, one after the other.
//!
//! Source: Microsoft Learn, "Bicep file structure and syntax", page of 2025-12, and "Create parameters files for Bicep deployment".

use super::ast::{
    ArrayEntry, BicepExpression, BicepFile, BicepFunction, BicepModule, BicepName, BicepOutput, BicepParameter,
    BicepResource, BicepType, BicepVariable, Import, ImportedNames, ResourceBody, Using,
};
use super::cursor::{BicepParsed, TokenCursor};
use super::expressions::{arguments, object, rounds};
use super::fault::WrongBicep;
use super::{texts, types};

/// What `text` states.
pub(super) fn parse(text: &str) -> BicepParsed<BicepFile> {
    let mut cursor = TokenCursor::new(text);
    let mut file = BicepFile::default();
    loop {
        cursor.lines();
        if cursor.rest().is_empty() {
            return Ok(file);
        }
        declaration(&mut cursor, &mut file)?;
        ends(&mut cursor)?;
    }
}

/// A declaration ends with its line.
fn ends(cursor: &mut TokenCursor<'_>) -> BicepParsed<()> {
    cursor.blanks();
    match cursor.rest().is_empty() || cursor.lines() {
        true => Ok(()),
        false => Err(cursor.expected("the end of the line")),
    }
}

const DECLARATIONS: &str = "a declaration, such as `param`, `var`, `resource`, `module` or `output`";

fn declaration(cursor: &mut TokenCursor<'_>, file: &mut BicepFile) -> BicepParsed<()> {
    let allowed = decorators(cursor)?;
    cursor.blanks();
    let start = cursor.place();
    let Some(word) = cursor.peek_word() else { return Err(cursor.expected(DECLARATIONS)) };
    match word {
        "param" => file.parameters.push(parameter(cursor, start, allowed)?),
        "var" => file.variables.push(variable(cursor, start)?),
        "func" => file.functions.push(function(cursor)?),
        "resource" => file.resources.push(resource(cursor, start)?),
        "module" => file.modules.push(module(cursor, start)?),
        "output" => file.outputs.push(output(cursor, start)?),
        "type" => file.types.push(type_alias(cursor)?),
        "import" => file.imports.extend(import(cursor)?),
        "targetScope" => file.target = Some(assigned_after(cursor, word)?),
        "metadata" => drop(assigned_name(cursor, word)?),
        "using" => file.using = Some(using(cursor)?),
        "extension" | "provider" => extension(cursor, word)?,
        "assert" => drop(assigned_name(cursor, word)?),
        _ => return Err(cursor.expected(DECLARATIONS)),
    }
    Ok(())
}

/// Skips decorators, and gives what `@allowed` lists.
fn decorators(cursor: &mut TokenCursor<'_>) -> BicepParsed<Option<BicepExpression>> {
    let mut allowed = None;
    loop {
        cursor.lines();
        if !cursor.takes("@") {
            return Ok(allowed);
        }
        let mut name = cursor.name("the name of a decorator")?;
        while cursor.takes(".") {
            name = cursor.name("the name of a decorator")?;
        }
        let given = if cursor.takes("(") { arguments(cursor)? } else { Vec::new() };
        if name.text == "allowed" {
            allowed = given.into_iter().next();
        }
    }
}

/// `WORD = VALUE`.
fn assigned_after(cursor: &mut TokenCursor<'_>, word: &str) -> BicepParsed<BicepExpression> {
    cursor.skip(word.len());
    assigned(cursor)
}

/// `WORD NAME = VALUE`.
fn assigned_name(cursor: &mut TokenCursor<'_>, word: &str) -> BicepParsed<(BicepName, BicepExpression)> {
    cursor.skip(word.len());
    Ok((cursor.name("a name")?, assigned(cursor)?))
}

fn assigned(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    cursor.expect("=")?;
    cursor.lines();
    cursor.expression()
}

fn parameter(
    cursor: &mut TokenCursor<'_>,
    start: usize,
    allowed: Option<BicepExpression>,
) -> BicepParsed<BicepParameter> {
    cursor.skip("param".len());
    let name = cursor.name("the name of a parameter")?;
    let kind = if is_typed(cursor) { types::of(cursor)? } else { BicepType::default() };
    let value = if cursor.takes("=") { Some(value_after_sign(cursor)?) } else { None };
    Ok(BicepParameter { name, kind, value, allowed, at: cursor.since(start) })
}

/// Whether a type is next; one that lists values may begin on the next line.
fn is_typed(cursor: &mut TokenCursor<'_>) -> bool {
    cursor.blanks();
    let before = cursor.place();
    let is_new = cursor.lines();
    let lists = cursor.starts_with("|");
    cursor.back(before);
    lists || !is_new && !cursor.starts_with("=") && !cursor.rest().is_empty()
}

fn value_after_sign(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    cursor.lines();
    cursor.expression()
}

fn variable(cursor: &mut TokenCursor<'_>, start: usize) -> BicepParsed<BicepVariable> {
    cursor.skip("var".len());
    let name = cursor.name("the name of a variable")?;
    cursor.blanks();
    if !cursor.starts_with("=") {
        types::of(cursor)?;
    }
    Ok(BicepVariable { name, value: assigned(cursor)?, at: cursor.since(start) })
}

fn function(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepFunction> {
    cursor.skip("func".len());
    let name = cursor.name("the name of a function")?;
    cursor.expect("(")?;
    let mut parameters = Vec::new();
    loop {
        cursor.lines();
        if cursor.takes(")") {
            break;
        }
        parameters.push(cursor.name("the name of a parameter")?.text);
        types::of(cursor)?;
        cursor.lines();
        if !cursor.takes(",") && !cursor.starts_with(")") {
            return Err(cursor.expected("`,` or `)`"));
        }
    }
    types::of(cursor)?;
    cursor.lines();
    cursor.expect("=>")?;
    cursor.lines();
    Ok(BicepFunction { name, parameters, body: cursor.expression()? })
}

fn resource(cursor: &mut TokenCursor<'_>, start: usize) -> BicepParsed<BicepResource> {
    cursor.skip("resource".len());
    let symbol = cursor.name("the name of a resource")?;
    let kind = quoted(cursor, "the type of the resource, such as `'Microsoft.Network/firewallPolicies@2024-05-01'`")?;
    let is_existing = cursor.takes_word("existing");
    cursor.expect("=")?;
    cursor.lines();
    let body = body(cursor)?;
    Ok(BicepResource { symbol, kind, is_existing, body, at: cursor.since(start) })
}

fn quoted(cursor: &mut TokenCursor<'_>, what: &str) -> BicepParsed<BicepExpression> {
    if texts::begins(cursor) { cursor.expression() } else { Err(cursor.expected(what)) }
}

impl TokenCursor<'_> {
    /// A resource in the body of another, where that is next: a property may be called `resource` too.
    pub(super) fn nested_resource(&mut self) -> BicepParsed<Option<BicepResource>> {
        nested_resource(self)
    }
}

fn nested_resource(cursor: &mut TokenCursor<'_>) -> BicepParsed<Option<BicepResource>> {
    if cursor.starts_with("@") {
        decorators(cursor)?;
    }
    cursor.blanks();
    let start = cursor.place();
    let is_declaration = cursor.takes_word("resource") && cursor.peek_word().is_some();
    cursor.back(start);
    if is_declaration { cursor.deeper(|cursor| resource(cursor, start)).map(Some) } else { Ok(None) }
}

fn module(cursor: &mut TokenCursor<'_>, start: usize) -> BicepParsed<BicepModule> {
    cursor.skip("module".len());
    let symbol = cursor.name("the name of a module")?;
    let path = quoted(cursor, "the path of the module in single quotes")?;
    cursor.expect("=")?;
    cursor.lines();
    let body = body(cursor)?;
    Ok(BicepModule { symbol, path, body, at: cursor.since(start) })
}

/// The body of a resource or a module: an object, under a condition, in a loop.
fn body(cursor: &mut TokenCursor<'_>) -> BicepParsed<ResourceBody> {
    let Some(rounds) = rounds(cursor)? else {
        let (condition, entries) = conditional(cursor)?;
        return Ok(ResourceBody { rounds: None, condition, entries });
    };
    cursor.lines();
    let (condition, entries) = conditional(cursor)?;
    cursor.lines();
    cursor.expect("]")?;
    Ok(ResourceBody { rounds: Some(rounds), condition, entries })
}

fn conditional(cursor: &mut TokenCursor<'_>) -> BicepParsed<(Option<BicepExpression>, Vec<ArrayEntry>)> {
    let is_conditional = cursor.takes_word("if");
    let condition = if is_conditional { Some(condition(cursor)?) } else { None };
    cursor.lines();
    cursor.blanks();
    if !cursor.starts_with("{") {
        return Err(cursor.expected("`{`"));
    }
    Ok((condition, object(cursor)?))
}

fn condition(cursor: &mut TokenCursor<'_>) -> BicepParsed<BicepExpression> {
    cursor.expect("(")?;
    cursor.lines();
    let condition = cursor.expression()?;
    cursor.lines();
    cursor.expect(")")?;
    Ok(condition)
}

fn output(cursor: &mut TokenCursor<'_>, start: usize) -> BicepParsed<BicepOutput> {
    cursor.skip("output".len());
    let name = cursor.name("the name of an output")?;
    cursor.blanks();
    let kind = if cursor.starts_with("=") { BicepType::default() } else { types::of(cursor)? };
    Ok(BicepOutput { name, kind, value: assigned(cursor)?, at: cursor.since(start) })
}

fn type_alias(cursor: &mut TokenCursor<'_>) -> BicepParsed<String> {
    cursor.skip("type".len());
    let name = cursor.name("the name of a type")?;
    cursor.expect("=")?;
    cursor.lines();
    types::of(cursor)?;
    Ok(name.text)
}

/// `import {…} from 'PATH'`; of an extension, which has no names to bring, none.
fn import(cursor: &mut TokenCursor<'_>) -> BicepParsed<Option<Import>> {
    cursor.skip("import".len());
    if texts::begins(cursor) {
        extension_rest(cursor)?;
        return Ok(None);
    }
    let names = match cursor.takes("*") {
        true => {
            if !cursor.takes_word("as") {
                return Err(cursor.expected("`as`"));
            }
            ImportedNames::All(cursor.name("a name")?)
        }
        false => ImportedNames::Some(imported(cursor)?),
    };
    if !cursor.takes_word("from") {
        return Err(cursor.expected("`from`"));
    }
    Ok(Some(Import { names, path: quoted(cursor, "the path of a file in single quotes")? }))
}

fn imported(cursor: &mut TokenCursor<'_>) -> BicepParsed<Vec<(String, BicepName)>> {
    cursor.expect("{")?;
    let mut names = Vec::new();
    loop {
        cursor.lines();
        if cursor.takes("}") {
            return Ok(names);
        }
        let name = cursor.name("a name")?;
        let other = if cursor.takes_word("as") { cursor.name("a name")? } else { name.clone() };
        names.push((name.text, other));
        let is_new = cursor.lines();
        if !cursor.takes(",") && !is_new && !cursor.starts_with("}") {
            return Err(cursor.expected("`,` or `}`"));
        }
    }
}

fn using(cursor: &mut TokenCursor<'_>) -> BicepParsed<Using> {
    cursor.skip("using".len());
    if cursor.takes_word("none") {
        return Ok(Using::Nothing);
    }
    quoted(cursor, "the path of a file in single quotes").map(Using::File)
}

/// An extension brings types that are none of Azure's.
fn extension(cursor: &mut TokenCursor<'_>, word: &str) -> BicepParsed<()> {
    cursor.skip(word.len());
    extension_rest(cursor)
}

fn extension_rest(cursor: &mut TokenCursor<'_>) -> BicepParsed<()> {
    match texts::begins(cursor) {
        true => drop(texts::text(cursor)?),
        false => drop(cursor.name("the name of an extension")?),
    }
    if cursor.takes_word("with") {
        cursor.blanks();
        object(cursor)?;
    }
    if cursor.takes_word("as") {
        cursor.name("a name")?;
    }
    Ok(())
}

/// The fault of a file that is too long to be one that anybody deploys.
pub(super) fn too_long(most: usize) -> WrongBicep {
    WrongBicep::new(super::ast::Spanned::default(), format!("the file is longer than {} MiB", most >> 20))
}
