//! Which package may depend on which; development dependencies are free.

use toml::Table;

/// Each package of the workspace, and those it may depend on in a build. A new package needs a row.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("otp-core", &[]),
    ("whatsapp-cloud", &[]),
    ("graph-simulator", &[]),
    ("otp-server", &["otp-core", "whatsapp-cloud"]),
    ("wa-setup", &["whatsapp-cloud"]),
];

pub(super) fn depends_downwards(manifest: &str) -> Vec<String> {
    let manifest: Table = match manifest.parse() {
        Ok(table) => table,
        Err(error) => return vec![format!("not TOML: {error}")],
    };
    let package = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str);
    let Some((package, may)) = MAY_DEPEND_ON
        .iter()
        .find(|(name, _)| Some(*name) == package)
    else {
        return vec![format!(
            "{package:?} has no row in MAY_DEPEND_ON: say what it may depend on"
        )];
    };
    let ours = dependencies(&manifest)
        .into_iter()
        .filter(|name| MAY_DEPEND_ON.iter().any(|(row, _)| row == name));
    let wrong = ours.filter(|name| !may.contains(&name.as_str()));
    wrong
        .map(|name| {
            format!("{package} may depend on {may:?}, not {name}, outside dev-dependencies")
        })
        .collect()
}

/// The names behind every kind of dependency that reaches a build, for all targets and for one.
fn dependencies(manifest: &Table) -> Vec<String> {
    let per_target = manifest
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(Table::values);
    let tables = per_target
        .filter_map(toml::Value::as_table)
        .chain([manifest]);
    let mut names = Vec::new();
    for table in tables {
        for kind in ["dependencies", "build-dependencies"] {
            let entries = table
                .get(kind)
                .and_then(toml::Value::as_table)
                .into_iter()
                .flatten();
            names.extend(entries.map(|(key, value)| renamed_from(value).unwrap_or(key).to_owned()));
        }
    }
    names
}

fn renamed_from(dependency: &toml::Value) -> Option<&str> {
    dependency.get("package")?.as_str()
}

fn manifest_of(package: &str, rest: &str) -> String {
    format!("[package]\nname = \"{package}\"\n{rest}\n")
}

#[test]
fn the_simulator_in_a_release_is_noticed() {
    for bad in [
        "[dependencies]\ngraph-simulator.workspace = true",
        "[build-dependencies]\ngraph-simulator.workspace = true",
        "[dependencies]\nstand-in = { package = \"graph-simulator\", path = \"..\" }",
        "[target.'cfg(unix)'.dependencies]\ngraph-simulator.workspace = true",
    ] {
        assert_eq!(
            depends_downwards(&manifest_of("otp-server", bad)).len(),
            1,
            "{bad}"
        );
    }
    let good = "[dev-dependencies]\ngraph-simulator.workspace = true\n[dependencies]\notp-core.workspace = true";
    assert_eq!(
        depends_downwards(&manifest_of("otp-server", good)),
        Vec::<String>::new()
    );
}

#[test]
fn client_and_simulator_sharing_code_is_noticed() {
    let shared = "[dependencies]\nwhatsapp-cloud.workspace = true";
    assert_eq!(
        depends_downwards(&manifest_of("graph-simulator", shared)).len(),
        1
    );
}

#[test]
fn a_package_that_nobody_placed_is_noticed() {
    assert_eq!(depends_downwards(&manifest_of("otp-common", "")).len(), 1);
}
