//! The keys that personal data is sealed with: a file that only its owner can read. Beside an SQLite database it is made at
//! the first start; everywhere else it is named by `encryption.key_file`, because every node needs the same.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use aws_lc_rs::rand;
use balsts_store::{NoCurrentKey, Vault};
use serde::{Deserialize, Serialize};

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
}

/// Reads the key file; makes it where it may be missing.
pub(crate) fn load(path: &Path, may_make: bool) -> Result<Vault, KeysError> {
    let failed = |source| KeysError::File { path: path.to_owned(), source };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if may_make && error.kind() == io::ErrorKind::NotFound => {
            make(path)?;
            fs::read_to_string(path).map_err(failed)?
        }
        Err(error) => return Err(failed(error)),
    };
    let malformed = |reason| KeysError::Malformed { path: path.to_owned(), reason };
    let file: KeyFile = serde_json::from_str(&text).map_err(|_| malformed("not the expected JSON"))?;
    let key = |text: &str| parse(text).ok_or_else(|| malformed("a key is not 64 hexadecimal digits"));
    let keys = file.keys.iter().map(|(&id, text)| Ok((id, key(text)?))).collect::<Result<_, KeysError>>()?;
    Ok(Vault::new(&keys, file.current, key(&file.index_key)?, draw_nonce)?)
}

/// Two nodes that start together agree on the file of the first: an existing one is never overwritten.
fn make(path: &Path) -> Result<(), KeysError> {
    let failed = |source| KeysError::File { path: path.to_owned(), source };
    let file = KeyFile { current: 1, keys: BTreeMap::from([(1, drawn()?)]), index_key: drawn()? };
    let text = serde_json::to_string_pretty(&file).map_err(|error| failed(error.into()))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
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
