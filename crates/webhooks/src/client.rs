//! The HTTP client: connects to addresses that may be called, and to no other.

use std::{error::Error, net::SocketAddr, sync::Arc, time::Duration};

use balsts_app::Targets;
use balsts_domain::webhooks::DeliveryFailure;
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

/// How long a receiver may take to answer, from the look-up of its name on.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A name stands for no address that may be called.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no address of the receiver may be called")]
struct AddressRefused;

/// Looks names up. The connection goes to an address that was checked here, whatever the name stands for a moment later.
struct Guard(Targets);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let targets = self.0.clone();
        Box::pin(async move {
            // The port is that of the URL; this one is not used.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted: Vec<SocketAddr> = found.filter(|address| targets.admits(address.ip())).collect();
            if admitted.is_empty() {
                Err(AddressRefused.into())
            } else {
                Ok::<Addrs, _>(Box::new(admitted.into_iter()))
            }
        })
    }
}

pub(crate) fn guarded(targets: &Targets) -> reqwest::Result<Client> {
    Client::builder()
        .dns_resolver(Arc::new(Guard(targets.clone())))
        .https_only(!targets.loopback)
        // The address that a redirect names was never checked.
        .redirect(Policy::none())
        // A proxy would look the name up itself.
        .no_proxy()
        .timeout(TIMEOUT)
        .user_agent(concat!("balsts/", env!("CARGO_PKG_VERSION")))
        .build()
}

pub(crate) fn failure(error: &reqwest::Error) -> DeliveryFailure {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<AddressRefused>() {
            return DeliveryFailure::AddressRefused;
        }
        cause = error.source();
    }
    if error.is_timeout() { DeliveryFailure::Timeout } else { DeliveryFailure::NoConnection }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_stands_for_this_machine_is_refused_unless_in_development() {
        let call = async |loopback| {
            let client = guarded(&Targets { loopback, ports: vec![443] }).unwrap();
            failure(&client.post("https://localhost:1/").send().await.unwrap_err())
        };
        assert_eq!(call(false).await, DeliveryFailure::AddressRefused);
        // Admitted, but nobody listens there.
        assert_eq!(call(true).await, DeliveryFailure::NoConnection);
    }

    #[tokio::test]
    async fn without_tls_only_development_calls() {
        let client = guarded(&Targets::default()).unwrap();
        assert!(client.post("http://localhost:1/").send().await.unwrap_err().is_builder());
    }
}
