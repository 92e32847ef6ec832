//! Which of the languages that are there suits a person.

/// Picks from `approved` for someone who reads `wanted`, best first: the exact locale, else the
/// same language from another country, else `default`. WhatsApp itself never falls back.
pub(super) fn choose<'a>(wanted: &[String], approved: &'a [String], default: &'a str) -> &'a str {
    let exact = |tag: &str| approved.iter().find(|one| same(one, tag));
    let sibling = |tag: &str| {
        let plain = approved.iter().find(|one| same(one, primary(tag)));
        // The default is the better sibling: en-AU gets en_US, not en_GB, where that is the default.
        let by_default = approved
            .iter()
            .find(|one| *one == default && same(primary(one), primary(tag)));
        plain
            .or(by_default)
            .or_else(|| approved.iter().find(|one| same(primary(one), primary(tag))))
    };
    wanted
        .iter()
        .find_map(|tag| exact(tag).or_else(|| sibling(tag)))
        .map_or(default, String::as_str)
}

/// Meta writes `pt_BR`, browsers write `pt-BR`, some write `pt-br`.
fn same(left: &str, right: &str) -> bool {
    let unify = |byte: u8| {
        if byte == b'-' {
            b'_'
        } else {
            byte.to_ascii_lowercase()
        }
    };
    left.len() == right.len() && left.bytes().map(unify).eq(right.bytes().map(unify))
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::choose;

    fn chosen<'a>(wanted: &[&str], approved: &'a [String]) -> &'a str {
        let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        choose(&wanted, approved, "en_US")
    }

    #[test]
    fn the_exact_locale_wins_over_the_language_and_the_language_over_the_default() {
        let approved = ["en_US", "en_GB", "pt_BR", "pt_PT", "es"].map(String::from);
        assert_eq!(chosen(&["pt-pt"], &approved), "pt_PT");
        assert_eq!(chosen(&["pt-AO"], &approved), "pt_BR");
        assert_eq!(chosen(&["es-MX"], &approved), "es");
        assert_eq!(chosen(&["en-AU"], &approved), "en_US");
        assert_eq!(chosen(&["ja"], &approved), "en_US");
        assert_eq!(chosen(&[], &approved), "en_US");
    }

    #[test]
    fn the_first_language_that_can_be_served_is_used() {
        let approved = ["en_US", "de"].map(String::from);
        assert_eq!(chosen(&["ja-JP", "de-AT", "en-US"], &approved), "de");
    }
}
