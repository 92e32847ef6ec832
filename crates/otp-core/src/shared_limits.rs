//! Limits that many phones share: what stands against pumping, and against guessing at many phones.
//!
//! A record bounds what one phone may cost. These bound what a client, a range of numbers, a
//! country or an application may cost. The counts lie elsewhere: here is what is to be counted, and
//! against which cap.

use std::collections::BTreeMap;

use crate::{Cap, ChannelKind, Keys, PhoneNumber, Reason, Recipient, SendLimits};

/// Notices that one phone gets in a day.
const NOTICES_PER_DAY_MAX: u64 = 10;
/// Tests of one application in an hour: they cost nothing but room in the store.
const TESTS_PER_HOUR_MAX: u64 = 300;

/// The caps; one that is absent does not bind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedLimits {
    /// Sends that one client address asks for.
    pub sends_per_address: Option<Cap>,
    /// Sends to numbers that differ in their last digits only.
    pub sends_per_prefix: Option<Cap>,
    /// How many last digits that is.
    pub prefix_open_digits: u8,
    /// Sends to one country.
    pub sends_per_country: Option<Cap>,
    /// Sends of one application.
    pub sends_per_application: Option<Cap>,
    /// What all sends may cost, in the unit of [`Prices`].
    pub budget: Option<Cap>,
    /// What the sends of one application may cost, within that.
    pub application_budget: Option<Cap>,
    /// What a send costs.
    pub prices: Prices,
    /// Failed checks that come from one client address.
    pub failed_checks_per_address: Option<Cap>,
    /// Failed checks of one application, over all phones.
    pub failed_checks_per_application: Option<Cap>,
    /// Where codes may go.
    pub countries: Countries,
}

/// What messages cost: millionths of whatever the budget is in. What goes to no phone costs nothing
/// by the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// Over WhatsApp, in a template.
    pub whatsapp: PriceList,
    /// As a text message, whoever sends it.
    pub sms: PriceList,
}

impl Prices {
    fn of(&self, channel: ChannelKind, country: Option<&str>) -> u64 {
        match channel {
            ChannelKind::WhatsApp => self.whatsapp.of(country),
            ChannelKind::VonageSms | ChannelKind::TwilioSms | ChannelKind::Gateway => {
                self.sms.of(country)
            }
            ChannelKind::WhatsAppText | ChannelKind::Messenger | ChannelKind::Email => 0,
        }
    }
}

/// What a message costs, by the country that it goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceList {
    /// By ISO 3166-1 code.
    pub by_country: BTreeMap<String, u64>,
    /// Everywhere else.
    pub elsewhere: u64,
}

impl PriceList {
    fn of(&self, country: Option<&str>) -> u64 {
        let known = country.and_then(|country| self.by_country.get(country));
        known.copied().unwrap_or(self.elsewhere)
    }
}

/// Where codes may go, by ISO 3166-1 code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Countries {
    /// To these only; everywhere when there are none.
    pub allow: Vec<String>,
    /// Not to these.
    pub deny: Vec<String>,
}

impl Countries {
    /// May a code go there? A number of no known country is let through by the absence of a list
    /// of those allowed, and by nothing else.
    #[must_use]
    pub fn admit(&self, country: Option<&str>) -> bool {
        let is_in = |list: &[String]| list.iter().any(|listed| Some(listed.as_str()) == country);
        !is_in(&self.deny) && (self.allow.is_empty() || is_in(&self.allow))
    }

    fn admit_all(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }
}

/// Names a shared count: an HMAC of what is counted, so neither address nor number stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyKey(pub(crate) [u8; 16]);

impl TallyKey {
    /// The key's bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

/// Something to be counted, if there is room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where it is counted.
    pub key: TallyKey,
    /// How much.
    pub amount: u64,
    /// Against what.
    pub cap: Cap,
    /// What to say when there is no room.
    pub reason: Reason,
}

/// Who asks, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// On whose behalf.
    pub application: &'a str,
    /// The client's address as it is counted; nothing when it counts for nobody.
    pub address: Option<&'a str>,
}

/// No code goes to that country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountryNotAllowed {
    /// Its ISO 3166-1 code, where the number tells.
    pub country: Option<&'static str>,
}

impl SharedLimits {
    /// What a send has to claim first, whose first message goes by this channel. What goes to no
    /// phone goes to no country.
    pub fn of_send(
        &self,
        keys: &Keys,
        asker: Asker<'_>,
        phone: Option<&PhoneNumber>,
        channel: ChannelKind,
    ) -> Result<Vec<Claim>, CountryNotAllowed> {
        let country = phone.and_then(|phone| self.country(phone));
        if phone.is_some() && !self.countries.admit(country) {
            return Err(CountryNotAllowed { country });
        }
        let claim = |cap: Option<Cap>, reason: Reason, subject: &str, amount: u64| {
            cap.map(|cap| Claim::new(keys, reason, subject, amount, cap))
        };
        let of_address = asker
            .address
            .and_then(|address| claim(self.sends_per_address, Reason::AddressLimit, address, 1));
        let of_prefix = phone.and_then(|phone| {
            let prefix = self.prefix(phone);
            claim(self.sends_per_prefix, Reason::PrefixLimit, prefix, 1)
        });
        let of_country = phone.zip(self.sends_per_country).map(|(phone, cap)| {
            let unknown = || format!("+{}", phone.calling_code());
            let subject = country.map_or_else(unknown, str::to_owned);
            Claim::new(keys, Reason::CountryLimit, &subject, 1, cap)
        });
        let of_application = claim(
            self.sends_per_application,
            Reason::ApplicationLimit,
            asker.application,
            1,
        );
        let all = [of_address, of_prefix, of_country, of_application];
        let mut claims: Vec<Claim> = all.into_iter().flatten().collect();
        claims.extend(self.of_message(keys, asker.application, phone, channel));
        Ok(claims)
    }

    /// What a send has to claim for the addresses beside the one that names the person. The record
    /// counts for that one alone: somebody else's Messenger could be filled by naming another phone
    /// each time. These counts let go no later than a record would.
    #[must_use]
    pub fn of_addresses(
        keys: &Keys,
        application: &str,
        to: &Recipient,
        limits: &SendLimits,
    ) -> Vec<Claim> {
        let [_, hour, day] = limits.windows;
        let caps = [
            (Reason::Cooldown, 1, limits.cooldown),
            (Reason::SendLimit, hour.count, hour.length),
            (Reason::SendLimit, day.count, day.length),
        ];
        let caps = caps.map(|(reason, limit, time)| (reason, Cap::within(u64::from(limit), time)));
        let of_address = |address: String| {
            let subject = format!("address {application} {address}");
            let claim = |(reason, cap)| Claim::new(keys, reason, &subject, 1, cap);
            caps.map(claim)
        };
        // A pause of nothing holds nobody up.
        let binds = |claim: &Claim| claim.cap.within_ms() >= Cap::SLOTS;
        to.beside().flat_map(of_address).filter(binds).collect()
    }

    /// What each further message with the same code has to claim: what it costs. It is the same send.
    #[must_use]
    pub fn of_message(
        &self,
        keys: &Keys,
        application: &str,
        phone: Option<&PhoneNumber>,
        channel: ChannelKind,
    ) -> Vec<Claim> {
        let Some(phone) = phone else {
            return Vec::new();
        };
        let price = self.prices.of(channel, self.country(phone));
        let claims = (price > 0).then(|| self.of_money(keys, application, price));
        claims.into_iter().flatten().collect()
    }

    /// What a test has to claim first, of which nothing is sent: it costs no money and concerns no
    /// country, but it takes room in the store.
    #[must_use]
    pub fn of_test(&self, keys: &Keys, realm: &str) -> Vec<Claim> {
        let limit = self.sends_per_application.map_or(u64::MAX, |cap| cap.limit);
        let cap = Cap::per_hour(limit.min(TESTS_PER_HOUR_MAX));
        vec![Claim::new(keys, Reason::ApplicationLimit, realm, 1, cap)]
    }

    /// What a notice to this phone has to claim first. Notices have counts of their own: they use
    /// up no sends that codes need, and a phone gets no more of them than of codes. The money that
    /// pays for both is the same.
    pub fn of_notice(
        &self,
        keys: &Keys,
        application: &str,
        phone: &PhoneNumber,
    ) -> Result<Vec<Claim>, CountryNotAllowed> {
        let country = self.country(phone);
        if !self.countries.admit(country) {
            return Err(CountryNotAllowed { country });
        }
        let to_phone = format!("notice {application} {}", phone.canonical());
        let of_application = format!("notices {application}");
        let mut claims = vec![Claim::new(
            keys,
            Reason::SendLimit,
            &to_phone,
            1,
            Cap::per_day(NOTICES_PER_DAY_MAX),
        )];
        if let Some(cap) = self.sends_per_application {
            claims.push(Claim::new(
                keys,
                Reason::ApplicationLimit,
                &of_application,
                1,
                cap,
            ));
        }
        claims.extend(self.of_money(
            keys,
            application,
            self.prices.of(ChannelKind::WhatsApp, country),
        ));
        Ok(claims)
    }

    /// What a check has to claim first; given back unless it fails.
    #[must_use]
    pub fn of_check(&self, keys: &Keys, asker: Asker<'_>) -> Vec<Claim> {
        let of_address = asker.address.zip(self.failed_checks_per_address);
        let of_address = of_address
            .map(|(address, cap)| Claim::new(keys, Reason::AddressCheckLimit, address, 1, cap));
        let of_application = self.failed_checks_per_application.map(|cap| {
            Claim::new(
                keys,
                Reason::ApplicationCheckLimit,
                asker.application,
                1,
                cap,
            )
        });
        of_address.into_iter().chain(of_application).collect()
    }

    /// What a message of this application at this price takes from the budgets.
    fn of_money(&self, keys: &Keys, application: &str, price: u64) -> impl Iterator<Item = Claim> {
        let claim = |cap: Option<Cap>, subject: &str| {
            cap.map(|cap| Claim::new(keys, Reason::Budget, subject, price, cap))
        };
        // No application has an empty name, so the two budgets are two counts.
        let of_all = claim(self.budget, "");
        let of_application = claim(self.application_budget, application);
        of_all.into_iter().chain(of_application)
    }

    /// The country, if anything depends on it: finding it out takes some microseconds.
    fn country(&self, phone: &PhoneNumber) -> Option<&'static str> {
        let is_needed = self.sends_per_country.is_some()
            || self.budget.is_some()
            || self.application_budget.is_some()
            || !self.countries.admit_all();
        is_needed.then(|| phone.country()).flatten()
    }

    /// The number without the digits in which numbers of one range differ.
    fn prefix<'a>(&self, phone: &'a PhoneNumber) -> &'a str {
        let number = phone.canonical();
        let shared = number.len().saturating_sub(self.prefix_open_digits.into());
        &number[..shared]
    }
}

impl Claim {
    fn new(keys: &Keys, reason: Reason, subject: &str, amount: u64, cap: Cap) -> Self {
        Self {
            key: keys.tally_key(reason, subject, cap),
            amount,
            cap,
            reason,
        }
    }
}
