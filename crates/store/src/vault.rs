//! Sealing of personal data: AES-256-GCM-SIV with a key id, bound to its table, column and row; and the blind index that
//! finds a person without telling who it is.

use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::{Arc, PoisonError, RwLock},
};

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use balsts_domain::identifier::Identifier;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use uuid::Uuid;

/// The first byte of a sealed value: its layout.
const LAYOUT: u8 = 1;
/// A sealed value begins with its layout and the id of its key, a big-endian number.
pub(crate) const HEADER: usize = 5;
const NONCE: usize = 12;
/// What stands in a sealed column once its person is erased.
pub(crate) const ERASED: &[u8] = &[];

fn header(key: u32) -> [u8; HEADER] {
    let [a, b, c, d] = key.to_be_bytes();
    [LAYOUT, a, b, c, d]
}

/// The id of the key that a value is sealed with, told by its first bytes.
pub(crate) fn key_id(sealed: &[u8]) -> Option<u32> {
    match sealed.first_chunk::<HEADER>()? {
        [LAYOUT, id @ ..] => Some(u32::from_be_bytes(*id)),
        _ => None,
    }
}

/// Draws the nonce of a sealed value.
pub type DrawNonce = fn() -> [u8; NONCE];

/// The keys that values are sealed with, by their ids.
#[derive(Clone)]
pub struct KeyRing {
    /// The keys.
    pub keys: BTreeMap<u32, [u8; 32]>,
    /// The id of the one that new values are sealed with.
    pub current: u32,
}

/// Gives the keys where they changed since it was last asked; it is asked at each sealing.
pub type ChangedKeys = Box<dyn Fn() -> Option<KeyRing> + Send + Sync>;

/// The keys of a deployment.
pub struct Vault {
    keys: RwLock<Arc<Ciphers>>,
    index_key: [u8; 32],
    draw_nonce: DrawNonce,
    changed_keys: Option<ChangedKeys>,
}

struct Ciphers {
    current: u32,
    known: BTreeMap<u32, Aes256GcmSiv>,
}

impl TryFrom<&KeyRing> for Ciphers {
    type Error = NoCurrentKey;

    fn try_from(ring: &KeyRing) -> Result<Self, NoCurrentKey> {
        if !ring.keys.contains_key(&ring.current) {
            return Err(NoCurrentKey(ring.current));
        }
        let known = ring.keys.iter().map(|(&id, key)| (id, Aes256GcmSiv::new(key.into()))).collect();
        Ok(Self { current: ring.current, known })
    }
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
    /// The keys to seal with, and the key of the blind index.
    ///
    /// # Errors
    /// [`NoCurrentKey`].
    pub fn new(ring: &KeyRing, index_key: [u8; 32], draw_nonce: DrawNonce) -> Result<Self, NoCurrentKey> {
        let keys = RwLock::new(Arc::new(ring.try_into()?));
        Ok(Self { keys, index_key, draw_nonce, changed_keys: None })
    }

    /// The same vault, which takes over changed keys while it is in use.
    #[must_use]
    pub fn following(self, changed_keys: ChangedKeys) -> Self {
        Self { changed_keys: Some(changed_keys), ..self }
    }

    /// The keys as they are now.
    fn fresh(&self) -> Arc<Ciphers> {
        let changed = self.changed_keys.as_ref().and_then(|changed| changed());
        if let Some(keys) = changed.and_then(|ring| Ciphers::try_from(&ring).ok()) {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        }
        self.known()
    }

    fn known(&self) -> Arc<Ciphers> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let keys = self.fresh();
        let cipher = keys.known.get(&keys.current).ok_or(CannotOpen)?;
        let nonce = (self.draw_nonce)();
        let payload = Payload { msg: plain, aad: &place.associated() };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| CannotOpen)?;
        Ok([header(keys.current).as_slice(), &nonce, &sealed].concat())
    }

    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let id = key_id(sealed).ok_or(CannotOpen)?;
        let (nonce, sealed) =
            sealed.split_at_checked(HEADER).ok_or(CannotOpen)?.1.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
        let mut keys = self.known();
        if !keys.known.contains_key(&id) {
            keys = self.fresh();
        }
        let cipher = keys.known.get(&id).ok_or(CannotOpen)?;
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &place.associated() }).map_err(|_| CannotOpen)
    }

    /// A key to encrypt one content with, from the source of nonces. Unlike a nonce it cannot do without a source that works.
    pub(crate) fn draw_key(&self) -> Result<[u8; 32], CannotOpen> {
        let drawn = [(self.draw_nonce)(), (self.draw_nonce)(), (self.draw_nonce)()];
        if drawn.contains(&[0; NONCE]) {
            return Err(CannotOpen);
        }
        drawn.as_flattened().first_chunk().copied().ok_or(CannotOpen)
    }

    /// What values that are sealed now begin with.
    pub(crate) fn current_header(&self) -> [u8; HEADER] {
        header(self.fresh().current)
    }

    /// The same value sealed with the key that new values are sealed with.
    pub(crate) fn reseal(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        self.seal(place, &self.open(place, sealed)?)
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

    /// The keyed hash by which a person is found.
    pub(crate) fn person_index(&self, identifier: &Identifier) -> Vec<u8> {
        match identifier {
            Identifier::Code(code) => self.index("personal_code", &code.reveal()),
            Identifier::Number(number) => self.index("identification_number", number.reveal()),
        }
    }
}

/// What a pseudonym is for: lowercase letters, digits and hyphens, 1 to 50. Those of different purposes cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose(String);

/// The text is not a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a purpose has 1 to 50 lowercase letters, digits and hyphens")]
pub struct NotAPurpose;

impl FromStr for Purpose {
    type Err = NotAPurpose;

    fn from_str(text: &str) -> Result<Self, NotAPurpose> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_one = (1..=50).contains(&text.len()) && text.bytes().all(fits);
        if is_one { Ok(Self(text.to_owned())) } else { Err(NotAPurpose) }
    }
}

/// Bytes of the keyed hash that a pseudonym shows: 80 bits, 16 characters.
const PSEUDONYM: usize = 10;

impl Vault {
    /// The code by which reports, surveys and research know a person: for a purpose always the same, in every municipality,
    /// and without the key of the blind index not to be traced to the person.
    #[must_use]
    pub fn pseudonym(&self, purpose: &Purpose, identifier: &Identifier) -> String {
        // The separator is in no purpose, and the kind is no other's.
        self.pseudonym_from("pseudonym", purpose, &identifier.kept())
    }

    /// The same of a person who was erased: stable, and another than before.
    pub(crate) fn pseudonym_of_erased(&self, purpose: &Purpose, person: Uuid) -> String {
        self.pseudonym_from("pseudonym-erased", purpose, &person.to_string())
    }

    fn pseudonym_from(&self, kind: &str, purpose: &Purpose, plain: &str) -> String {
        let hash = self.index(&format!("{kind}|{}", purpose.0), plain);
        BASE32_NOPAD.encode(hash.first_chunk::<PSEUDONYM>().map_or(&[], |first| first.as_slice()))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("current", &self.known().current).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "person", column: "name", row: Uuid::nil() };

    fn ring(keys: &[u32], current: u32) -> KeyRing {
        KeyRing { keys: keys.iter().map(|&id| (id, [id.to_le_bytes()[0]; 32])).collect(), current }
    }

    fn vault(keys: &[u32], current: u32) -> Vault {
        Vault::new(&ring(keys, current), [9; 32], || [7; 12]).unwrap()
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
        assert_eq!(Vault::new(&ring(&[], 3), [0; 32], || [0; 12]).unwrap_err(), NoCurrentKey(3));
    }

    #[test]
    fn changed_keys_are_taken_over_while_in_use() {
        let news = Arc::new(RwLock::new(None));
        let source = Arc::clone(&news);
        let following = vault(&[1], 1).following(Box::new(move || source.write().unwrap().take()));
        let sealed = following.seal(PLACE, b"Zane").unwrap();
        assert_eq!(key_id(&sealed), Some(1));
        // Another node has the new key already, and this one meets what that sealed.
        let others = vault(&[1, 2], 2).seal(PLACE, b"Zane").unwrap();
        assert_eq!(following.open(PLACE, &others), Err(CannotOpen));
        *news.write().unwrap() = Some(ring(&[1, 2], 2));
        assert_eq!(following.open(PLACE, &others).unwrap(), b"Zane");
        let resealed = following.reseal(PLACE, &sealed).unwrap();
        assert_eq!(key_id(&resealed), Some(2));
        assert!(resealed.starts_with(&following.current_header()));
        *news.write().unwrap() = Some(ring(&[2, 3], 3));
        assert_eq!(key_id(&following.seal(PLACE, b"Zane").unwrap()), Some(3));
        assert_eq!(following.open(PLACE, &sealed), Err(CannotOpen));
        // Keys without the current one are none.
        *news.write().unwrap() = Some(ring(&[2], 9));
        assert_eq!(key_id(&following.seal(PLACE, b"Zane").unwrap()), Some(3));
    }

    #[test]
    fn the_blind_index_is_the_same_for_the_same_value_of_a_kind() {
        let vault = vault(&[1], 1);
        assert_eq!(vault.index("personal_code", "1"), vault.index("personal_code", "1"));
        assert_ne!(vault.index("personal_code", "1"), vault.index("personal_code", "2"));
        assert_ne!(vault.index("personal_code", "1"), vault.index("identification", "1"));
        // Digits that may be either are of two persons.
        let code = Identifier::Code("385010-11234".parse().unwrap());
        let number = Identifier::Number("38501011234".parse().unwrap());
        assert_eq!(vault.person_index(&code), vault.index("personal_code", "385010-11234"));
        assert_ne!(vault.person_index(&code), vault.person_index(&number));
        let reports = "reports".parse().unwrap();
        assert_ne!(vault.pseudonym(&reports, &code), vault.pseudonym(&reports, &number));
    }

    #[test]
    fn a_pseudonym_is_stable_for_a_purpose_and_tells_nothing() {
        let known = |text: &str| Identifier::Code(text.parse().unwrap());
        let code = known("320000-00001");
        let (reports, surveys): (Purpose, Purpose) = ("reports".parse().unwrap(), "surveys".parse().unwrap());
        let pseudonym = vault(&[1], 1).pseudonym(&reports, &code);
        assert_eq!(pseudonym.len(), 16);
        assert!(
            pseudonym.bytes().all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte)),
            "{pseudonym}"
        );
        // It outlives a change of the sealing keys.
        assert_eq!(vault(&[2], 2).pseudonym(&reports, &code), pseudonym);
        assert_eq!(vault(&[1], 1).pseudonym(&reports, &known("32000000001")), pseudonym);
        assert_ne!(vault(&[1], 1).pseudonym(&surveys, &code), pseudonym);
        assert_ne!(vault(&[1], 1).pseudonym(&reports, &known("320000-00002")), pseudonym);
        let other = Vault::new(&ring(&[1], 1), [8; 32], || [7; 12]).unwrap();
        assert_ne!(other.pseudonym(&reports, &code), pseudonym);
        for bad in ["", "Reports", "a|b", "a b", "pārskati", &"a".repeat(51)] {
            assert_eq!(bad.parse::<Purpose>(), Err(NotAPurpose), "{bad}");
        }
    }
}
