//! The house rules that no compiler holds: where things live, and who may know of whom.
//!
//! Each rule is a function from a text to complaints, shown to fail on a bad sample beside it; the
//! tests here ask it of every file in the tree.

mod layers;
mod links;
mod manifests;
mod paths;
mod secrets;
mod shape;
mod tree;

use self::tree::{File, Tree};

/// Fails with every complaint at once, each on its line.
fn hold(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Asks one rule of some files, and puts each file's name before what it finds.
fn ask<'a>(
    files: impl IntoIterator<Item = &'a File>,
    rule: impl Fn(&File) -> Vec<String>,
) -> Vec<String> {
    let mut asked = 0;
    let mut complaints = Vec::new();
    for file in files {
        asked += 1;
        complaints.extend(
            rule(file)
                .into_iter()
                .map(|complaint| format!("{}: {complaint}", file.path)),
        );
    }
    assert!(
        asked > 0,
        "the rule found no file to look at, so it would never complain"
    );
    complaints
}

#[test]
fn a_module_with_parts_is_name_rs_beside_its_folder() {
    let tree = Tree::read();
    hold(ask(tree.rust(), |file| shape::no_mod_rs(&file.path)));
}

#[test]
fn every_source_file_says_on_its_first_line_what_room_it_is() {
    let tree = Tree::read();
    hold(ask(tree.rust(), |file| {
        shape::opens_with_its_purpose(&file.text)
    }));
}

#[test]
fn no_source_file_outgrows_400_lines() {
    let tree = Tree::read();
    hold(ask(tree.sources(), |file| {
        shape::at_most_lines(&file.text, 400)
    }));
}

#[test]
fn the_justfile_stays_within_80_lines() {
    let tree = Tree::read();
    hold(shape::at_most_lines(&tree.file("justfile").text, 80));
}

#[test]
fn a_module_of_the_server_imports_only_what_lies_below_it() {
    let tree = Tree::read();
    hold(ask(tree.sources_of("crates/otp-server"), |file| {
        layers::imports_downwards(&file.path, &file.text)
    }));
}

#[test]
fn each_outside_library_stays_with_the_module_that_wraps_it() {
    let tree = Tree::read();
    hold(ask(tree.sources_of("crates/otp-server"), |file| {
        layers::libraries_stay_home(&file.path, &file.text)
    }));
}

#[test]
fn only_a_face_chooses_a_status() {
    let tree = Tree::read();
    let outside_http = tree
        .sources_of("crates/otp-server")
        .filter(|file| layers::module(&file.path) != Some("http"));
    hold(ask(outside_http, |file| {
        layers::chooses_no_status(&file.text)
    }));
}

#[test]
fn the_rules_read_no_clock_no_chance_no_file_and_no_network() {
    let tree = Tree::read();
    hold(ask(tree.sources_of("crates/otp-core"), |file| {
        layers::is_pure(&file.text)
    }));
}

#[test]
fn only_a_config_module_reads_an_environment_variable() {
    let tree = Tree::read();
    let outside_config = tree
        .sources()
        .filter(|file| layers::module(&file.path) != Some("config"));
    hold(ask(outside_config, |file| {
        layers::reads_no_variable(&file.text)
    }));
}

#[test]
fn the_servers_environment_twins_stand_in_its_configuration_alone() {
    let tree = Tree::read();
    let outside_config = tree
        .sources_of("crates/otp-server")
        .filter(|file| layers::module(&file.path) != Some("config"));
    hold(ask(outside_config, |file| {
        layers::declares_no_variable(&file.text)
    }));
}

#[test]
fn a_package_depends_only_on_the_packages_drawn_below_it() {
    let tree = Tree::read();
    hold(ask(tree.manifests(), |file| {
        manifests::depends_downwards(&file.text)
    }));
}

#[test]
fn the_example_account_file_holds_the_four_keys_as_strings() {
    let tree = Tree::read();
    hold(shape::is_account_file(
        &tree.file("whatsapp-info.example.json").text,
    ));
}

#[test]
fn every_link_between_our_documents_leads_somewhere() {
    let tree = Tree::read();
    hold(ask(tree.documents(), |file| {
        links::dead(&file.text, |target| tree.leads_to(&file.path, target))
    }));
}

#[test]
fn every_source_path_that_our_documents_name_is_there() {
    let tree = Tree::read();
    hold(ask(tree.documents(), |file| {
        links::lost_paths(&file.text, |path| tree.leads_to("", path))
    }));
}

#[test]
fn every_test_that_the_security_page_names_is_there() {
    let tree = Tree::read();
    let page = tree.file("SECURITY.md");
    hold(links::lost_tests(&page.text, |test| {
        tree.has_function(test)
    }));
}

#[test]
fn digests_of_codes_and_keys_are_compared_in_constant_time() {
    let tree = Tree::read();
    for (path, name) in [
        ("crates/otp-core/src/keys.rs", "CodeDigest"),
        ("crates/otp-server/src/config/keys.rs", "KeyHash"),
    ] {
        let file = tree.file(path);
        hold(secrets::compares_in_constant_time(&file.text, name));
    }
}
