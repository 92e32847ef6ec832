//! How a failed start is told: what went wrong, why, and last what to do.

use anyhow::Error;

const HINT: &str = "hint: ";

/// The error's texts from the outside in, each said once, hints at the end.
#[must_use]
pub fn describe(error: &Error) -> String {
    let mut said = String::new();
    let mut hints = Vec::new();
    for text in error.chain().map(ToString::to_string) {
        let (what, hint) = text
            .split_once(&format!("\n{HINT}"))
            .map_or((text.as_str(), None), |(what, hint)| (what, Some(hint)));
        hints.extend(hint.map(str::to_owned));
        if said.contains(what) {
            continue;
        }
        if !said.is_empty() {
            said.push_str(": ");
        }
        said.push_str(what);
    }
    hints.dedup();
    hints
        .iter()
        .fold(format!("error: {said}"), |complaint, hint| {
            format!("{complaint}\n{HINT}{hint}")
        })
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::describe;

    #[test]
    fn causes_are_said_once_and_hints_come_last() {
        let error = anyhow!("the disk is full")
            .context("cannot store (the disk is full)\nhint: free some space")
            .context("no start");
        assert_eq!(
            describe(&error),
            "error: no start: cannot store (the disk is full)\nhint: free some space"
        );
    }
}
