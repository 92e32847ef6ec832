//! A message as the person sees it.

use graph_simulator::SentMessage;

/// Characters between the frame's sides.
const WIDTH: usize = 48;

/// A framed bubble with the text, and a button as the phone would draw it.
pub(crate) fn draw(message: &SentMessage) -> String {
    let rule = "─".repeat(WIDTH + 2);
    // WhatsApp draws what stands between asterisks in bold.
    let text = message.text.replace('*', "");
    let text: String = text
        .lines()
        .flat_map(wrap)
        .map(|line| framed(&line))
        .collect();
    let button = framed(&format!("{:^WIDTH$}", "⧉ Copy code"));
    format!(
        "\n  WhatsApp on {to}\n  ┌{rule}┐\n{text}  ├{rule}┤\n{button}  └{rule}┘\n\n",
        to = message.to
    )
}

fn framed(line: &str) -> String {
    format!("  │ {line:<WIDTH$} │\n")
}

fn wrap(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_whitespace() {
        let last = lines.last_mut().expect("it starts with one line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}
