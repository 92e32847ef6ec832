//! Every text file of the workspace, found from this package's own folder.

use std::fs;
use std::path::{Path, PathBuf};

/// Built, fetched or written at run time: not ours to judge.
const NOT_OURS: [&str; 3] = ["target", "data", "node_modules"];

/// One file: its path from the workspace's root, with forward slashes, and its text.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

/// The Rust sources, manifests and documents of the workspace.
pub(super) struct Tree {
    root: PathBuf,
    files: Vec<File>,
}

impl Tree {
    pub(super) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        walk(&root, "", &mut files);
        Self { root, files }
    }

    /// One file, by its path from the root.
    pub(super) fn file(&self, path: &str) -> File {
        let text = fs::read_to_string(self.root.join(path))
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        File {
            path: path.to_owned(),
            text,
        }
    }

    /// All Rust files, tests, benches and examples included.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.ending(".rs")
    }

    /// The Rust files under any package's `src`.
    pub(super) fn sources(&self) -> impl Iterator<Item = &File> {
        self.ending(".rs")
            .filter(|file| file.path.contains("/src/"))
    }

    /// The Rust files under one package's `src`.
    pub(super) fn sources_of(&self, package: &str) -> impl Iterator<Item = &File> {
        let start = format!("{package}/src/");
        self.sources()
            .filter(move |file| file.path.starts_with(&start))
    }

    /// Each package's manifest.
    pub(super) fn manifests(&self) -> impl Iterator<Item = &File> {
        self.ending("/Cargo.toml")
    }

    /// All Markdown.
    pub(super) fn documents(&self) -> impl Iterator<Item = &File> {
        self.ending(".md")
    }

    /// Whether a link in the document `from` finds a file or folder.
    pub(super) fn leads_to(&self, from: &str, target: &str) -> bool {
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        self.root.join(folder).join(target).exists()
    }

    /// Whether any Rust file has a function of this name.
    pub(super) fn has_function(&self, name: &str) -> bool {
        let opening = format!("fn {name}(");
        self.rust().any(|file| file.text.contains(&opening))
    }

    fn ending(&self, end: &'static str) -> impl Iterator<Item = &File> {
        self.files
            .iter()
            .filter(move |file| file.path.ends_with(end))
    }
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a folder's entry can be read");
        let name = entry
            .file_name()
            .into_string()
            .expect("file names are UTF-8");
        let kind = entry.file_type().expect("an entry has a type");
        let path = format!("{prefix}{name}");
        if kind.is_dir() && !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()) {
            walk(&entry.path(), &format!("{path}/"), files);
        } else if kind.is_file()
            && [".rs", ".md", "Cargo.toml"]
                .iter()
                .any(|end| name.ends_with(end))
        {
            let text =
                fs::read_to_string(entry.path()).unwrap_or_else(|error| panic!("{path}: {error}"));
            files.push(File { path, text });
        }
    }
}
