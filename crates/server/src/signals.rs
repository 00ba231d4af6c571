//! The signals that ask the program to stop.

use crate::error::CommandError;

#[cfg(unix)]
mod system {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// SIGTERM, as service managers send it, and SIGINT, as Ctrl-C sends it.
    pub(crate) struct Signals {
        terminate: Signal,
        interrupt: Signal,
    }

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
        }

        /// Waits for the next signal and names it.
        pub(crate) async fn next(&mut self) -> &'static str {
            tokio::select! {
                _ = self.terminate.recv() => "SIGTERM",
                _ = self.interrupt.recv() => "SIGINT",
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::{future, io};

    /// Ctrl-C.
    pub(crate) struct Signals;

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits for the next signal and names it.
        pub(crate) async fn next(&mut self) -> &'static str {
            match tokio::signal::ctrl_c().await {
                Ok(()) => "Ctrl-C",
                Err(_) => future::pending().await,
            }
        }
    }
}

pub(crate) use system::Signals;

impl Signals {
    /// Takes the signals over from the operating system's default, which is to end at once.
    pub(crate) fn listen() -> Result<Self, CommandError> {
        Self::new().map_err(|error| CommandError::set_up("the signal handlers", error))
    }
}
