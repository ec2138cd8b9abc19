//! Draws sentences from the grammar, the same ones for the same seed.

use std::collections::{BTreeMap, BTreeSet};

use fwc::syntax::keywords;

use super::ebnf::{Expr, Grammar};

/// How deep productions nest before the shortest way out is taken.
const DEPTH: usize = 24;

/// Words that join the parts of an item: as names they are as awkward as keywords.
const CONNECTIVES: [&str; 15] = [
    "from", "to", "except", "inspect", "with", "header", "outside", "for", "via", "priority", "inherits", "external",
    "region", "on", "any",
];

/// SplitMix64, by Sebastiano Vigna: small, and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.below(from.len())]
    }
}

/// Which names are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Some of them are spelt like keywords and connectives.
    Awkward,
    /// None is.
    Plain,
}

/// A token of a sentence; an item begins in front of it or not.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub text: String,
    pub begins_item: bool,
}

pub struct Drawer<'g> {
    grammar: &'g Grammar,
    pub random: Random,
    names: Names,
    /// How many productions must nest at least to end each production.
    costs: BTreeMap<&'g str, usize>,
    /// The productions and literals drawn so far.
    seen: BTreeSet<usize>,
    /// How often each alternative was chosen so far.
    chosen: BTreeMap<usize, usize>,
    item_begins: bool,
}

impl<'g> Drawer<'g> {
    pub fn new(grammar: &'g Grammar, names: Names, seed: u64) -> Self {
        let costs = costs(grammar);
        Self {
            grammar,
            random: Random::new(seed),
            names,
            costs,
            seen: BTreeSet::new(),
            chosen: BTreeMap::new(),
            item_begins: false,
        }
    }

    /// The tokens of a sentence of the production.
    pub fn tokens(&mut self, production: &'g str) -> Vec<Drawn> {
        let mut tokens = Vec::new();
        self.syntactic(&Expr::Name(production.to_owned()), 0, &mut tokens);
        tokens
    }

    fn syntactic(&mut self, expr: &Expr, depth: usize, tokens: &mut Vec<Drawn>) {
        match expr {
            Expr::Literal(text) => {
                self.seen.insert(identity(expr));
                self.push(text.clone(), tokens);
            }
            Expr::Name(name) if Grammar::is_lexical(name) => {
                let text = self.word(name);
                self.push(text, tokens);
            }
            Expr::Name(name) => {
                self.item_begins |= name == "prefix";
                let expr = self.production(name);
                self.syntactic(expr, depth + 1, tokens);
            }
            Expr::Sequence(parts) => parts.iter().for_each(|part| self.syntactic(part, depth, tokens)),
            Expr::Choice(parts) => {
                let chosen = self.choose(parts, depth);
                self.syntactic(chosen, depth, tokens);
            }
            Expr::Optional(part) => (0..self.repeats(depth, 1)).for_each(|_| self.syntactic(part, depth, tokens)),
            Expr::Repeated(part) => (0..self.repeats(depth, 6)).for_each(|_| self.syntactic(part, depth, tokens)),
            Expr::Times(..) | Expr::Except(..) | Expr::Special(_) => panic!("only in lexical productions: {expr:?}"),
        }
    }

    fn production(&mut self, name: &str) -> &'g Expr {
        let expr = self.grammar.expr(name);
        self.seen.insert(identity(expr));
        expr
    }

    fn push(&mut self, text: String, tokens: &mut Vec<Drawn>) {
        tokens.push(Drawn { text, begins_item: std::mem::take(&mut self.item_begins) });
    }

    fn repeats(&mut self, depth: usize, most: usize) -> usize {
        if depth >= DEPTH { 0 } else { (0..most).take_while(|_| self.random.once_in(2)).count() }
    }

    fn choose<'e>(&mut self, parts: &'e [Expr], depth: usize) -> &'e Expr {
        if depth < DEPTH {
            return self.rarer(parts);
        }
        parts.iter().min_by_key(|part| cost(part, &self.costs)).unwrap()
    }

    /// Of a few parts drawn at random the one that was chosen least, so that what hides deep down is reached too.
    fn rarer<'e>(&mut self, parts: &'e [Expr]) -> &'e Expr {
        let drawn: Vec<&Expr> = (0..4).map(|_| self.random.pick(parts)).collect();
        let times = |part: &&Expr| self.chosen.get(&identity(part)).copied().unwrap_or(0);
        let rarer = drawn.into_iter().min_by_key(times).unwrap();
        *self.chosen.entry(identity(rarer)).or_default() += 1;
        rarer
    }

    /// The productions, literals and alternatives of the grammar that were never drawn.
    pub fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        for (name, production) in &self.grammar.productions {
            if !self.seen.contains(&identity(&production.expr)) {
                missed.push(name.clone());
            }
            production.expr.walk(&mut |part| match part {
                Expr::Literal(text) if !self.seen.contains(&identity(part)) => {
                    missed.push(format!("`{text}` of {name}"))
                }
                Expr::Choice(parts) => missed.extend(
                    parts
                        .iter()
                        .filter(|part| !self.chosen.contains_key(&identity(part)))
                        .map(|part| format!("{part:?}")),
                ),
                _ => {}
            });
        }
        missed
    }

    /// The text of a lexical production.
    fn word(&mut self, name: &str) -> String {
        if name == "NAME" && self.names == Names::Awkward && self.random.once_in(12) {
            let (keywords, connectives) = (keywords(), &CONNECTIVES);
            return match self.random.below(keywords.len() + connectives.len()) {
                index if index < keywords.len() => keywords[index].word.to_owned(),
                index => connectives[index - keywords.len()].to_owned(),
            };
        }
        let mut text = String::new();
        self.lexical(&Expr::Name(name.to_owned()), &mut text);
        text
    }

    fn lexical(&mut self, expr: &Expr, text: &mut String) {
        match expr {
            Expr::Literal(literal) => {
                self.seen.insert(identity(expr));
                text.push_str(literal);
            }
            Expr::Name(name) => {
                let expr = self.production(name);
                self.lexical(expr, text);
            }
            Expr::Special(what) => self.special(what, text),
            Expr::Sequence(parts) => parts.iter().for_each(|part| self.lexical(part, text)),
            Expr::Choice(parts) => {
                let chosen = self.rarer(parts);
                self.lexical(chosen, text);
            }
            Expr::Optional(part) => (0..self.repeats(0, 1)).for_each(|_| self.lexical(part, text)),
            Expr::Repeated(part) => (0..self.repeats(0, 6)).for_each(|_| self.lexical(part, text)),
            Expr::Times(times, part) => (0..*times).for_each(|_| self.lexical(part, text)),
            Expr::Except(part, but) => loop {
                let mut drawn = String::new();
                self.lexical(part, &mut drawn);
                if !self.ends(but, &drawn).contains(&drawn.len()) {
                    text.push_str(&drawn);
                    return;
                }
            },
        }
    }

    fn special(&mut self, what: &str, text: &mut String) {
        const LETTERS: [char; 16] = ['a', 'b', 'c', 'e', 'k', 'n', 'o', 'r', 's', 't', 'x', 'Z', 'é', 'ß', 'Ж', '中'];
        const CHARACTERS: [char; 24] = [
            'a', 'Z', '0', ' ', '\t', '.', ',', ':', '-', '/', '*', '@', '#', '$', '%', '(', ')', '[', '\'', '<', '&',
            '\u{7f}', 'é', '🦀',
        ];
        const MORE: [char; 5] = ['"', '\\', '{', '}', '#'];
        match what {
            "a letter of any script" => text.push(*self.random.pick(&LETTERS)),
            "any character but \" \\ { } and the ends of a line" => text.push(*self.random.pick(&CHARACTERS)),
            "any character but the ends of a line" if self.random.once_in(6) => text.push(*self.random.pick(&MORE)),
            "any character but the ends of a line" => text.push(*self.random.pick(&CHARACTERS)),
            "a blank, a tab or another white space that ends no line" => {
                text.push(*self.random.pick(&[' ', '\t', '\u{a0}', '\u{2003}']));
            }
            "a line feed, alone or behind a carriage return" => {
                text.push_str(self.random.pick::<&str>(&["\n", "\r\n"]))
            }
            "a letter from a to f, small or capital" => text.push(*self.random.pick(&['a', 'f', 'B', 'E'])),
            "the number of a character, as one to six hexadecimal digits" => {
                text.push_str(
                    self.random.pick::<&str>(&["0", "41", "e9", "2028", "D7FF", "1F600", "10ffff", "00000a"]),
                );
            }
            _ => panic!("a special sequence that the tests do not know: `{what}`"),
        }
    }

    /// Where a reading of `expr` from the beginning of `text` may end.
    fn ends(&self, expr: &Expr, text: &str) -> BTreeSet<usize> {
        let then = |starts: BTreeSet<usize>, part: &Expr| -> BTreeSet<usize> {
            let from = |start: usize| self.ends(part, &text[start..]).into_iter().map(move |end| start + end);
            starts.into_iter().flat_map(from).collect()
        };
        let start = BTreeSet::from([0]);
        match expr {
            Expr::Literal(literal) => text.starts_with(literal).then_some(literal.len()).into_iter().collect(),
            Expr::Name(name) => self.ends(self.grammar.expr(name), text),
            // Narrower than the grammar: no keyword at all, whatever block it belongs to.
            Expr::Special(what) if what == "a keyword of the block or of one around it" => {
                keywords().iter().filter(|known| known.word == text).map(|known| known.word.len()).collect()
            }
            Expr::Special(what) => panic!("an exception that the tests cannot read: `{what}`"),
            Expr::Sequence(parts) => parts.iter().fold(start, then),
            Expr::Choice(parts) => parts.iter().flat_map(|part| self.ends(part, text)).collect(),
            Expr::Optional(part) => start.into_iter().chain(self.ends(part, text)).collect(),
            Expr::Repeated(part) => {
                let (mut all, mut newest) = (start.clone(), start);
                while !newest.is_empty() {
                    newest = then(newest, part).difference(&all).copied().collect();
                    all.extend(&newest);
                }
                all
            }
            Expr::Times(times, part) => (0..*times).fold(start, |starts, _| then(starts, part)),
            Expr::Except(..) => panic!("an exception of an exception"),
        }
    }

    /// The tokens as a text, with layout between them wherever there may be some.
    pub fn spaced(&mut self, tokens: &[Drawn]) -> String {
        let mut text = String::new();
        for (index, token) in tokens.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| tokens[before].text.as_str());
            let touching = before.is_some_and(|before| would_join(before, &token.text));
            text.push_str(match self.random.below(20) {
                0 => "\n",
                1 => "\r\n\t",
                2 | 3 if !touching => "",
                _ => " ",
            });
            if self.random.once_in(20) {
                self.lexical(&Expr::Name("LAYOUT".to_owned()), &mut text);
            }
            text.push_str(&token.text);
        }
        text
    }
}

/// The tokens as a text, each item on lines of its own.
pub fn lines(tokens: &[Drawn]) -> String {
    let mut text = String::new();
    for token in tokens {
        text.push(if token.begins_item { '\n' } else { ' ' });
        text.push_str(&token.text);
    }
    text
}

/// Which part of the grammar this is. The grammar outlives the drawer and does not move.
fn identity(part: &Expr) -> usize {
    std::ptr::from_ref(part) as usize
}

/// Whether two tokens would be read as others if they touched.
fn would_join(before: &str, after: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '*' | '{' | '}' | ':');
    before.ends_with(in_word) && after.starts_with(in_word) && after != "->"
}

fn costs(grammar: &Grammar) -> BTreeMap<&str, usize> {
    let mut costs: BTreeMap<&str, usize> = BTreeMap::new();
    loop {
        let before = costs.len();
        for (name, production) in &grammar.productions {
            let known = costs.contains_key(name.as_str());
            if let Some(cost) = cost(&production.expr, &costs).filter(|_| !known) {
                costs.insert(name, cost + 1);
            }
        }
        if costs.len() == before {
            assert_eq!(before, grammar.productions.len(), "a production without an end");
            return costs;
        }
    }
}

/// How deep productions nest in the shortest sentence of `expr`; none while that is not known.
///
/// `None` is less than any depth, so what is not known yet must not win a choice: `costs` knows all when choices are made.
fn cost(expr: &Expr, costs: &BTreeMap<&str, usize>) -> Option<usize> {
    match expr {
        Expr::Literal(_) | Expr::Special(_) | Expr::Optional(_) | Expr::Repeated(_) => Some(0),
        Expr::Name(name) if Grammar::is_lexical(name) => Some(0),
        Expr::Name(name) => costs.get(name.as_str()).copied(),
        Expr::Sequence(parts) => {
            parts.iter().map(|part| cost(part, costs)).try_fold(0, |most, cost| Some(most.max(cost?)))
        }
        Expr::Choice(parts) => parts.iter().filter_map(|part| cost(part, costs)).min(),
        Expr::Times(_, part) | Expr::Except(part, _) => cost(part, costs),
    }
}
