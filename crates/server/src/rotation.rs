//! The commands `keys rotate`, `keys reseal` and `keys prune`: how one key takes over from another.

use std::{
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
};

use balsts_store::{Reach, Store};

use crate::{
    cli::KeysCommand,
    config::Settings,
    error::CommandError,
    keys::{self, KeysError},
};

/// Carries out one of the commands.
pub(crate) async fn run(command: &KeysCommand, settings: &Settings) -> Result<(), CommandError> {
    let path = settings.key_file().ok_or(KeysError::NotGiven)?;
    match command {
        KeysCommand::Rotate(_) => {
            let key = keys::rotate(&path)?;
            say(&format!("key {key} seals from now on"))
        }
        KeysCommand::Reseal(_) => reseal(settings, path).await,
        KeysCommand::Prune(_) => prune(settings, path).await,
    }
}

async fn reseal(settings: &Settings, path: PathBuf) -> Result<(), CommandError> {
    let vault = keys::load(&path, false)?;
    let store = Store::open(&settings.database_config()).await?.with_vault(Arc::new(vault));
    let report = store.reseal().await?;
    store.close().await?;
    let mut unreadable = 0_u64;
    for told in &report {
        say(&format!("{}: {} row(s) sealed anew", told.table, told.rows))?;
        if told.unreadable > 0 {
            say(&format!("{}: {} row(s) that no key opens", told.table, told.unreadable))?;
        }
        unreadable = unreadable.saturating_add(told.unreadable);
    }
    if unreadable == 0 { Ok(()) } else { Err(CommandError::Unreadable(unreadable)) }
}

async fn prune(settings: &Settings, path: PathBuf) -> Result<(), CommandError> {
    let store = Store::open(&settings.database_config()).await?;
    // The transaction keeps writers out until the file is changed.
    let transaction = store.begin_write(Reach::Country).await?;
    let in_use = transaction.keys_in_use().await?;
    let removed = keys::prune(&path, &in_use)?;
    drop(transaction);
    store.close().await?;
    for key in &removed {
        say(&format!("key {key} is removed"))?;
    }
    if removed.is_empty() { say("every key is in use") } else { Ok(()) }
}

fn say(line: &str) -> Result<(), CommandError> {
    writeln!(io::stdout(), "{line}").map_err(CommandError::Output)
}
