//! Sealing of personal data: AES-256-GCM-SIV with a key id, bound to its table, column and row; and the blind index that
//! finds a person without telling who it is.

use std::{collections::BTreeMap, fmt};

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use uuid::Uuid;

/// The first byte of a sealed value: its layout.
const LAYOUT: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 12;

/// Draws the nonce of a sealed value.
pub type DrawNonce = fn() -> [u8; NONCE];

/// The keys of a deployment.
pub struct Vault {
    current: u32,
    keys: BTreeMap<u32, Aes256GcmSiv>,
    index_key: [u8; 32],
    draw_nonce: DrawNonce,
}

/// The key that new values are sealed with is not among the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no key {0}, which new values are to be sealed with")]
pub struct NoCurrentKey(pub u32);

/// A sealed value cannot be opened: its key is missing, it was changed, or it was moved from another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened")]
pub struct CannotOpen;

/// Where a sealed value stands. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: Uuid,
}

impl Place {
    fn associated(&self) -> Vec<u8> {
        [self.table.as_bytes(), b".", self.column.as_bytes(), b".", self.row.as_bytes()].concat()
    }
}

impl Vault {
    /// The keys by their ids, the id of the one that new values are sealed with, and the key of the blind index.
    ///
    /// # Errors
    /// [`NoCurrentKey`].
    pub fn new(
        keys: &BTreeMap<u32, [u8; 32]>,
        current: u32,
        index_key: [u8; 32],
        draw_nonce: DrawNonce,
    ) -> Result<Self, NoCurrentKey> {
        if !keys.contains_key(&current) {
            return Err(NoCurrentKey(current));
        }
        let keys = keys.iter().map(|(&id, key)| (id, Aes256GcmSiv::new(key.into()))).collect();
        Ok(Self { current, keys, index_key, draw_nonce })
    }

    pub(crate) fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let cipher = self.keys.get(&self.current).ok_or(CannotOpen)?;
        let nonce = (self.draw_nonce)();
        let payload = Payload { msg: plain, aad: &place.associated() };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| CannotOpen)?;
        Ok([&[LAYOUT], self.current.to_be_bytes().as_slice(), &nonce, &sealed].concat())
    }

    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (&layout, rest) = sealed.split_first().ok_or(CannotOpen)?;
        let (key_id, rest) = rest.split_first_chunk::<KEY_ID>().ok_or(CannotOpen)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
        let cipher = self.keys.get(&u32::from_be_bytes(*key_id)).filter(|_| layout == LAYOUT).ok_or(CannotOpen)?;
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &place.associated() }).map_err(|_| CannotOpen)
    }

    pub(crate) fn seal_json(&self, place: Place, value: &impl Serialize) -> Result<Vec<u8>, CannotOpen> {
        self.seal(place, &serde_json::to_vec(value).map_err(|_| CannotOpen)?)
    }

    pub(crate) fn open_json<T: DeserializeOwned>(&self, place: Place, sealed: &[u8]) -> Result<T, CannotOpen> {
        serde_json::from_slice(&self.open(place, sealed)?).map_err(|_| CannotOpen)
    }

    /// The keyed hash of a value, the same for the same value of the same kind.
    pub(crate) fn index(&self, kind: &str, plain: &str) -> Vec<u8> {
        // A key of any length fits; no key of ours is refused.
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.index_key) else { return Vec::new() };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(plain.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("current", &self.current).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "person", column: "name", row: Uuid::nil() };

    fn vault(keys: &[u32], current: u32) -> Vault {
        let keys = keys.iter().map(|&id| (id, [id.to_le_bytes()[0]; 32])).collect();
        Vault::new(&keys, current, [9; 32], || [7; 12]).unwrap()
    }

    #[test]
    fn a_value_opens_in_its_place_only() {
        let vault = vault(&[1], 1);
        let sealed = vault.seal(PLACE, b"Zane").unwrap();
        assert!(!sealed.windows(4).any(|window| window == b"Zane"));
        assert_eq!(vault.open(PLACE, &sealed).unwrap(), b"Zane");
        for place in [
            Place { table: "application", ..PLACE },
            Place { column: "contact", ..PLACE },
            Place { row: Uuid::max(), ..PLACE },
        ] {
            assert_eq!(vault.open(place, &sealed), Err(CannotOpen));
        }
    }

    #[test]
    fn a_changed_or_cut_value_does_not_open() {
        let vault = vault(&[1], 1);
        let sealed = vault.seal(PLACE, b"Zane").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(vault.open(PLACE, &changed), Err(CannotOpen), "byte {at}");
            assert_eq!(vault.open(PLACE, &sealed[..at]), Err(CannotOpen), "cut at {at}");
        }
    }

    #[test]
    fn keys_change_and_old_values_still_open() {
        let sealed = vault(&[1], 1).seal(PLACE, b"Zane").unwrap();
        let changed = vault(&[1, 2], 2);
        assert_eq!(changed.open(PLACE, &sealed).unwrap(), b"Zane");
        let fresh = changed.seal(PLACE, b"Zane").unwrap();
        assert_eq!(vault(&[1], 1).open(PLACE, &fresh), Err(CannotOpen));
        assert_eq!(Vault::new(&BTreeMap::new(), 3, [0; 32], || [0; 12]).unwrap_err(), NoCurrentKey(3));
    }

    #[test]
    fn the_blind_index_is_the_same_for_the_same_value_of_a_kind() {
        let vault = vault(&[1], 1);
        assert_eq!(vault.index("personal_code", "1"), vault.index("personal_code", "1"));
        assert_ne!(vault.index("personal_code", "1"), vault.index("personal_code", "2"));
        assert_ne!(vault.index("personal_code", "1"), vault.index("identification", "1"));
    }
}
