//! Small changes to the tokens of a text, so that many texts stay near what parses.

use fwc::syntax::lex;

/// What is put between tokens: blanks, remarks, and what joins and parts.
const PUT_IN: [&str; 16] = [
    " # c\n",
    "\n# c\n",
    "\n\n# c\n\n",
    "\n",
    "\n\n",
    "\r",
    " ",
    ",",
    "\n## d\n",
    " @a ",
    "{",
    "}",
    "(",
    ")",
    "\"\"",
    "x: ",
];

/// The text with a few tokens taken out, doubled, moved, or parted by something; the same for the same seed.
pub fn tokens(text: &str, seed: u32) -> String {
    let mut tokens = Vec::new();
    lex(text, |_, token| tokens.push(token));
    let mut dice = Dice(u64::from(seed));
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(tokens.len() + 1);
        match dice.roll(5) {
            0 if at < tokens.len() => drop(tokens.remove(at)),
            1 if at < tokens.len() => tokens[at] = tokens[dice.roll(tokens.len())],
            2 if at < tokens.len() => double(&mut tokens, at, &mut dice),
            _ => tokens.insert(at, PUT_IN[dice.roll(PUT_IN.len())]),
        }
    }
    tokens.concat()
}

/// Puts a stretch of tokens once more somewhere else.
fn double<'t>(tokens: &mut Vec<&'t str>, at: usize, dice: &mut Dice) {
    let end = (at + 1 + dice.roll(40)).min(tokens.len());
    let stretch: Vec<&'t str> = tokens[at..end].to_vec();
    let to = dice.roll(tokens.len() + 1);
    tokens.splice(to..to, stretch);
}

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}
