//! Finds the links of a Markdown document that should lead to a file of ours.

pub(super) fn dead(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let dead = targets(text).into_iter().filter(|target| !exists(target));
    dead.map(|target| format!("nothing is at `{target}`"))
        .collect()
}

/// What inline links and reference definitions point at in this tree; code is left out.
fn targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            let prose: String = line.split('`').step_by(2).collect();
            targets.extend(
                prose
                    .split("](")
                    .skip(1)
                    .filter_map(|rest| rest.split([')', ' ']).next())
                    .map(str::to_owned),
            );
            targets.extend(definition(&prose).map(str::to_owned));
        }
    }
    let without_place = targets
        .iter()
        .map(|target| target.split('#').next().unwrap_or_default());
    without_place
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .map(str::to_owned)
        .collect()
}

/// The target of a line like `[name]: target`.
fn definition(line: &str) -> Option<&str> {
    let (name, target) = line.strip_prefix('[')?.split_once("]: ")?;
    (!name.contains(']')).then(|| target.trim())
}

#[test]
fn a_link_to_nothing_is_noticed() {
    assert_eq!(
        dead(
            "See [the design](DESIGN.md#picture), and [this](a.md).",
            |target| target == "a.md"
        )
        .len(),
        1
    );
    assert_eq!(dead("[design]: docs/DESIGN.md\n", |_| false).len(), 1);
    assert_eq!(dead("[`code`](src/lib.rs)", |_| false).len(), 1);
}

#[test]
fn links_out_of_the_tree_and_links_in_code_are_left_alone() {
    let text =
        "[web](https://example.org/a) [here](#part) `[x](gone.md)`\n```\n[y](gone.md)\n```\n";
    assert_eq!(dead(text, |_| false), Vec::<String>::new());
}
