//! Which addresses the server may call for a webhook. Whoever sets one up must not reach through it what only the server
//! can: other machines of its network, itself, or the metadata service of a cloud.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use balsts_domain::text::{Message, Refusal};
use url::{Host, Url};

/// What may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// The ports.
    pub ports: Vec<u16>,
    /// Whether this machine may be called as well, on any port and without TLS: in development only.
    pub loopback: bool,
}

/// Why an address is no receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetRefusal {
    /// It is no URL.
    NotAUrl,
    /// It does not begin with `https://`.
    NotHttps,
    /// It holds a user name or password.
    Credentials,
    /// The port is not allowed.
    Port,
    /// The host is not on the public internet.
    NotPublic,
}

impl Refusal for TargetRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAUrl => "not_a_url",
            Self::NotHttps => "not_https",
            Self::Credentials => "credentials_in_url",
            Self::Port => "port_not_allowed",
            Self::NotPublic => "address_not_public",
        }
    }

    fn pointer(&self) -> String {
        "/url".to_owned()
    }

    fn message(&self) -> Message {
        Message::new(match self {
            Self::NotAUrl => "webhook-not-a-url",
            Self::NotHttps => "webhook-not-https",
            Self::Credentials => "webhook-credentials",
            Self::Port => "webhook-port",
            Self::NotPublic => "webhook-not-public",
        })
    }
}

impl Default for Targets {
    /// Public addresses by HTTPS on its own port.
    fn default() -> Self {
        Self { ports: vec![443], loopback: false }
    }
}

impl Targets {
    /// The URL, if it may be called as far as its text tells: what a name stands for is told by [`admits`](Self::admits),
    /// at every call.
    ///
    /// # Errors
    /// [`TargetRefusal`].
    pub fn check(&self, text: &str) -> Result<Url, TargetRefusal> {
        let url = Url::parse(text).map_err(|_| TargetRefusal::NotAUrl)?;
        let host = url.host().ok_or(TargetRefusal::NotAUrl)?;
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        let local_name = matches!(host, Host::Domain(name) if is_local(name));
        let is_here = self.loopback && (local_name || address.is_some_and(|address| address.is_loopback()));
        if url.scheme() != "https" && !(is_here && url.scheme() == "http") {
            return Err(TargetRefusal::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetRefusal::Credentials);
        }
        if address.is_some_and(|address| !self.admits(address)) || local_name && !is_here {
            return Err(TargetRefusal::NotPublic);
        }
        if !is_here && !url.port_or_known_default().is_some_and(|port| self.ports.contains(&port)) {
            return Err(TargetRefusal::Port);
        }
        Ok(url)
    }

    /// Whether an address may be connected to.
    #[must_use]
    pub fn admits(&self, address: IpAddr) -> bool {
        let is_public = match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        };
        is_public || self.loopback && address.is_loopback()
    }
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

/// Not in a block that IANA's registry of special-purpose IPv4 addresses keeps off the public internet.
fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        // This network, private, loopback, link-local; all from 224 on: multicast, reserved, broadcast.
        [0 | 10 | 127 | 224..=255, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            // Shared by a provider's customers.
            | [100, 64..=127, ..]
            // Protocol assignments, relays of 6to4, documentation, benchmarks.
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18..=19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// In the one block of global unicast addresses, less the parts of it that hold other addresses or stand in documents.
/// IPv4-mapped, unique-local, link-local, multicast and loopback addresses lie outside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments with Teredo; documentation; 6to4; documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVELOPMENT: fn() -> Targets = || Targets { loopback: true, ..Targets::default() };

    #[test]
    fn only_public_addresses_are_admitted() {
        let targets = Targets::default();
        for public in [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2a00:1450:4001::1",
            "2001:4860:4860::8888",
            "2606:4700::1",
        ] {
            assert!(targets.admits(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "::8.8.8.8",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "4000::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!targets.admits(other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn this_machine_is_admitted_in_development_only() {
        for address in ["127.0.0.1", "127.8.8.8", "::1"] {
            assert!(DEVELOPMENT().admits(address.parse().unwrap()), "{address}");
        }
        for address in ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "fe80::1"] {
            assert!(!DEVELOPMENT().admits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn urls_are_refused_for_their_first_fault() {
        let targets = Targets { ports: vec![443, 8443], loopback: false };
        for good in [
            "https://hooks.example/balsts?x=1",
            "https://hooks.example:8443/",
            "https://8.8.8.8/",
            "https://[2a00:1450::1]/",
        ] {
            assert!(targets.check(good).is_ok(), "{good}");
        }
        use TargetRefusal::{Credentials, NotAUrl, NotHttps, NotPublic, Port};
        for (bad, refusal) in [
            ("", NotAUrl),
            ("hooks.example", NotAUrl),
            ("https://", NotAUrl),
            ("mailto:a@hooks.example", NotAUrl),
            ("file:///etc/passwd", NotAUrl),
            ("http://hooks.example/", NotHttps),
            ("http://127.0.0.1/", NotHttps),
            ("ftp://hooks.example/", NotHttps),
            ("gopher://hooks.example/", NotHttps),
            ("https://user@hooks.example/", Credentials),
            ("https://:secret@hooks.example/", Credentials),
            ("https://hooks.example:22/", Port),
            ("https://hooks.example:80/", Port),
            ("https://localhost/", NotPublic),
            ("https://LOCALHOST./", NotPublic),
            ("https://a.localhost/", NotPublic),
            // However an address is written.
            ("https://127.0.0.1/", NotPublic),
            ("https://2130706433/", NotPublic),
            ("https://0x7f.1/", NotPublic),
            ("https://0177.0.0.1/", NotPublic),
            ("https://127.1/", NotPublic),
            ("https://①②⑦.⓪.⓪.①/", NotPublic),
            ("https://169.254.169.254/latest/meta-data", NotPublic),
            ("https://[::1]/", NotPublic),
            ("https://[::ffff:10.0.0.1]/", NotPublic),
            ("https://[fd00::1]/", NotPublic),
        ] {
            assert_eq!(targets.check(bad), Err(refusal), "{bad}");
        }
    }

    #[test]
    fn in_development_this_machine_needs_neither_tls_nor_a_port() {
        for good in
            ["http://127.0.0.1:8081/hook", "http://localhost:9000/", "https://[::1]:9000/", "https://hooks.example/"]
        {
            assert!(DEVELOPMENT().check(good).is_ok(), "{good}");
        }
        for (bad, refusal) in [
            ("http://hooks.example/", TargetRefusal::NotHttps),
            ("http://10.0.0.1/", TargetRefusal::NotHttps),
            ("https://10.0.0.1/", TargetRefusal::NotPublic),
            ("https://hooks.example:9000/", TargetRefusal::Port),
        ] {
            assert_eq!(DEVELOPMENT().check(bad), Err(refusal), "{bad}");
        }
    }
}
