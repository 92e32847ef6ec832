//! Reads out of Rust source which names it reaches for; simple, as rustfmt leaves little to guess.

/// The source less its comments and its inline test modules.
pub(super) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let opens_tests =
            line == "#[cfg(test)]" && lines.peek().is_some_and(|next| opens_module(next));
        if opens_tests {
            lines.by_ref().find(|line| *line == "}");
            continue;
        }
        let is_comment = line.trim_start().starts_with("//");
        if !is_comment {
            code.push_str(line.split(" // ").next().unwrap_or(line));
            code.push('\n');
        }
    }
    code
}

/// Whether `word` stands in the code as a name of its own.
pub(super) fn names(code: &str, word: &str) -> bool {
    starts_of(code, word).any(|start| !code[start + word.len()..].starts_with(is_name))
}

/// The names right behind `root::`, those of a group included: for `root::{a::b, c}`, a and c.
pub(super) fn names_under(code: &str, root: &str) -> Vec<String> {
    let path = format!("{root}::");
    let mut found = Vec::new();
    for start in starts_of(code, &path) {
        let rest = &code[start + path.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(members(group)),
            None => found.push(first_name(rest)),
        }
    }
    found
}

/// The first names of a group's members, up to its closing brace.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut member_starts = vec![0];
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => member_starts.push(at + 1),
            _ => {}
        }
    }
    let named = member_starts
        .into_iter()
        .map(|start| first_name(group[start..].trim_start()));
    named.filter(|name| !name.is_empty()).collect()
}

fn first_name(text: &str) -> String {
    if text.starts_with('*') {
        return "*".to_owned();
    }
    text.chars().take_while(|letter| is_name(*letter)).collect()
}

/// Where `text` begins in the code, not counting the middle of a longer name.
fn starts_of<'a>(code: &'a str, text: &'a str) -> impl Iterator<Item = usize> + 'a {
    let begins_a_name = |start: &usize| !code[..*start].ends_with(is_name);
    code.match_indices(text)
        .map(|(start, _)| start)
        .filter(begins_a_name)
}

fn opens_module(line: &str) -> bool {
    line.starts_with("mod ") && line.ends_with('{')
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[test]
fn a_grouped_import_gives_up_all_its_names() {
    let code = "use crate::{\n    http::{self, Face},\n    store,\n    *,\n};\nuse mycrate::other;\nfn f() { crate::app::run() }";
    assert_eq!(names_under(code, "crate"), ["http", "store", "*", "app"]);
}

#[test]
fn comments_and_test_modules_are_not_code() {
    let text = "//! crate::a\nlet x = 1; // crate::b\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}\nuse crate::d;\n";
    assert_eq!(names_under(&code(text), "crate"), ["d"]);
}

#[test]
fn a_test_module_in_a_file_of_its_own_hides_nothing_behind_it() {
    assert_eq!(
        names_under(&code("#[cfg(test)]\nmod tests;\nuse crate::d;\n"), "crate"),
        ["d"]
    );
}

#[test]
fn a_name_inside_a_longer_one_is_another_name() {
    assert!(names("let at: Instant;", "Instant"));
    assert!(!names("let at: InstantLike;", "Instant"));
    assert!(!names("let at: AnInstant;", "Instant"));
}
