//! A message as the person sees it.

use graph_simulator::SentMessage;

/// Characters between the frame's sides.
const WIDTH: usize = 48;

/// A framed bubble with the text, and a button as the phone would draw it.
pub fn draw(message: &SentMessage) -> String {
    let rule = "─".repeat(WIDTH + 2);
    let mut screen = format!("\n  WhatsApp on {}\n  ┌{rule}┐\n", message.to);
    for line in message.text.lines().flat_map(wrap) {
        screen.push_str(&framed(&line));
    }
    screen.push_str(&format!("  ├{rule}┤\n"));
    screen.push_str(&framed(&format!("{:^WIDTH$}", "⧉ Copy code")));
    screen.push_str(&format!("  └{rule}┘\n\n"));
    screen
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
