//! What many phones share: caps against pumping and against guessing at many phones, the countries
//! that codes may go to, and the day's money.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::{kind, reader::Section};

/// Caps over many phones. One that is absent does not bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedLimitSettings {
    /// Sends in any hour that one client address asks for.
    pub sends_per_address_per_hour: Option<u64>,
    /// Sends in any hour to numbers that differ in their last digits only.
    pub sends_per_prefix_per_hour: Option<u64>,
    /// How many last digits that is.
    pub prefix_open_digits: u8,
    /// Sends in any hour to one country.
    pub sends_per_country_per_hour: Option<u64>,
    /// Sends in any hour of one application.
    pub sends_per_application_per_hour: Option<u64>,
    /// Failed checks in any hour that come from one client address.
    pub failed_checks_per_address_per_hour: Option<u64>,
    /// Failed checks in any hour of one application.
    pub failed_checks_per_application_per_hour: Option<u64>,
    /// Clients whose addresses are not counted.
    pub uncounted_clients: Vec<IpNet>,
}

/// The countries that codes may go to, by ISO 3166-1 code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountrySettings {
    /// To these only; everywhere when empty.
    pub allow: Vec<String>,
    /// Not to these.
    pub deny: Vec<String>,
}

/// What messages may cost in any 24 hours, in millionths of a unit of money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BudgetSettings {
    /// The most; no such limit when absent.
    pub per_day: Option<u64>,
    /// What a WhatsApp message costs, by country.
    pub whatsapp_prices: BTreeMap<String, u64>,
    /// What it costs everywhere else.
    pub whatsapp_price_elsewhere: Option<u64>,
    /// What a text message costs, by country.
    pub sms_prices: BTreeMap<String, u64>,
    /// What it costs everywhere else.
    pub sms_price_elsewhere: Option<u64>,
}

impl SharedLimitSettings {
    pub(super) fn read(limits: &mut Section<'_, '_>) -> Self {
        let mut cap = |leaf, default, doc| {
            let cap = limits.value(leaf, kind::whole::<u64>(0..=100_000_000), default, doc);
            (cap > 0).then_some(cap)
        };
        Self {
            sends_per_address_per_hour: cap(
                "sends_per_address_per_hour",
                60,
                "Sends in any hour that one client asks for, by its IPv4 address or its IPv6 network of 64 bits; 0 for no such limit.",
            ),
            sends_per_prefix_per_hour: cap(
                "sends_per_prefix_per_hour",
                100,
                "Sends in any hour to numbers that differ in their last prefix_open_digits digits only; 0 for no such limit.",
            ),
            sends_per_country_per_hour: cap(
                "sends_per_country_per_hour",
                1000,
                "Sends in any hour to one country; 0 for no such limit.",
            ),
            sends_per_application_per_hour: cap(
                "sends_per_application_per_hour",
                5000,
                "Sends in any hour of one application, to all phones together; 0 for no such limit.",
            ),
            failed_checks_per_address_per_hour: cap(
                "failed_checks_per_address_per_hour",
                60,
                "Failed checks in any hour that come from one client address; 0 for no such limit.",
            ),
            failed_checks_per_application_per_hour: cap(
                "failed_checks_per_application_per_hour",
                1000,
                "Failed checks in any hour of one application, over all phones: what bounds guessing at many phones; 0 for no such limit.",
            ),
            prefix_open_digits: limits.value(
                "prefix_open_digits",
                kind::whole(1..=8),
                4,
                "The last digits in which the numbers of one prefix differ: 4 makes ranges of 10,000 numbers.",
            ),
            uncounted_clients: limits.value(
                "uncounted_clients",
                networks(),
                toml::Value::from(vec!["127.0.0.0/8", "::1/128"]),
                "Clients whose addresses are not counted: this machine, and application servers that ask on behalf of many people.",
            ),
        }
    }
}

impl CountrySettings {
    pub(super) fn read(countries: &mut Section<'_, '_>) -> Self {
        let codes = || {
            kind::list(
                "a two-letter country code such as \"DE\"",
                kind::country_code,
            )
        };
        Self {
            allow: countries
                .optional(
                    "allow",
                    codes(),
                    "Send to these countries only; everywhere when not set. Numbers of no country are then refused, too.",
                )
                .unwrap_or_default(),
            deny: countries
                .optional("deny", codes(), "Send to these countries under no circumstances. A number whose country cannot be told passes: allow is the stricter list.")
                .unwrap_or_default(),
        }
    }
}

impl BudgetSettings {
    pub(super) fn read(budget: &mut Section<'_, '_>) -> Self {
        let per_day = budget.optional(
            "per_day",
            kind::money(),
            "What messages may cost in any 24 hours, in the unit of the prices; no such limit when not set.",
        );
        let mut prices = budget
            .optional(
                "whatsapp_prices",
                kind::prices(),
                "What one WhatsApp message costs by country: Meta's rate for authentication messages.",
            )
            .unwrap_or_default();
        let elsewhere = prices.remove(kind::DEFAULT_PRICE);
        if per_day.is_some() && elsewhere.is_none() {
            budget.problem(
                "whatsapp_prices",
                "has no default, so messages to some countries would cost nothing and no budget would stop them",
                "write for instance { default = 0.08, US = 0.0135 }",
            );
        }
        let mut sms_prices = budget
            .optional(
                "sms_prices",
                kind::prices(),
                "What one text message costs by country, whoever sends it: Vonage, Twilio or a gateway of one's own.",
            )
            .unwrap_or_default();
        let sms_price_elsewhere = sms_prices.remove(kind::DEFAULT_PRICE);
        Self {
            per_day,
            whatsapp_prices: prices,
            whatsapp_price_elsewhere: elsewhere,
            sms_prices,
            sms_price_elsewhere,
        }
    }
}

/// Networks in CIDR notation, or single addresses.
pub(super) fn networks() -> kind::Kind<Vec<IpNet>> {
    kind::list("an IP address or a network such as 10.0.0.0/8", |text| {
        let network = text.parse::<IpNet>();
        let network = network
            .or_else(|_| {
                text.parse()
                    .map(|address: IpAddr| address.to_canonical().into())
            })
            .map_err(|_| "is neither an IP address nor a network".to_owned())?;
        if network.prefix_len() == 0 {
            return Err("is the whole internet".to_owned());
        }
        Ok(network.trunc())
    })
}
