//! Says what is wrong so that a person can see it: each anomaly with its part of the history.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use super::super::history::Moment;
use super::{Anomaly, Evidence};

/// So many are shown against each rule; more are counted only.
const SHOWN_MAX: usize = 2;
/// How much of a phone's history is shown around an anomaly.
const AROUND: Duration = Duration::from_secs(12);

/// Readable, and never endless.
pub(in super::super) fn report(found: &[Anomaly], evidence: &Evidence) -> String {
    let mut text = format!("{} anomalies\n", found.len());
    let mut by_rule = BTreeMap::<&str, Vec<&Anomaly>>::new();
    for anomaly in found {
        by_rule.entry(anomaly.rule).or_default().push(anomaly);
    }
    for (rule, against) in &by_rule {
        let _ = writeln!(text, "  {:6} times against: {rule}", against.len());
    }
    for anomaly in by_rule
        .values()
        .flat_map(|against| against.iter().take(SHOWN_MAX))
    {
        let Anomaly {
            rule,
            phone,
            at,
            what,
        } = anomaly;
        let _ = writeln!(text, "\n{phone} at {at:.6?}: {what}\n  against: {rule}");
        for (_, line) in lines(*phone, *at, evidence) {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn lines(phone: u64, at: Moment, evidence: &Evidence) -> Vec<(Moment, String)> {
    let is_near = |moment: Moment| moment + AROUND >= at && moment <= at + AROUND;
    let ops = evidence.ops.iter().filter(|op| op.phone == phone);
    let sights = evidence.sights.iter().filter(|sight| sight.phone == phone);
    let mut lines: Vec<(Moment, String)> = ops.map(|op| (op.begin, op.to_string())).collect();
    lines.extend(sights.map(|sight| {
        let (at, code, id) = (sight.at.as_secs_f64(), sight.code, &sight.id);
        (
            sight.at,
            format!("{at:11.6}                 arrived {code:06} of {id}"),
        )
    }));
    lines.extend(evidence.troubles.iter().map(|trouble| {
        let (begin, end) = (trouble.begin.as_secs_f64(), trouble.end.as_secs_f64());
        (
            trouble.begin,
            format!("{begin:11.6} .. {end:11.6}  {:?}", trouble.fault),
        )
    }));
    lines.retain(|(moment, _)| is_near(*moment));
    lines.sort();
    lines
}
