//! Faults as the control plane receives them, with a clear word about what is wrong.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Effect, Fault, FaultTarget};
use crate::webhook::Status;

const KEYS: &str =
    "`on`, `to`, `times` and one of `error`, `delay_ms`, `drop`, `garbage`, `drip_ms`, `receipt`";
/// Longer than any client waits.
const DELAY_MAX_MS: u64 = 600_000;
const TIMES_MAX: u64 = 1_000_000_000;

impl Fault {
    /// Reads what `POST /_simulator/faults` takes.
    pub(crate) fn from_json(request: &Map<String, Value>) -> Result<Fault, String> {
        let mut fault = Fault::new(FaultTarget::Messages, Effect::Drop);
        let mut effects = Vec::new();
        let mut on = None;
        for (key, value) in request {
            match key.as_str() {
                "on" => on = Some(text(key, value)?.parse()?),
                "to" => fault = fault.to(&text(key, value)?),
                "times" => {
                    let times = number(key, value, 1, TIMES_MAX)?;
                    fault = fault.times(u32::try_from(times).unwrap_or(u32::MAX));
                }
                "error" => effects.push(error(value)?),
                "delay_ms" => effects.push(Effect::Delay(millis(key, value)?)),
                "drop" => effects.push(dropping(value)?),
                "garbage" => effects.push(garbage(value)?),
                "drip_ms" => effects.push(Effect::Drip(millis(key, value)?)),
                "receipt" => effects.push(receipt(value)?),
                other => return Err(format!("`{other}` is not known here; a fault has {KEYS}")),
            }
        }
        fault.on = on.ok_or("`on` is missing: say which calls go wrong, for example `messages`")?;
        let [effect] = <[Effect; 1]>::try_from(effects)
            .map_err(|effects| format!("{} effects given; a fault has {KEYS}", effects.len()))?;
        let is_receipt = matches!(effect, Effect::Receipt { .. });
        if is_receipt && !matches!(fault.on, FaultTarget::Messages | FaultTarget::Any) {
            return Err("a `receipt` fault is for `on`: `messages`".to_owned());
        }
        fault.effect = effect;
        Ok(fault)
    }
}

fn error(value: &Value) -> Result<Effect, String> {
    let fields = object("error", value)?;
    let mut http = None;
    let mut code = None;
    let mut subcode = None;
    let mut details = None;
    for (key, value) in fields {
        match key.as_str() {
            "http" => http = Some(u16::try_from(number(key, value, 400, 599)?).unwrap_or(500)),
            "code" => code = Some(signed(key, value)?),
            "subcode" => subcode = Some(signed(key, value)?),
            "details" => details = Some(text(key, value)?),
            other => {
                return Err(format!(
                    "`error.{other}` is not known; an error has `http`, `code`, `subcode`, `details`"
                ));
            }
        }
    }
    let code = code.ok_or("`error.code` is missing: give Meta's code, for example 131026")?;
    Ok(Effect::Error {
        http,
        code,
        subcode,
        details,
    })
}

fn receipt(value: &Value) -> Result<Effect, String> {
    let fields = object("receipt", value)?;
    let mut status = None;
    let mut code = None;
    for (key, value) in fields {
        match key.as_str() {
            "status" => status = Some(text(key, value)?.parse::<Status>()?),
            "code" => code = Some(signed(key, value)?),
            other => {
                return Err(format!(
                    "`receipt.{other}` is not known; a receipt has `status` and `code`"
                ));
            }
        }
    }
    let status =
        status.ok_or("`receipt.status` is missing: `sent`, `delivered`, `read` or `failed`")?;
    Ok(Effect::Receipt {
        status: status.name().to_owned(),
        code,
    })
}

fn dropping(value: &Value) -> Result<Effect, String> {
    match value {
        Value::Bool(true) => Ok(Effect::Drop),
        Value::String(when) if when == "answer" => Ok(Effect::DropAnswer),
        _ => Err(
            "`drop` is true (nothing is done) or \"answer\" (done, but the answer is lost)"
                .to_owned(),
        ),
    }
}

fn garbage(value: &Value) -> Result<Effect, String> {
    if value == &Value::Bool(true) {
        Ok(Effect::Garbage)
    } else {
        Err("`garbage` is true, or absent".to_owned())
    }
}

fn millis(key: &str, value: &Value) -> Result<Duration, String> {
    number(key, value, 0, DELAY_MAX_MS).map(Duration::from_millis)
}

fn text(key: &str, value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("`{key}` is a string"))
}

fn signed(key: &str, value: &Value) -> Result<i64, String> {
    value
        .as_i64()
        .ok_or_else(|| format!("`{key}` is a whole number"))
}

fn number(key: &str, value: &Value, min: u64, max: u64) -> Result<u64, String> {
    let number = value.as_u64().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| format!("`{key}` is a whole number from {min} to {max}"))
}

fn object<'a>(key: &str, value: &'a Value) -> Result<&'a Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("`{key}` is an object"))
}
