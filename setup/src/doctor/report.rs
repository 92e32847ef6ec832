//! What the doctor found: one finding a check, printed as lines or as JSON.

use serde::Serialize;
use serde_json::json;

/// The checks, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The file is there and whole.
    File,
    /// Only its owner can read it.
    FileMode,
    /// Graph answers.
    Graph,
    /// The token is good, with its permissions.
    Token,
    /// The account can send.
    Account,
    /// The number can send.
    Number,
    /// The template can be sent, and its times fit the server's.
    Template,
    /// Which of the template's languages can be sent.
    Languages,
    /// Somebody hears of receipts and replies.
    Webhook,
    /// The running server says that it is ready.
    Server,
}

impl Check {
    fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::FileMode => "file mode",
            Self::Graph => "graph",
            Self::Token => "token",
            Self::Account => "account",
            Self::Number => "number",
            Self::Template => "template",
            Self::Languages => "languages",
            Self::Webhook => "webhook",
            Self::Server => "server",
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Works, but somebody should look.
    Warn,
    /// Does not work.
    Fail,
    /// Not looked at, because something before it failed or nobody asked for it.
    Skip,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }

    fn painted(self) -> String {
        let word = console::style(format!("{:<4}", self.word())).force_styling(true);
        match self {
            Self::Ok => word.green(),
            Self::Warn => word.yellow(),
            Self::Fail => word.red().bold(),
            Self::Skip => word.dim(),
        }
        .to_string()
    }
}

/// What one check found, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it ended.
    pub verdict: Verdict,
    /// What was found.
    pub message: String,
    /// What to do.
    pub advice: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(message: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Ok,
            message: message.into(),
            advice: None,
        }
    }

    /// Works, but somebody should look.
    pub fn warn(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warn,
            message: message.into(),
            advice: Some(advice.into()),
        }
    }

    /// Does not work.
    pub fn fail(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Fail,
            message: message.into(),
            advice: Some(advice.into()),
        }
    }

    /// Not looked at.
    pub fn skip(message: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Skip,
            message: message.into(),
            advice: None,
        }
    }
}

/// All findings, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report(Vec<(Check, Finding)>);

impl Report {
    /// Adds one, and says whether the checks that rest on it make sense.
    pub fn add(&mut self, check: Check, finding: Finding) {
        self.0.push((check, finding));
    }

    /// Marks checks as not looked at.
    pub fn skip(&mut self, checks: &[Check], reason: &str) {
        for check in checks {
            self.add(*check, Finding::skip(reason));
        }
    }

    /// One failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.0
            .iter()
            .any(|(_, finding)| finding.verdict == Verdict::Fail)
    }

    /// One object: `ok`, and `checks` with `check`, `verdict`, `message` and `advice`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let checks: Vec<_> = self
            .0
            .iter()
            .map(|(check, finding)| {
                json!({"check": check, "verdict": finding.verdict, "message": finding.message, "advice": finding.advice})
            })
            .collect();
        json!({"ok": !self.has_failed(), "checks": checks}).to_string()
    }

    /// One line a check, its advice under it.
    #[must_use]
    pub fn to_text(&self, coloured: bool) -> String {
        let mut lines = Vec::new();
        for (check, finding) in &self.0 {
            let verdict = if coloured {
                finding.verdict.painted()
            } else {
                format!("{:<4}", finding.verdict.word())
            };
            lines.push(format!(
                "{verdict}  {:<9}  {}",
                check.word(),
                printable(&finding.message)
            ));
            if let Some(advice) = &finding.advice {
                lines.push(format!("      {:<9}  do: {}", "", printable(advice)));
            }
        }
        lines.join("\n")
    }
}

/// Texts from outside must neither move the cursor nor start a line of their own.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_no_failure() {
        let mut report = Report::default();
        report.add(Check::File, Finding::ok("whole"));
        report.add(Check::Webhook, Finding::warn("nobody listens", "subscribe"));
        assert!(!report.has_failed());
        assert_eq!(
            report.to_text(false),
            "ok    file       whole\nwarn  webhook    nobody listens\n                 do: subscribe"
        );
        report.add(Check::Token, Finding::fail("expired", "make a new one"));
        assert!(report.has_failed());
    }

    #[test]
    fn json_names_each_check_and_its_verdict() {
        let mut report = Report::default();
        report.add(Check::FileMode, Finding::ok("0600"));
        assert_eq!(
            report.to_json(),
            r#"{"checks":[{"advice":null,"check":"file_mode","message":"0600","verdict":"ok"}],"ok":true}"#
        );
    }
}
