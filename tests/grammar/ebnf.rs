//! Reads `grammar/egress.ebnf`.

use std::iter::Peekable;
use std::str::Chars;

use indexmap::IndexMap;

/// What stands on the right of a production, or in a part of it.
#[derive(Clone, Debug)]
pub enum Expr {
    Literal(String),
    Name(String),
    /// `? what no symbol says ?`.
    Special(String),
    Sequence(Vec<Expr>),
    Choice(Vec<Expr>),
    Optional(Box<Expr>),
    Repeated(Box<Expr>),
    Times(usize, Box<Expr>),
    Except(Box<Expr>, Box<Expr>),
}

#[derive(Debug)]
pub struct Production {
    pub expr: Expr,
    /// The production as it is written, with the comment above it.
    pub source: String,
    /// The `(* == Section == *)` it stands in.
    pub section: String,
}

#[derive(Debug)]
pub struct Grammar {
    pub productions: IndexMap<String, Production>,
}

impl Grammar {
    /// The grammar of the language.
    pub fn of_the_language() -> Self {
        Self::read(include_str!("../../grammar/egress.ebnf"))
    }

    fn read(text: &str) -> Self {
        let mut reader = Reader { text, rest: text.chars().peekable() };
        let mut productions = IndexMap::new();
        let mut section = String::new();
        loop {
            let start = reader.skip(&mut section);
            let Some(name) = reader.name() else { break };
            reader.expect('=');
            let expr = reader.choice();
            reader.expect(';');
            let source = text[start..reader.offset()].trim().to_owned();
            let before = productions.insert(name.clone(), Production { expr, source, section: section.clone() });
            assert!(before.is_none(), "two productions `{name}`");
        }
        assert_eq!(reader.rest.next(), None, "a production begins with a name");
        Self { productions }
    }

    pub fn expr(&self, name: &str) -> &Expr {
        &self.productions.get(name).unwrap_or_else(|| panic!("no production `{name}`")).expr
    }

    /// Whether the symbols of the production touch each other.
    pub fn is_lexical(name: &str) -> bool {
        name.chars().all(|c| c.is_ascii_uppercase() || c == '-')
    }

    /// The literals that a sentence of `expr` may begin with; what stands in front of them (labels) is looked through.
    pub fn first_literals(&self, expr: &Expr) -> Vec<String> {
        match expr {
            Expr::Literal(text) => vec![text.clone()],
            Expr::Name(name) if Self::is_lexical(name) => Vec::new(),
            Expr::Name(name) => self.first_literals(self.expr(name)),
            Expr::Choice(parts) => parts.iter().flat_map(|part| self.first_literals(part)).collect(),
            Expr::Sequence(parts) => {
                let solid = parts.iter().find(|part| !matches!(part, Expr::Optional(_) | Expr::Repeated(_)));
                solid.map_or_else(Vec::new, |part| self.first_literals(part))
            }
            Expr::Optional(part) | Expr::Repeated(part) | Expr::Times(_, part) | Expr::Except(part, _) => {
                self.first_literals(part)
            }
            Expr::Special(_) => Vec::new(),
        }
    }
}

impl Expr {
    /// Calls `visit` with this part and every part of it, but for what an exception takes away.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        match self {
            Self::Literal(_) | Self::Name(_) | Self::Special(_) => {}
            Self::Sequence(parts) | Self::Choice(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Optional(part) | Self::Repeated(part) | Self::Times(_, part) | Self::Except(part, _) => {
                part.walk(visit)
            }
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    rest: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    fn offset(&self) -> usize {
        self.text.len() - self.rest.clone().collect::<String>().len()
    }

    fn at(&mut self, c: char) -> bool {
        self.blanks();
        self.rest.peek() == Some(&c)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.at(c);
        if found {
            self.rest.next();
        }
        found
    }

    fn expect(&mut self, c: char) {
        assert!(self.eat(c), "expected `{c}` before `{}`", self.rest.clone().take(40).collect::<String>());
    }

    fn blanks(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    /// Skips blanks and comments, and returns where the comment right above the next production begins.
    fn skip(&mut self, section: &mut String) -> usize {
        self.blanks();
        let mut start = self.offset();
        while self.text[self.offset()..].starts_with("(*") {
            let comment_start = self.offset();
            let end = comment_start + self.text[comment_start..].find("*)").expect("a comment ends") + 2;
            while self.offset() < end {
                self.rest.next();
            }
            let comment = &self.text[comment_start + 2..end - 2];
            let title = comment.trim().strip_prefix("== ").and_then(|rest| rest.strip_suffix(" =="));
            self.blanks();
            start = match title {
                Some(title) => {
                    title.clone_into(section);
                    self.offset()
                }
                None => comment_start,
            };
        }
        start
    }

    fn name(&mut self) -> Option<String> {
        self.blanks();
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_alphabetic() || (*c == '-' && !name.is_empty())) {
            name.push(c);
        }
        (!name.is_empty()).then_some(name)
    }

    fn choice(&mut self) -> Expr {
        let mut parts = vec![self.sequence()];
        while self.eat('|') {
            parts.push(self.sequence());
        }
        if parts.len() == 1 { parts.remove(0) } else { Expr::Choice(parts) }
    }

    fn sequence(&mut self) -> Expr {
        let mut parts = vec![self.term()];
        while self.eat(',') {
            parts.push(self.term());
        }
        if parts.len() == 1 { parts.remove(0) } else { Expr::Sequence(parts) }
    }

    fn term(&mut self) -> Expr {
        let part = self.factor();
        if self.eat('-') { Expr::Except(Box::new(part), Box::new(self.factor())) } else { part }
    }

    fn factor(&mut self) -> Expr {
        self.blanks();
        let mut digits = String::new();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        if digits.is_empty() {
            return self.primary();
        }
        self.expect('*');
        Expr::Times(digits.parse().unwrap(), Box::new(self.primary()))
    }

    fn primary(&mut self) -> Expr {
        for (open, close) in [('[', ']'), ('{', '}'), ('(', ')')] {
            if self.eat(open) {
                let inner = self.choice();
                self.expect(close);
                return match open {
                    '[' => Expr::Optional(Box::new(inner)),
                    '{' => Expr::Repeated(Box::new(inner)),
                    _ => inner,
                };
            }
        }
        for quote in ['"', '\'', '?'] {
            if self.eat(quote) {
                let inner: String = std::iter::from_fn(|| self.rest.next_if(|&c| c != quote)).collect();
                self.expect(quote);
                return if quote == '?' { Expr::Special(inner.trim().to_owned()) } else { Expr::Literal(inner) };
            }
        }
        Expr::Name(self.name().expect("a part of a production"))
    }
}

#[test]
fn every_name_is_defined_and_every_production_used() {
    let grammar = Grammar::of_the_language();
    let mut used = vec!["file".to_owned(), "LAYOUT".to_owned()];
    for production in grammar.productions.values() {
        production.expr.walk(&mut |part| {
            if let Expr::Name(name) = part {
                used.push(name.clone());
            }
        });
    }
    for name in &used {
        grammar.expr(name);
    }
    for name in grammar.productions.keys() {
        assert!(used.contains(name), "nothing uses `{name}`");
    }
}
