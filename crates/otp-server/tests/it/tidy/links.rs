//! Finds what a Markdown document says is in this tree: links, paths, names of tests.

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

/// Source paths that a document names as code, and that are not there.
pub(super) fn lost_paths(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let paths = code_spans(text)
        .into_iter()
        .filter(|span| is_source_path(span));
    let lost = paths.filter(|path| !exists(path));
    lost.map(|path| format!("there is no `{path}` any more"))
        .collect()
}

/// Tests that a document names as code, and that no source file has.
pub(super) fn lost_tests(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let tests = code_spans(text)
        .into_iter()
        .filter(|span| is_sentence(span));
    let lost = tests.filter(|test| !exists(test));
    lost.map(|test| format!("no test is called `{test}` any more"))
        .collect()
}

/// What stands between backquotes within a line.
fn code_spans(text: &str) -> Vec<&str> {
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect()
}

fn is_source_path(span: &str) -> bool {
    let starts = ["crates/", "setup/src/"]
        .iter()
        .any(|start| span.starts_with(start));
    starts && !span.contains([' ', '*', '{', '<'])
}

/// Tests are named by sentences: lower-case words, five or more.
fn is_sentence(span: &str) -> bool {
    let words = span.split('_').count();
    words >= 5
        && span
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[test]
fn a_path_or_a_test_that_is_gone_is_noticed() {
    let text = "See `crates/a.rs`, shown by `the_right_code_is_accepted_once`; not `max_size` or `crates/*`.";
    assert_eq!(lost_paths(text, |_| false).len(), 1);
    assert_eq!(lost_tests(text, |_| false).len(), 1);
    assert_eq!(
        lost_paths(text, |_| true).len() + lost_tests(text, |_| true).len(),
        0
    );
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
