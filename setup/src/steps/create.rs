//! Step 5: the template is created, unless it is there already.

use whatsapp_cloud::{GraphError, Refusal, Template, TemplateFilter, TemplateStatus};

use super::{account::Account, template};
use crate::{
    existing::{self, Existing},
    failure::Failure,
    graph,
    plan::{Creation, Plan},
    progress::{Progress, ProgressFile, Stage},
    question::Question,
    terminal::{Answer, Terminal},
};

/// Refused names and lost answers in a row before it is given up.
const TRIES_MAX: u32 = 5;

/// Meta's code for values that it does not take.
const INVALID_PARAMETER: i64 = 100;

/// A template that Meta has, in one language.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id.
    pub id: String,
    /// Its language.
    pub language: String,
    /// Where it stands.
    pub status: TemplateStatus,
}

impl Made {
    fn from_template(template: Template) -> Self {
        Self {
            id: template.id,
            language: template.language,
            status: template.status,
        }
    }
}

/// What the step needs besides the plan.
pub struct Site<'a> {
    /// The account.
    pub account: &'a Account,
    /// The number that will send.
    pub phone_number_id: &'a str,
    /// Where a run that is cut short is remembered.
    pub progress: &'a ProgressFile,
}

/// Creates it; a refused name is asked again. Gives the plan back, since its name may have changed.
pub async fn settle(
    site: &Site<'_>,
    mut plan: Plan,
    terminal: &mut Terminal,
) -> Result<(Plan, Vec<Made>), Failure> {
    for _ in 0..TRIES_MAX {
        let waba_id = site.account.waba_id.as_str();
        let named = site
            .account
            .client
            .templates(waba_id, &TemplateFilter::by_name(plan.name.as_str()))
            .await;
        let named = named.map_err(|error| graph::failure("looking for the template", &error))?;
        match existing::judge(&plan, &named) {
            Existing::Same(templates) => {
                terminal.say(&format!(
                    "The template {} is there already, exactly so: using it.",
                    plan.name
                ));
                site.remember(&plan, Stage::Created)?;
                return Ok((
                    plan,
                    templates.into_iter().map(Made::from_template).collect(),
                ));
            }
            Existing::Different(difference) => rename(&mut plan, &difference, terminal)?,
            Existing::Nothing => match site.create(&plan, terminal).await? {
                Outcome::Made(made) => return Ok((plan, made)),
                Outcome::NameAgain => plan.name = template::ask_name(plan.name.as_str(), terminal)?,
                Outcome::LookAgain => {}
            },
        }
    }
    Err(Failure::failed(
        "the template could not be created",
        "wait a minute and run the same command again, it looks first",
    ))
}

fn rename(plan: &mut Plan, difference: &str, terminal: &mut Terminal) -> Result<(), Failure> {
    let message = format!(
        "there is another template {} already; {difference}",
        plan.name
    );
    if !terminal.can_ask() {
        return Err(Failure::failed(
            message,
            format!(
                "give another --template-name, or use the one that is there with --use-template {}",
                plan.name
            ),
        ));
    }
    terminal.say(&format!("Not so: {message}. Type another name."));
    plan.name = template::ask_name(&format!("{}_2", plan.name), terminal)?;
    Ok(())
}

/// How one attempt ended.
enum Outcome {
    Made(Vec<Made>),
    NameAgain,
    LookAgain,
}

impl Site<'_> {
    fn remember(&self, plan: &Plan, stage: Stage) -> Result<(), Failure> {
        let progress = Progress::of(
            self.account.waba_id.as_str(),
            self.phone_number_id,
            plan,
            stage,
        );
        self.progress.write(&progress).map_err(|cause| {
            Failure::failed(
                format!("cannot write {}: {cause}", self.progress.path().display()),
                "choose a folder that can be written with --output",
            )
        })
    }

    async fn create(&self, plan: &Plan, terminal: &mut Terminal) -> Result<Outcome, Failure> {
        // Remembered first: a run that dies during the call must look for the template when it comes back.
        self.remember(plan, Stage::Creating)?;
        let spinner = terminal.spin(&format!("Creating the template {} ..", plan.name));
        let made = self.call(plan).await;
        drop(spinner);
        match made {
            Ok(made) => {
                self.remember(plan, Stage::Created)?;
                terminal.say(&format!(
                    "Created the template {} ({}).",
                    plan.name,
                    plan.language_list()
                ));
                Ok(Outcome::Made(made))
            }
            Err(error @ GraphError::Uncertain(_)) if terminal.can_ask() => {
                terminal.say(&format!("{error}. Looking whether it is there."));
                match terminal.confirm(Question::TryAgain, Answer::Yes)? {
                    Answer::Yes => Ok(Outcome::LookAgain),
                    Answer::No => Err(graph::failure("creating the template", &error)),
                }
            }
            Err(error @ GraphError::Uncertain(_)) => {
                Err(graph::failure("creating the template", &error))
            }
            Err(error) => self.refused(&error, terminal),
        }
    }

    /// Nothing was created, so there is nothing to go on with.
    fn refused(&self, error: &GraphError, terminal: &mut Terminal) -> Result<Outcome, Failure> {
        let _ = self.progress.remove();
        match error {
            GraphError::Refused(refusal)
                if refusal.code == INVALID_PARAMETER && terminal.can_ask() =>
            {
                terminal.say(&format!("Meta refused: {}", words(refusal)));
                Ok(Outcome::NameAgain)
            }
            GraphError::Refused(refusal) => Err(Failure::failed(
                format!("Meta refused the template: {}", words(refusal)),
                graph::hint(error),
            )),
            error => Err(graph::failure("creating the template", error)),
        }
    }

    async fn call(&self, plan: &Plan) -> Result<Vec<Made>, GraphError> {
        let (client, waba_id) = (&self.account.client, self.account.waba_id.as_str());
        match plan.creation() {
            Ok(Creation::One(template)) => {
                let created = client.create_template(waba_id, &template).await?;
                let language = template.language().as_str().to_owned();
                Ok(vec![Made {
                    id: created.id,
                    language,
                    status: created.status,
                }])
            }
            Ok(Creation::Several(upsert)) => {
                let made = client.upsert_templates(waba_id, &upsert).await?;
                Ok(made
                    .into_iter()
                    .map(|one| Made {
                        id: one.id,
                        language: one.language,
                        status: one.status,
                    })
                    .collect())
            }
            // The plan's parts are checked types; only labels could clash, and the wizard sets none.
            Err(_) => Err(GraphError::NotSent(whatsapp_cloud::NotSent::Malformed(
                "the template's parts do not fit together",
            ))),
        }
    }
}

/// Meta's words for people when it has some, and the whole error behind them.
fn words(refusal: &Refusal) -> String {
    match (&refusal.user_title, &refusal.user_message) {
        (Some(title), Some(message)) => format!(
            "{title}: {message} (code {}{})",
            refusal.code,
            trace(refusal)
        ),
        _ => refusal.to_string(),
    }
}

fn trace(refusal: &Refusal) -> String {
    refusal
        .fbtrace_id
        .as_ref()
        .map(|id| format!(", fbtrace {id}"))
        .unwrap_or_default()
}
