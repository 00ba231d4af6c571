//! Signatures as Standard Webhooks 1.0 has them (<https://www.standardwebhooks.com>): HMAC-SHA256 over identifier, time and
//! body, one for each secret that is valid.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use balsts_app::WebhookSecret;
use base64::{Engine, prelude::BASE64_STANDARD};

/// The value of the header `webhook-signature`.
pub(crate) fn header(secrets: &[WebhookSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures: Vec<String> = secrets.iter().map(|secret| signature(&secret.0, id, timestamp, body)).collect();
    signatures.join(" ")
}

fn signature(secret: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signed = [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body].concat();
    format!("v1,{}", BASE64_STANDARD.encode(sign(&Key::new(HMAC_SHA256, secret), &signed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        // Its published reference.
        let secret = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_secret_signs() {
        let (new, old) = (WebhookSecret([1; 32]), WebhookSecret([2; 32]));
        let both = header(&[new.clone(), old.clone()], "id", 1, b"{}");
        let alone = [new, old].map(|secret| header(&[secret], "id", 1, b"{}"));
        assert_eq!(both, alone.join(" "));
        assert_ne!(alone[0], alone[1]);
    }
}
