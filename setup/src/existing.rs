//! What is there already under a template's name, and what it means for the plan: pure.

use whatsapp_cloud::{Template, TemplateCategory};

use crate::plan::Plan;

/// What the account holds under the planned name.
#[derive(Clone, Debug, PartialEq)]
pub enum Existing {
    /// Nothing, or not every language: create it.
    Nothing,
    /// The same template in every planned language: an earlier run, or someone else, made it.
    Same(Vec<Template>),
    /// Another template: what differs, in words.
    Different(String),
}

/// Compares the plan with what the account holds under its name.
#[must_use]
pub fn judge(plan: &Plan, templates: &[Template]) -> Existing {
    let named: Vec<&Template> = templates
        .iter()
        .filter(|template| template.name == plan.name.as_str())
        .collect();
    let mut same = Vec::new();
    for language in plan.languages.as_slice() {
        match named
            .iter()
            .find(|template| template.language == language.as_str())
        {
            None => {}
            Some(template) => match difference(plan, template) {
                Some(difference) => {
                    return Existing::Different(format!("{language}: {difference}"));
                }
                None => same.push((*template).clone()),
            },
        }
    }
    if same.len() == plan.languages.as_slice().len() {
        Existing::Same(same)
    } else {
        Existing::Nothing
    }
}

/// What Meta does not tell is not compared.
fn difference(plan: &Plan, template: &Template) -> Option<String> {
    if template.category != TemplateCategory::Authentication {
        return Some(format!(
            "its category is {}, not AUTHENTICATION",
            template.category
        ));
    }
    let wanted = plan.button.kind();
    if template
        .otp_type
        .as_ref()
        .is_some_and(|found| *found != wanted.otp_type())
    {
        return Some(format!("its button is not {wanted}"));
    }
    if template.code_expiration_minutes != plan.expiry.minutes() {
        let found = template
            .code_expiration_minutes
            .map_or("none".to_owned(), |minutes| minutes.to_string());
        return Some(format!("its expiry line says {found}, not {}", plan.expiry));
    }
    let wanted = plan.time_to_live.secs();
    match template.time_to_live_secs {
        Some(found) if found != wanted => {
            Some(format!("its time to live is {found} s, not {wanted} s"))
        }
        _ => None,
    }
}

/// The authentication templates that can be sent, one line a name: name, languages, button.
pub fn usable(templates: &[Template]) -> Vec<Usable> {
    let mut list: Vec<Usable> = Vec::new();
    for template in templates.iter().filter(|template| is_usable(template)) {
        match list.iter_mut().find(|usable| usable.name == template.name) {
            Some(usable) => usable.languages.push(template.language.clone()),
            None => list.push(Usable {
                name: template.name.clone(),
                id: template.id.clone(),
                languages: vec![template.language.clone()],
                button: template
                    .otp_type
                    .as_ref()
                    .map_or_else(|| "no OTP button".to_owned(), ToString::to_string),
            }),
        }
    }
    list
}

fn is_usable(template: &Template) -> bool {
    template.status.is_sendable() && template.category == TemplateCategory::Authentication
}

/// An approved authentication template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usable {
    /// Its name.
    pub name: String,
    /// The id of its first language.
    pub id: String,
    /// Its approved languages.
    pub languages: Vec<String>,
    /// Its button in Meta's word.
    pub button: String,
}

impl std::fmt::Display for Usable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} ({}; {})",
            self.name,
            self.languages.join(", "),
            self.button
        )
    }
}
