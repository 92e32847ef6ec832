//! What a run that is cut short leaves behind: the decided template, in a small file beside the output, without any secret.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use whatsapp_cloud::{SupportedApps, ZeroTapTerms};

use crate::{
    fields::{self, Invalid},
    plan::{Button, Plan},
    terminal::Answer,
};

const BYTES_MAX: u64 = 64 * 1024;

/// A template that was decided on, and perhaps created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The account.
    pub waba_id: String,
    /// The number that sends.
    pub phone_number_id: String,
    /// How far it got.
    pub stage: Stage,
    template: Decided,
}

/// How far a run got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The call was about to be made: the template may or may not be there.
    Creating,
    /// Meta has the template.
    Created,
}

/// A plan as text: what was typed is checked again when it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    name: String,
    button: Kind,
    apps: Vec<String>,
    languages: String,
    security_line: bool,
    expiry_minutes: String,
    ttl_seconds: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    CopyCode,
    OneTap,
    ZeroTap,
}

impl Progress {
    /// What to remember of a plan.
    #[must_use]
    pub fn of(waba_id: &str, phone_number_id: &str, plan: &Plan, stage: Stage) -> Self {
        let app = |app: &whatsapp_cloud::SupportedApp| {
            format!("{}={}", app.package_name, app.signature_hash)
        };
        let template = Decided {
            name: plan.name.to_string(),
            button: match plan.button {
                Button::CopyCode => Kind::CopyCode,
                Button::OneTap(_) => Kind::OneTap,
                Button::ZeroTap(..) => Kind::ZeroTap,
            },
            apps: plan.button.apps().iter().map(app).collect(),
            languages: plan.language_list(),
            security_line: plan.security_line == Answer::Yes,
            expiry_minutes: plan.expiry.to_string(),
            ttl_seconds: plan.time_to_live.secs(),
        };
        Self {
            waba_id: waba_id.to_owned(),
            phone_number_id: phone_number_id.to_owned(),
            stage,
            template,
        }
    }

    /// The plan again.
    pub fn plan(&self) -> Result<Plan, Invalid> {
        let decided = &self.template;
        let apps = || -> Result<SupportedApps, Invalid> {
            let apps = decided
                .apps
                .iter()
                .map(|app| fields::app(app))
                .collect::<Result<_, _>>()?;
            Ok(SupportedApps::new(apps)?)
        };
        Ok(Plan {
            name: fields::template_name(&decided.name)?,
            button: match decided.button {
                Kind::CopyCode => Button::CopyCode,
                Kind::OneTap => Button::OneTap(apps()?),
                // It is only remembered once they were accepted.
                Kind::ZeroTap => Button::ZeroTap(apps()?, ZeroTapTerms::Accepted),
            },
            languages: fields::languages(&decided.languages)?,
            security_line: if decided.security_line {
                Answer::Yes
            } else {
                Answer::No
            },
            expiry: fields::expiry(&decided.expiry_minutes)?,
            time_to_live: fields::time_to_live(&decided.ttl_seconds.to_string())?,
        })
    }

    /// The template's name, to tell the person which run this was.
    #[must_use]
    pub fn template_name(&self) -> &str {
        &self.template.name
    }
}

/// The progress file of one output file: `whatsapp-info.json` has `whatsapp-info.progress.json` beside it.
pub struct ProgressFile(PathBuf);

impl ProgressFile {
    /// Beside `output`.
    #[must_use]
    pub fn beside(output: &Path) -> Self {
        Self(output.with_extension("progress.json"))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What an earlier run left; `None` when there is nothing that can be gone on with.
    #[must_use]
    pub fn read(&self) -> Option<Progress> {
        let mut text = String::new();
        fs::File::open(&self.0)
            .ok()?
            .take(BYTES_MAX)
            .read_to_string(&mut text)
            .ok()?;
        let progress: Progress = serde_json::from_str(&text).ok()?;
        // A file that was edited into nonsense is worth no more than none.
        progress.plan().is_ok().then_some(progress)
    }

    /// Remembers, readable by its owner only.
    pub fn write(&self, progress: &Progress) -> io::Result<()> {
        if let Some(folder) = self
            .0
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            fs::create_dir_all(folder)?;
        }
        let fresh = self.0.with_extension("json.new");
        let text = serde_json::to_vec_pretty(progress)?;
        // A leftover of a run that was killed in here; it may carry other rights.
        let _ = fs::remove_file(&fresh);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&fresh, &self.0)
    }

    /// Forgets.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let apps =
            SupportedApps::new(vec![fields::app("com.example.app=K8a/AINcGX=").unwrap()]).unwrap();
        Plan {
            name: fields::template_name("otp").unwrap(),
            button: Button::ZeroTap(apps, ZeroTapTerms::Accepted),
            languages: fields::languages("es,en_US").unwrap(),
            security_line: Answer::No,
            expiry: fields::Expiry::Unsaid,
            time_to_live: fields::time_to_live("-1").unwrap(),
        }
    }

    #[test]
    fn a_plan_comes_back_as_it_was() {
        let progress = Progress::of("1", "2", &plan(), Stage::Creating);
        assert_eq!(progress.plan().unwrap(), plan());
    }

    #[test]
    fn the_file_is_for_its_owner_only_and_gone_after_removal() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = ProgressFile::beside(&folder.path().join("setup/whatsapp-info.json"));
        let progress = Progress::of("1", "2", &plan(), Stage::Created);
        file.write(&progress).unwrap();
        assert_eq!(
            fs::metadata(file.path()).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(file.read(), Some(progress));
        file.remove().unwrap();
        assert_eq!(file.read(), None);
        file.remove().unwrap();
    }

    #[test]
    fn a_file_that_was_edited_into_nonsense_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = ProgressFile::beside(&folder.path().join("info.json"));
        for text in ["", "{", "{\"waba_id\":1}", "[]"] {
            fs::write(file.path(), text).unwrap();
            assert_eq!(file.read(), None, "{text}");
        }
    }
}
