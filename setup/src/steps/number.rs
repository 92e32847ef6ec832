//! Step 2: the number that sends.

use whatsapp_cloud::{BusinessPhone, PhoneStatus};

use crate::{
    cli::WizardArgs, failure::Failure, fields::GraphId, graph, question::Question,
    terminal::Terminal,
};

/// Chooses among the account's numbers.
pub fn choose(
    args: &WizardArgs,
    numbers: &[BusinessPhone],
    previous: Option<&GraphId>,
    terminal: &mut Terminal,
) -> Result<BusinessPhone, Failure> {
    if numbers.is_empty() {
        return Err(Failure::failed(
            "the account has no phone number",
            "add one in WhatsApp Manager, Phone numbers, then run the same command again",
        ));
    }
    let place = match &args.phone_number_id {
        Some(id) => wanted(numbers, id)?,
        None => ask(numbers, previous, terminal)?,
    };
    let number = numbers[place].clone();
    terminal.say(&format!("Sends from {}", describe(&number)));
    if let Some(warning) = warning(&number) {
        terminal.say(&warning);
    }
    Ok(number)
}

fn wanted(numbers: &[BusinessPhone], id: &GraphId) -> Result<usize, Failure> {
    numbers
        .iter()
        .position(|number| number.id == id.as_str())
        .ok_or_else(|| {
            Failure::failed(
                format!("the account has no phone number {id}"),
                format!(
                    "give one of these with --phone-number-id: {}",
                    list_ids(numbers)
                ),
            )
        })
}

fn ask(
    numbers: &[BusinessPhone],
    previous: Option<&GraphId>,
    terminal: &mut Terminal,
) -> Result<usize, Failure> {
    let kept = previous.and_then(|id| numbers.iter().position(|number| number.id == id.as_str()));
    let default = kept.or((numbers.len() == 1).then_some(0));
    if default.is_none() && !terminal.can_ask() {
        return Err(Failure::usage(
            format!("the account has {} phone numbers", numbers.len()),
            format!(
                "give one of these with --phone-number-id: {}",
                list_ids(numbers)
            ),
        ));
    }
    let options: Vec<String> = numbers.iter().map(describe).collect();
    terminal.choose(Question::PhoneNumber, &options, default)
}

/// The business's own numbers are no secret: they stand on its messages.
fn describe(number: &BusinessPhone) -> String {
    let name = number.verified_name.as_deref().unwrap_or("no name");
    let quality = number
        .quality_rating
        .as_ref()
        .map_or("?", |quality| quality.as_str());
    let status = number.status.as_ref().map_or("?", |status| status.as_str());
    format!(
        "{}  {name}  quality {quality}  {status}",
        number.display_phone_number
    )
}

fn list_ids(numbers: &[BusinessPhone]) -> String {
    let lines: Vec<String> = numbers
        .iter()
        .map(|number| format!("{} ({})", number.id, number.display_phone_number))
        .collect();
    lines.join(", ")
}

fn warning(number: &BusinessPhone) -> Option<String> {
    match &number.status {
        None | Some(PhoneStatus::Connected) => None,
        Some(status) => Some(format!(
            "This number is {status}, not CONNECTED: Meta will refuse messages from it. You can go on.\n\
             To put it right, {}.",
            graph::number_remedy(status, &number.id)
        )),
    }
}
