//! The apps that may receive the code: up to five, each with its package name and hash.

use whatsapp_cloud::{SupportedApp, SupportedApps};

use crate::{
    cli::WizardArgs,
    failure::Failure,
    fields::{self, Invalid},
    question::Question,
    terminal::{Answer, Terminal},
};

const SAMPLE_WORDS: &str = "\
The code goes to the apps that you name here, and to no other app on the phone.
The one offered, com.whatsapp.otp.sample, is Meta's sample app, for trying out.";

/// From flags, or asked one by one; a person is offered Meta's sample app first. Unattended it must be named: a template
/// that hands people's codes to somebody else's app is nothing to make by default.
pub fn settle(args: &WizardArgs, terminal: &mut Terminal) -> Result<SupportedApps, Failure> {
    let mut apps = Vec::new();
    for app in args.apps.iter().cloned() {
        fields::add_app(&mut apps, app).map_err(|refusal| refused(&refusal))?;
    }
    if apps.is_empty() {
        if !terminal.can_ask() {
            return Err(Failure::usage(
                "no app that may receive the code is named",
                app_hint(),
            ));
        }
        terminal.say(SAMPLE_WORDS);
        ask(&mut apps, terminal)?;
    }
    SupportedApps::new(apps).map_err(|refusal| refused(&refusal.into()))
}

fn ask(apps: &mut Vec<SupportedApp>, terminal: &mut Terminal) -> Result<(), Failure> {
    loop {
        let sample = apps.is_empty().then(fields::sample_app);
        let package = terminal.ask(
            Question::AppPackage,
            sample.map(|(package, _)| package),
            fields::package_name,
        )?;
        // The sample's hash goes with the sample's name only.
        let hash = sample
            .filter(|(name, _)| *name == package.as_str())
            .map(|(_, hash)| hash);
        let hash = terminal.ask(Question::AppHash, hash, fields::signature_hash)?;
        if let Err(refusal) = fields::add_app(
            apps,
            SupportedApp {
                package_name: package,
                signature_hash: hash,
            },
        ) {
            terminal.say(&refusal.to_string());
        }
        if apps.len() == SupportedApps::COUNT_MAX
            || terminal.confirm(Question::AnotherApp, Answer::No)? == Answer::No
        {
            return Ok(());
        }
    }
}

/// How to name an app, one's own or Meta's sample app.
#[must_use]
pub fn app_hint() -> String {
    let (package, hash) = fields::sample_app();
    format!(
        "name your Android app with --app PACKAGE=HASH (`wa-setup app-hash` computes the hash), or Meta's sample app with --app {package}={hash}"
    )
}

/// Says so of Meta's sample app; nothing of others.
#[must_use]
pub fn whose(app: &SupportedApp) -> &'static str {
    if app.package_name.as_str() == fields::sample_app().0 {
        " (Meta's sample app)"
    } else {
        ""
    }
}

fn refused(refusal: &Invalid) -> Failure {
    Failure::usage(
        refusal.to_string(),
        "give --app PACKAGE=HASH, one to five times, each app once",
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    fn no_flags() -> WizardArgs {
        Cli::parse_from(["wa-setup"]).wizard
    }

    #[test]
    fn blank_answers_take_metas_sample_app() {
        let apps = settle(&no_flags(), &mut Terminal::script(&["", "", ""])).unwrap();
        assert_eq!(
            apps.as_slice()[0].package_name.as_str(),
            "com.whatsapp.otp.sample"
        );
        assert_eq!(apps.as_slice()[0].signature_hash.as_str(), "K8a/AINcGX7");
    }

    #[test]
    fn a_person_is_told_whose_the_offered_app_is_and_nobody_gets_it_unasked() {
        let mut terminal = Terminal::script(&["", "", ""]);
        let apps = settle(&no_flags(), &mut terminal).unwrap();
        assert!(terminal.transcript().contains("is Meta's sample app"));
        assert_eq!(whose(&apps.as_slice()[0]), " (Meta's sample app)");
        let refused = settle(&no_flags(), &mut Terminal::Nobody).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("--app com.whatsapp.otp.sample=K8a/AINcGX7")
        );
    }

    #[test]
    fn after_the_fifth_app_no_other_is_asked_for() {
        let names: Vec<String> = (1..=5).map(|n| format!("com.example.app{n}")).collect();
        let mut answers: Vec<&str> = names
            .iter()
            .flat_map(|name| [name.as_str(), "mIUZlWc9O8G", "y"])
            .collect();
        answers.pop();
        assert_eq!(
            settle(&no_flags(), &mut Terminal::script(&answers))
                .unwrap()
                .as_slice()
                .len(),
            5
        );
    }

    #[test]
    fn an_app_that_is_in_the_list_already_is_said_and_left_out() {
        let mut terminal =
            Terminal::script(&["", "", "y", "com.whatsapp.otp.sample", "K8a/AINcGX7", "n"]);
        assert_eq!(
            settle(&no_flags(), &mut terminal).unwrap().as_slice().len(),
            1
        );
        assert!(
            terminal
                .transcript()
                .contains("com.whatsapp.otp.sample is in the list already")
        );
    }
}
