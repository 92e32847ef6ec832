//! Rules about values that somebody could find out by the time that a comparison takes.

/// The file where this type stands compares two of them in constant time, and in no other way.
pub(super) fn compares_in_constant_time(text: &str, name: &str) -> Vec<String> {
    let Some((before, _)) = text.split_once(&format!("struct {name}(")) else {
        return vec![format!("{name} is not here any more: say where it is")];
    };
    let attributes = before.rsplit("\n\n").next().unwrap_or_default();
    if attributes.contains("PartialEq") {
        return vec![format!(
            "{name} derives its comparison, which ends at the first byte that differs: use `subtle`"
        )];
    }
    let opening = format!("impl PartialEq for {name} {{");
    let Some((_, comparison)) = text.split_once(&opening) else {
        return vec![format!("{name} has no comparison of its own")];
    };
    let comparison = comparison.split("\n}").next().unwrap_or_default();
    let by_matches = comparison.contains("self.matches(other)")
        && text.contains(
            "pub fn matches(&self, other: &Self) -> bool {\n        self.0.ct_eq(&other.0).into()",
        );
    if by_matches || comparison.contains("self.0.ct_eq(&other.0).into()") {
        Vec::new()
    } else {
        vec![format!("{name} is not compared by `ct_eq` of `subtle`")]
    }
}

#[test]
fn another_comparison_is_noticed() {
    let good = "\
/// A hash.
#[derive(Clone)]
pub struct Hash([u8; 32]);

impl PartialEq for Hash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
";
    assert_eq!(compares_in_constant_time(good, "Hash").len(), 0);
    for (from, to) in [
        ("Clone", "Clone, PartialEq"),
        ("self.0.ct_eq(&other.0).into()", "self.0 == other.0"),
        ("PartialEq for Hash", "PartialEq for Other"),
        ("struct Hash", "struct Other"),
    ] {
        let bad = good.replace(from, to);
        assert_eq!(compares_in_constant_time(&bad, "Hash").len(), 1, "{bad}");
    }
    let through = good.replace("self.0.ct_eq(&other.0).into()", "self.matches(other)")
        + "    pub fn matches(&self, other: &Self) -> bool {\n        self.0.ct_eq(&other.0).into()\n    }\n";
    assert_eq!(compares_in_constant_time(&through, "Hash").len(), 0);
}
