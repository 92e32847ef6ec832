//! The message as the person will see it, drawn with lines.

use console::measure_text_width;
use whatsapp_cloud::TemplatePreview;

const WIDTH: usize = 46;
const SAMPLE_CODE: &str = "123456";

/// Which of the two labels the button wears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// "Copy code".
    Copy,
    /// "Autofill".
    Autofill,
    /// None: zero-tap shows no button on a phone that is eligible.
    None,
}

/// Draws one preview: text and footer in a box, the button under it.
#[must_use]
pub fn draw(preview: &TemplatePreview, label: Label) -> String {
    // Stars are WhatsApp's bold; the code is shown where it will stand.
    let body = preview
        .body
        .replace("*{{1}}*", SAMPLE_CODE)
        .replace("{{1}}", SAMPLE_CODE);
    let mut lines = wrap(&body);
    if let Some(footer) = &preview.footer {
        lines.extend(wrap(footer));
    }
    let mut drawing = rule('┌', '┐');
    drawing.push('\n');
    for line in &lines {
        drawing.push_str(&framed(line, 0));
    }
    if let Some(text) = button_text(preview, label) {
        drawing.push_str(&rule('├', '┤'));
        drawing.push('\n');
        drawing.push_str(&framed(
            text,
            WIDTH.saturating_sub(measure_text_width(text)) / 2,
        ));
    }
    drawing.push_str(&rule('└', '┘'));
    drawing
}

fn button_text(preview: &TemplatePreview, label: Label) -> Option<&str> {
    let button = preview.buttons.first()?;
    match label {
        Label::Copy => button.text.as_deref(),
        Label::Autofill => button.autofill_text.as_deref(),
        Label::None => None,
    }
}

fn rule(left: char, right: char) -> String {
    format!("  {left}{}{right}", "─".repeat(WIDTH + 2))
}

fn framed(line: &str, indent: usize) -> String {
    let rest = WIDTH.saturating_sub(indent + measure_text_width(line));
    format!("  │ {}{line}{} │\n", " ".repeat(indent), " ".repeat(rest))
}

/// Breaks at spaces; a word wider than the box (Chinese has no spaces) breaks anywhere.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let wanted =
            measure_text_width(&line) + usize::from(!line.is_empty()) + measure_text_width(word);
        if wanted > WIDTH && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            let mut buffer = [0; 4];
            if measure_text_width(&line) + measure_text_width(c.encode_utf8(&mut buffer)) > WIDTH {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(body: &str) -> TemplatePreview {
        let preview = serde_json::json!({
            "language": "en_US", "body": body, "footer": "This code expires in 5 minutes.",
            "buttons": [{"text": "Copy code", "autofill_text": "Autofill"}],
        });
        serde_json::from_value(preview).unwrap()
    }

    #[test]
    fn a_message_is_a_box_with_its_button_under_it() {
        let drawn = draw(
            &preview(
                "*{{1}}* is your verification code. For your security, do not share this code.",
            ),
            Label::Copy,
        );
        assert_eq!(
            drawn,
            "  ┌────────────────────────────────────────────────┐\n\
             \x20 │ 123456 is your verification code. For your     │\n\
             \x20 │ security, do not share this code.              │\n\
             \x20 │ This code expires in 5 minutes.                │\n\
             \x20 ├────────────────────────────────────────────────┤\n\
             \x20 │                   Copy code                    │\n\
             \x20 └────────────────────────────────────────────────┘"
        );
    }

    #[test]
    fn every_line_is_as_wide_as_the_box_in_any_script() {
        for body in [
            "{{1}} 是您的验证码。为了您的安全，请勿分享此验证码。请勿分享此验证码。请勿分享此验证码。",
            "a",
            "",
        ] {
            let drawn = draw(&preview(body), Label::Autofill);
            for line in drawn.lines() {
                assert_eq!(measure_text_width(line), WIDTH + 6, "{line}");
            }
        }
    }
}
