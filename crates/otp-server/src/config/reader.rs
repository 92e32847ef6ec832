//! Reads a TOML table setting by setting. Asking for a setting declares it, so that there is one list of
//! settings: what was never asked for is unknown, and a wrong value is noted while reading goes on.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{
    kind::{self, Kind},
    setting::{Notes, Setting},
};

/// Files that a setting points to (secrets, lists of keys) are small; anything larger is a mistake.
const MAX_SIDE_FILE_BYTES: u64 = 64 * 1024;

/// One reading of a whole configuration.
pub(super) struct Reader<'a> {
    table: Table,
    /// Keys whose value did not come from the file, with the name of the flag and variable it came from.
    origins: BTreeMap<String, &'static str>,
    working_dir: &'a Path,
    settings: Vec<Setting>,
    unknown: Vec<String>,
    pub(super) notes: Notes,
}

impl<'a> Reader<'a> {
    pub(super) fn new(table: Table, working_dir: &'a Path) -> Self {
        Self {
            table,
            origins: BTreeMap::new(),
            working_dir,
            settings: Vec::new(),
            unknown: Vec::new(),
            notes: Notes::default(),
        }
    }

    /// Lets a value from the command line or the environment win over the file's.
    pub(super) fn overrule(&mut self, key: &str, origin: &'static str, value: Value) {
        let (table, leaf) = match key.split_once('.') {
            None => (&mut self.table, key),
            Some((section, leaf)) => {
                let table = self
                    .table
                    .entry(section)
                    .or_insert_with(|| Value::Table(Table::new()));
                // A section that is not a table is reported when it is read.
                let Value::Table(table) = table else { return };
                (table, leaf)
            }
        };
        table.insert(leaf.to_owned(), value);
        self.origins.insert(key.to_owned(), origin);
    }

    /// Reads the section `[name]`; what it leaves unasked is unknown.
    pub(super) fn section<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_, 'a>) -> T,
    ) -> T {
        let given = self.table.remove(name);
        let table = self.as_section(name, given);
        self.read_section(name, Declaring::Each, table, read)
    }

    /// Reads every section `[name.WORD]`, where the words are the operator's own. Their settings
    /// are declared once for all, as `name.NAME.key`.
    pub(super) fn sections<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&mut Section<'_, 'a>) -> T,
    ) -> BTreeMap<String, T> {
        let given = self.table.remove(name);
        let sections = self.as_section(name, given);
        let placeholder = format!("{name}.{ANY_NAME}");
        self.read_section(&placeholder, Declaring::Each, Table::new(), &read);
        let mut found = BTreeMap::new();
        for (word, given) in sections {
            let name = format!("{name}.{word}");
            let table = self.as_section(&name, Some(given));
            found.insert(
                word,
                self.read_section(&name, Declaring::Nothing, table, &read),
            );
        }
        found
    }

    fn as_section(&mut self, name: &str, given: Option<Value>) -> Table {
        match given {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => {
                let wrong = format!("is {}, not a section", kind::name_of(&other));
                self.notes
                    .problem(name, wrong, format!("write [{name}] and its keys below it"));
                Table::new()
            }
        }
    }

    /// Reads the keys above all sections. Goes last: what is left over then belongs to nobody.
    pub(super) fn top<T>(&mut self, read: impl FnOnce(&mut Section<'_, 'a>) -> T) -> T {
        let table = std::mem::take(&mut self.table);
        self.read_section("", Declaring::Each, table, read)
    }

    fn read_section<T>(
        &mut self,
        name: &str,
        declaring: Declaring,
        table: Table,
        read: impl FnOnce(&mut Section<'_, 'a>) -> T,
    ) -> T {
        let mut section = Section {
            reader: self,
            name: name.to_owned(),
            declaring,
            table,
        };
        let result = read(&mut section);
        let left: Vec<String> = section.table.keys().map(|leaf| section.key(leaf)).collect();
        self.unknown.extend(left);
        result
    }

    /// Reports the unknown keys and hands out every declared setting and everything noticed.
    pub(super) fn finish(mut self) -> (Vec<Setting>, Notes) {
        for key in std::mem::take(&mut self.unknown) {
            let advice = match nearest(&key, &self.settings) {
                Some(known) => format!("did you mean {}?", as_named_in(&key, known)),
                None => "remove it, or see the example file for the known ones".to_owned(),
            };
            self.notes.problem(key, "is not a setting", advice);
        }
        (self.settings, self.notes)
    }
}

/// Stands for the operator's own word in the declared key of a section of that name.
const ANY_NAME: &str = "NAME";

/// The known key with the word that stands in this one, where it is one of the same sections.
fn as_named_in(key: &str, known: &str) -> String {
    let Some((before, after)) = known.split_once(ANY_NAME) else {
        return known.to_owned();
    };
    let word = key
        .strip_prefix(before)
        .and_then(|rest| rest.rsplit_once('.'))
        .map_or(ANY_NAME, |(word, _)| word);
    format!("{before}{word}{after}")
}

/// The declared key that a person most likely meant: the same word elsewhere, or a similar one.
fn nearest<'s>(key: &str, settings: &'s [Setting]) -> Option<&'s str> {
    const SIMILAR: f64 = 0.8;
    let leaf_of = |key: &'s str| key.rsplit('.').next().unwrap_or(key);
    let asked = key.rsplit('.').next().unwrap_or(key);
    settings
        .iter()
        .map(|setting| {
            let by_leaf = strsim::jaro_winkler(asked, leaf_of(&setting.key));
            let whole = strsim::jaro_winkler(key, &setting.key);
            (by_leaf.max(whole), whole, setting.key.as_str())
        })
        .filter(|(likeness, ..)| *likeness > SIMILAR)
        // Of the same word in several sections, the one whose section is the most alike.
        .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(.., known)| known)
}

/// Whether a section's settings are declared while it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declaring {
    /// Each of them.
    Each,
    /// None: they are declared already.
    Nothing,
}

/// One section while it is being read.
pub(super) struct Section<'r, 'a> {
    reader: &'r mut Reader<'a>,
    name: String,
    declaring: Declaring,
    table: Table,
}

impl Section<'_, '_> {
    /// Whether a value was given, right or wrong. Ask before it is read.
    pub(super) fn is_set(&self, leaf: &str) -> bool {
        self.table.contains_key(leaf)
    }

    /// A setting with a default.
    pub(super) fn value<T: Clone>(
        &mut self,
        leaf: &'static str,
        kind: Kind<T>,
        default: impl Into<Value>,
        doc: &'static str,
    ) -> T {
        let default = default.into();
        let fallback = (kind.convert)(&default);
        let given = self.take(leaf, kind, Some(default), doc);
        // A default that is not allowed is a mistake in the declaration; every test would find it.
        given.unwrap_or_else(|| fallback.expect("a default is an allowed value"))
    }

    /// A setting that may be absent.
    pub(super) fn optional<T>(
        &mut self,
        leaf: &'static str,
        kind: Kind<T>,
        doc: &'static str,
    ) -> Option<T> {
        self.take(leaf, kind, None, doc)
    }

    /// A path, relative to the working directory.
    pub(super) fn path(&mut self, leaf: &'static str, default: &str, doc: &'static str) -> PathBuf {
        let path = self.value(leaf, kind::path(), default, doc);
        self.reader.working_dir.join(path)
    }

    /// A path that may be absent, relative to the working directory.
    pub(super) fn optional_path(
        &mut self,
        leaf: &'static str,
        doc: &'static str,
    ) -> Option<PathBuf> {
        let path = self.optional(leaf, kind::path(), doc)?;
        Some(self.reader.working_dir.join(path))
    }

    /// A text that may stand in the configuration (`leaf`) or in a file of its own (`leaf_file`), not both.
    pub(super) fn text_or_file(
        &mut self,
        (leaf, doc): (&'static str, &'static str),
        (file_leaf, file_doc): (&'static str, &'static str),
    ) -> Option<String> {
        let inline = self.optional(leaf, kind::text(), doc);
        let path = self.optional_path(file_leaf, file_doc);
        self.forbid_both(leaf, inline.is_some(), file_leaf, path.is_some());
        inline.or_else(|| self.read_file(file_leaf, &path?))
    }

    /// Notes a problem when two settings that exclude each other are both set.
    pub(super) fn forbid_both(&mut self, leaf: &str, set: bool, other: &str, other_set: bool) {
        if set && other_set {
            let wrong = format!("is set together with {}", self.key(other));
            self.problem(leaf, wrong, "set one of the two");
        }
    }

    /// The trimmed text of a file that a setting points to; trouble is noted, and the text never shown.
    pub(super) fn read_file(&mut self, leaf: &str, path: &Path) -> Option<String> {
        let text = read_small_file(path, MAX_SIDE_FILE_BYTES).and_then(|text| match text.trim() {
            "" => Err("is empty".to_owned()),
            trimmed => Ok(trimmed.to_owned()),
        });
        text.map_err(|wrong| {
            let wrong = format!("{} {wrong}", path.display());
            self.problem(leaf, wrong, "name a readable text file");
        })
        .ok()
    }

    /// Notes a problem with a setting of this section.
    pub(super) fn problem(
        &mut self,
        leaf: &str,
        wrong: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        let key = self.key(leaf);
        let place = match self.reader.origins.get(&key) {
            Some(origin) => format!("{key} (from {origin})"),
            None => key,
        };
        self.reader.notes.problem(place, wrong, allowed);
    }

    fn take<T>(
        &mut self,
        leaf: &'static str,
        kind: Kind<T>,
        default: Option<Value>,
        doc: &'static str,
    ) -> Option<T> {
        let given = self.table.remove(leaf);
        let result = given.map(|value| (kind.convert)(&value)).transpose();
        let value = result.unwrap_or_else(|wrong| {
            self.problem(leaf, wrong, format!("allowed: {}", kind.allowed));
            None
        });
        if self.declaring == Declaring::Each {
            self.reader.settings.push(Setting {
                key: self.key(leaf),
                allowed: kind.allowed,
                default,
                doc,
            });
        }
        value
    }

    fn key(&self, leaf: &str) -> String {
        match self.name.as_str() {
            "" => leaf.to_owned(),
            section => format!("{section}.{leaf}"),
        }
    }
}

/// The whole of a small text file, or what is wrong with it, in words that follow its name.
pub(super) fn read_small_file(path: &Path, max_bytes: u64) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let about = fs::metadata(path).map_err(cannot)?;
    if about.is_dir() {
        return Err("is a directory".to_owned());
    }
    if about.len() > max_bytes {
        return Err(format!("is larger than {max_bytes} bytes"));
    }
    let bytes = fs::read(path).map_err(cannot)?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}
