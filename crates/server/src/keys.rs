//! The keys that personal data is sealed with: a file that only its owner can read. Beside an SQLite database it is made at
//! the first start; everywhere else it is named by `database.key_file`, because every node needs the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use aws_lc_rs::rand;
use balsts_store::{ChangedKeys, KeyRing, NoCurrentKey, Vault};
use serde::{Deserialize, Serialize};

use crate::error::one_line;

/// The key file: ids and keys as hexadecimal text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Id of the key that new values are sealed with.
    current: u32,
    /// 32 bytes each. A key stays until nothing is sealed with it any more.
    keys: BTreeMap<u32, String>,
    /// 32 bytes; it cannot be changed without indexing every person anew.
    index_key: String,
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error("cannot read or make the key file `{}`", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the key file `{}` is not one: {reason}", path.display())]
    Malformed { path: PathBuf, reason: &'static str },
    #[error(transparent)]
    NoCurrentKey(#[from] NoCurrentKey),
    #[error("the system gives no random numbers")]
    Random,
    #[error("database.key_file is not given")]
    NotGiven,
    #[error("the keys are being changed; if that was broken off, remove `{}`", .0.display())]
    Busy(PathBuf),
}

/// Reads the key file; makes it where it may be missing. The vault takes over what changes in the file.
pub(crate) fn load(path: &Path, may_make: bool) -> Result<Vault, KeysError> {
    // Before it is read: a change in between is noticed afterwards.
    let mut seen = stamp(path);
    let (ring, index_key) = match read(path) {
        Err(KeysError::File { source, .. }) if may_make && source.kind() == io::ErrorKind::NotFound => {
            make(path)?;
            seen = stamp(path);
            read(path)?
        }
        other => other?,
    }
    .parsed(path)?;
    Ok(Vault::new(&ring, index_key, draw_nonce)?.following(changes(path.to_owned(), seen)))
}

/// When the file was last changed, and its length.
type Stamp = Option<(SystemTime, u64)>;

fn stamp(path: &Path) -> Stamp {
    let file = fs::metadata(path).ok()?;
    Some((file.modified().ok()?, file.len()))
}

/// Reads the file again where it is another than before. One that is none is told in the log, and changes nothing.
fn changes(path: PathBuf, seen: Stamp) -> ChangedKeys {
    let seen = Mutex::new(seen);
    Box::new(move || {
        let now = Some(stamp(&path)?);
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return None;
        }
        *seen = now;
        match read(&path).and_then(|file| file.parsed(&path)) {
            Ok((ring, _)) => {
                tracing::info!(key = ring.current, "the key file has changed");
                Some(ring)
            }
            Err(error) => {
                tracing::error!(error = one_line(&error), "the changed key file cannot be used");
                None
            }
        }
    })
}

fn read(path: &Path) -> Result<KeyFile, KeysError> {
    let text = fs::read_to_string(path).map_err(|source| KeysError::File { path: path.to_owned(), source })?;
    serde_json::from_str(&text)
        .map_err(|_| KeysError::Malformed { path: path.to_owned(), reason: "not the expected JSON" })
}

impl KeyFile {
    /// The keys, and that of the blind index.
    fn parsed(&self, path: &Path) -> Result<(KeyRing, [u8; 32]), KeysError> {
        let reason = "a key is not 64 hexadecimal digits";
        let key = |text: &String| parse(text).ok_or_else(|| KeysError::Malformed { path: path.to_owned(), reason });
        let keys = self.keys.iter().map(|(&id, text)| Ok((id, key(text)?))).collect::<Result<_, KeysError>>()?;
        Ok((KeyRing { keys, current: self.current }, key(&self.index_key)?))
    }
}

/// Adds a key, with which new values are sealed from now on, and tells its id. The others stay.
pub(crate) fn rotate(path: &Path) -> Result<u32, KeysError> {
    let added = drawn()?;
    replace(path, |file| {
        let newest = file.keys.keys().next_back().copied().unwrap_or_default().max(file.current);
        file.current = newest
            .checked_add(1)
            .ok_or(KeysError::Malformed { path: path.to_owned(), reason: "the ids of keys are used up" })?;
        file.keys.insert(file.current, added);
        Ok(file.current)
    })
}

/// Removes the keys that nothing is sealed with, and tells their ids.
pub(crate) fn prune(path: &Path, in_use: &BTreeSet<u32>) -> Result<Vec<u32>, KeysError> {
    replace(path, |file| {
        let (current, mut removed) = (file.current, Vec::new());
        file.keys.retain(|&id, _| {
            let stays = id == current || in_use.contains(&id);
            if !stays {
                removed.push(id);
            }
            stays
        });
        Ok(removed)
    })
}

/// Changes the file as a whole: whoever reads it finds the old or the new one. The new one stands beside it until then, and
/// keeps a second change out.
fn replace<T>(path: &Path, change: impl FnOnce(&mut KeyFile) -> Result<T, KeysError>) -> Result<T, KeysError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let failed = |source| KeysError::File { path: beside.clone(), source };
    let mut file = created(&beside).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeysError::Busy(beside.clone()),
        _ => failed(error),
    })?;
    let changed = (|| {
        let mut keys = read(path)?;
        keys.parsed(path)?;
        let told = change(&mut keys)?;
        let text = serde_json::to_string_pretty(&keys).map_err(|error| failed(error.into()))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&beside, path).map_err(failed)?;
        Ok(told)
    })();
    if changed.is_err() {
        let _ = fs::remove_file(&beside);
        return changed;
    }
    #[cfg(unix)]
    if let Some(directory) = path.parent() {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        fs::File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)?;
    }
    changed
}

/// Creates a file that only its owner can read; fails where there is one.
fn created(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Two nodes that start together agree on the file of the first: an existing one is never overwritten.
fn make(path: &Path) -> Result<(), KeysError> {
    let failed = |source| KeysError::File { path: path.to_owned(), source };
    let file = KeyFile { current: 1, keys: BTreeMap::from([(1, drawn()?)]), index_key: drawn()? };
    let text = serde_json::to_string_pretty(&file).map_err(|error| failed(error.into()))?;
    match created(path) {
        Ok(mut made) => made.write_all(text.as_bytes()).and_then(|()| made.sync_all()).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn drawn() -> Result<String, KeysError> {
    let mut key = [0_u8; 32];
    rand::fill(&mut key).map_err(|_| KeysError::Random)?;
    Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn parse(text: &str) -> Option<[u8; 32]> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let digits = bytes.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    digits.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

/// A nonce of a sealed value. The cipher stays safe where one is drawn twice, so a failing source does not stop it.
fn draw_nonce() -> [u8; 12] {
    let mut nonce = [0; 12];
    if rand::fill(&mut nonce).is_err() {
        tracing::error!("the system gives no random numbers");
    }
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("balsts.db.keys");
        assert!(matches!(load(&path, false), Err(KeysError::File { .. })));
        load(&path, true).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        load(&path, true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_is_added_and_the_unused_ones_go() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        load(&path, true).unwrap();
        let before = read(&path).unwrap();
        assert_eq!(rotate(&path).unwrap(), 2);
        assert_eq!(rotate(&path).unwrap(), 3);
        let after = read(&path).unwrap();
        assert_eq!((after.current, after.keys.len(), &after.index_key), (3, 3, &before.index_key));
        assert_eq!(after.keys[&1], before.keys[&1]);
        assert_ne!(after.keys[&2], after.keys[&3]);
        assert_eq!(prune(&path, &BTreeSet::from([1, 3])).unwrap(), [2]);
        assert_eq!(prune(&path, &BTreeSet::new()).unwrap(), [1]);
        assert_eq!(prune(&path, &BTreeSet::new()).unwrap(), [0; 0], "the current one stays");
        assert_eq!(read(&path).unwrap().keys.keys().copied().collect::<Vec<_>>(), [3]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // Nobody else is changing it: the file beside it is gone, and keeps others out while it is there.
        fs::write(directory.path().join("keys.new"), "").unwrap();
        assert!(matches!(rotate(&path), Err(KeysError::Busy(_))));
        assert_eq!(read(&path).unwrap().current, 3);
    }

    #[test]
    fn a_change_of_the_file_is_noticed_once_and_a_broken_one_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        load(&path, true).unwrap();
        let changed = changes(path.clone(), stamp(&path));
        assert!(changed().is_none());
        rotate(&path).unwrap();
        assert_eq!(changed().map(|ring| (ring.current, ring.keys.len())), Some((2, 2)));
        assert!(changed().is_none());
        let good = fs::read(&path).unwrap();
        fs::write(&path, "{").unwrap();
        assert!(changed().is_none());
        fs::write(&path, good).unwrap();
        assert_eq!(changed().map(|ring| ring.current), Some(2));
        fs::remove_file(&path).unwrap();
        assert!(changed().is_none());
    }

    #[test]
    fn a_file_that_is_none_is_refused_without_showing_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        let zeros = "0".repeat(64);
        for text in [
            "{}".to_owned(),
            format!(r#"{{"current":1,"keys":{{"1":"s3cret"}},"index_key":"{zeros}"}}"#),
            format!(r#"{{"current":2,"keys":{{"1":"{zeros}"}},"index_key":"{zeros}"}}"#),
        ] {
            fs::write(&path, text).unwrap();
            assert!(!load(&path, true).unwrap_err().to_string().contains("s3cret"));
        }
    }
}
