//! Small changes to the tokens of a text, so that many texts stay near what parses.

use fwc::syntax::lex;

use super::dice::Dice;

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
    let mut dice = Dice::of(u64::from(seed));
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
