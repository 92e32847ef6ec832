//! A message as the JSON that Meta takes, written straight into one buffer.

use super::{MessageContent, OutgoingMessage};

/// Longer than any authentication message with a usual name and attempt id, so that it never grows.
const USUAL_BYTES: usize = 640;

/// The body of `POST /{phone-number-id}/messages`.
pub(crate) fn request_body(message: &OutgoingMessage) -> Vec<u8> {
    let mut out = Vec::with_capacity(USUAL_BYTES);
    out.extend_from_slice(
        br#"{"messaging_product":"whatsapp","recipient_type":"individual","to":"#,
    );
    write_text(&mut out, &message.to);
    match &message.content {
        MessageContent::Authentication {
            template,
            language,
            code,
        } => {
            write_template(&mut out, template, language);
            out.extend_from_slice(
                br#","components":[{"type":"body","parameters":[{"type":"text","text":"#,
            );
            write_text(&mut out, code);
            out.extend_from_slice(
                br#"}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"#,
            );
            write_text(&mut out, code);
            out.extend_from_slice(b"}]}]}");
        }
        MessageContent::Utility {
            template,
            language,
            body,
        } => {
            write_template(&mut out, template, language);
            if !body.is_empty() {
                out.extend_from_slice(br#","components":[{"type":"body","parameters":["#);
                for (index, text) in body.iter().enumerate() {
                    let separator: &[u8] = if index == 0 { b"" } else { b"," };
                    out.extend_from_slice(separator);
                    out.extend_from_slice(br#"{"type":"text","text":"#);
                    write_text(&mut out, text);
                    out.push(b'}');
                }
                out.extend_from_slice(b"]}]");
            }
            out.push(b'}');
        }
        MessageContent::Text { body } => {
            out.extend_from_slice(br#","type":"text","text":{"preview_url":false,"body":"#);
            write_text(&mut out, body);
            out.push(b'}');
        }
    }
    if let Some(opaque) = &message.opaque {
        out.extend_from_slice(br#","biz_opaque_callback_data":"#);
        write_text(&mut out, opaque);
    }
    out.push(b'}');
    out
}

/// Everything of a template but its components; the object stays open.
fn write_template(out: &mut Vec<u8>, name: &str, language: &str) {
    out.extend_from_slice(br#","type":"template","template":{"name":"#);
    write_text(out, name);
    out.extend_from_slice(br#","language":{"policy":"deterministic","code":"#);
    write_text(out, language);
    out.push(b'}');
}

/// Writes a JSON string. Writing a `str` into a `Vec` cannot fail.
fn write_text(out: &mut Vec<u8>, text: &str) {
    let written = serde_json::to_writer(&mut *out, text);
    debug_assert!(written.is_ok());
}
