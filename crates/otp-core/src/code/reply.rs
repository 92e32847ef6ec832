//! The code in what a person wrote in a chat.

use zeroize::Zeroizing;

use super::guess::is_hyphen;
use super::{CodeAlphabet, CodePolicy, Guess, digit};

/// Longer texts hold no code: nobody writes so much around one. The message that brought the code,
/// forwarded whole, is shorter.
pub const REPLY_CHARS_MAX: usize = 500;

/// The one code of this policy in a text, folded as a guess is: `code 123 456` holds one of six
/// digits. Nothing where there is none, or more than one: then nobody knows which was meant.
///
/// Digits with white space or hyphens between them belong together if all of them make a code, and
/// else stand for themselves. A code with letters must be all that the text says.
#[must_use]
pub fn code_in(text: &str, policy: &CodePolicy) -> Option<Zeroizing<String>> {
    if text.len() > REPLY_CHARS_MAX * 4 || text.chars().nth(REPLY_CHARS_MAX).is_some() {
        return None;
    }
    if policy.alphabet != CodeAlphabet::Digits {
        let guess = Guess::fold(text, policy).ok()?;
        return Some(Zeroizing::new(guess.reveal().to_owned()));
    }
    let length = policy.length.chars();
    let mut found: Option<Zeroizing<String>> = None;
    for run in runs(text) {
        let whole: usize = run.iter().map(|group| group.len()).sum();
        let candidates = if whole == length {
            vec![Zeroizing::new(
                run.iter().map(|group| group.as_str()).collect(),
            )]
        } else {
            run.into_iter()
                .filter(|group| group.len() == length)
                .collect()
        };
        for candidate in candidates {
            match &found {
                Some(other) if *other != candidate => return None,
                _ => found = Some(candidate),
            }
        }
    }
    found
}

/// Digits that stand together, in groups with white space or hyphens between them; as ASCII.
fn runs(text: &str) -> Vec<Vec<Zeroizing<String>>> {
    let mut runs = Vec::new();
    let mut run: Vec<Zeroizing<String>> = Vec::new();
    let mut is_in_group = false;
    for char in text.chars() {
        if let Some(digit) = digit::ascii(char) {
            if !is_in_group {
                // Never grown past its capacity, so that no copy is left behind in freed memory.
                run.push(Zeroizing::new(String::with_capacity(REPLY_CHARS_MAX)));
            }
            is_in_group = true;
            if let Some(group) = run.last_mut() {
                group.push(digit);
            }
            continue;
        }
        is_in_group = false;
        if !char.is_whitespace() && !is_hyphen(char) && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    runs.push(run);
    runs
}
