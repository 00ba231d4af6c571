//! pain.002: what became of an order.

use sepa::ParseLimits;
use sepa::pain002::{self, ns, parse_pain002_with_limits};

use crate::{Fault, xml};

/// What the receiver of an order answers (`CstmrPmtStsRpt`). It tells of the whole, of blocks and of payments, of each what it
/// likes: see [`Status::of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// `GrpHdr/MsgId`: the name of the answer.
    pub message_id: String,
    /// `OrgnlMsgId`: the order that it is about.
    pub original_message_id: String,
    /// `GrpSts`: what became of the whole order.
    pub code: Option<Code>,
    /// `StsRsnInf/Rsn`: why, as codes of `ExternalStatusReason1Code` or of the bank's own.
    pub reasons: Vec<String>,
    /// `StsRsnInf/AddtlInf`: why, in words.
    pub notes: Vec<String>,
    /// `OrgnlPmtInfAndSts`: what became of the blocks of the order.
    pub blocks: Vec<BlockStatus>,
}

/// `OrgnlPmtInfAndSts`: what became of a block (`PmtInf`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockStatus {
    /// `OrgnlPmtInfId`: the block.
    pub id: Option<String>,
    /// `PmtInfSts`: what became of it.
    pub code: Option<Code>,
    /// `StsRsnInf/Rsn`: why.
    pub reasons: Vec<String>,
    /// `StsRsnInf/AddtlInf`: why, in words.
    pub notes: Vec<String>,
    /// `TxInfAndSts`: what became of single payments.
    pub payments: Vec<PaymentStatus>,
}

/// `TxInfAndSts`: what became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentStatus {
    /// `OrgnlEndToEndId`: the payment. The message may leave it out.
    pub end_to_end_id: Option<String>,
    /// `TxSts`: what became of it.
    pub code: Option<Code>,
    /// `StsRsnInf/Rsn`: why.
    pub reasons: Vec<String>,
    /// `StsRsnInf/AddtlInf`: why, in words.
    pub notes: Vec<String>,
}

/// A status of `ExternalPaymentTransactionStatus1Code` or `ExternalPaymentGroupStatus1Code`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Code {
    /// `RCVD`: received.
    Received,
    /// `PDNG`: pending; somebody still looks at it.
    Pending,
    /// `ACTC`: the file is in order.
    AcceptedTechnically,
    /// `ACCP`: the account and its rights are in order.
    AcceptedCustomer,
    /// `ACFC`: there is money for it.
    AcceptedFunds,
    /// `ACWC`: accepted, with a change (another day).
    AcceptedWithChange,
    /// `ACSP`: being settled.
    Settling,
    /// `ACSC`: settled on the debtor's account.
    Settled,
    /// `ACCC`: on the creditor's account.
    Credited,
    /// `PART`: some payments are refused.
    Partly,
    /// `RJCT`: refused.
    Refused,
    /// `CANC`: taken back.
    Cancelled,
    /// Any other, as it was written.
    Other(String),
}

impl Code {
    fn of(code: &str) -> Self {
        match code {
            "RCVD" => Self::Received,
            "PDNG" => Self::Pending,
            "ACTC" => Self::AcceptedTechnically,
            "ACCP" => Self::AcceptedCustomer,
            "ACFC" => Self::AcceptedFunds,
            "ACWC" => Self::AcceptedWithChange,
            "ACSP" => Self::Settling,
            "ACSC" => Self::Settled,
            "ACCC" => Self::Credited,
            "PART" => Self::Partly,
            "RJCT" => Self::Refused,
            "CANC" => Self::Cancelled,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The four letters of ISO 20022.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Received => "RCVD",
            Self::Pending => "PDNG",
            Self::AcceptedTechnically => "ACTC",
            Self::AcceptedCustomer => "ACCP",
            Self::AcceptedFunds => "ACFC",
            Self::AcceptedWithChange => "ACWC",
            Self::Settling => "ACSP",
            Self::Settled => "ACSC",
            Self::Credited => "ACCC",
            Self::Partly => "PART",
            Self::Refused => "RJCT",
            Self::Cancelled => "CANC",
            Self::Other(code) => code,
        }
    }

    /// Whether the money has left the debtor's account.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Settled | Self::Credited)
    }

    /// Whether it will not leave it.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused | Self::Cancelled)
    }
}

impl Status {
    /// What became of one payment of the order: what is told of itself, else of the only block, else of the whole. Nothing is known
    /// of it where none of these says anything, or where some payments are refused and it is not told which.
    #[must_use]
    pub fn of(&self, end_to_end_id: &str) -> Option<&Code> {
        let mut levels = self.levels(end_to_end_id);
        let code = levels.find_map(|(code, ..)| code);
        code.filter(|code| **code != Code::Partly)
    }

    /// Why, of one payment of the order: what is told of itself, else of the only block, else of the whole.
    #[must_use]
    pub fn reason(&self, end_to_end_id: &str) -> Option<&str> {
        let mut levels = self.levels(end_to_end_id);
        levels.find_map(|(_, reasons, notes)| reasons.first().or(notes.first())).map(String::as_str)
    }

    /// What is told of one payment, of the only block, and of the whole: what became of it, and why.
    fn levels(&self, end_to_end_id: &str) -> impl Iterator<Item = (Option<&Code>, &[String], &[String])> {
        let mut payments = self.blocks.iter().flat_map(|block| &block.payments);
        let own = payments.find(|payment| payment.end_to_end_id.as_deref() == Some(end_to_end_id));
        let block = match self.blocks.as_slice() {
            [block] => Some(block),
            _ => None,
        };
        let own = own.map(|own| (own.code.as_ref(), own.reasons.as_slice(), own.notes.as_slice()));
        let block = block.map(|block| (block.code.as_ref(), block.reasons.as_slice(), block.notes.as_slice()));
        let whole = (self.code.as_ref(), self.reasons.as_slice(), self.notes.as_slice());
        own.into_iter().chain(block).chain([whole])
    }
}

/// Reads the answer to an order: `pain.002.001.03` or `pain.002.001.10`.
///
/// # Errors
/// A file of more than `max_bytes`, or that is not such a message.
pub fn read_status(xml: &[u8], max_bytes: usize) -> Result<Status, Fault> {
    let text = xml::text(xml, max_bytes)?;
    let limits = ParseLimits {
        input_bytes: max_bytes.max(1),
        nodes: xml::MOST_ELEMENTS,
        depth: xml::DEEPEST,
        ..Default::default()
    };
    let report = parse_pain002_with_limits(text, limits).map_err(|error| Fault::xml(error.to_string()))?;
    if !matches!(report.namespace.as_deref(), Some(ns::PAIN002_001_03 | ns::PAIN002_001_10)) {
        return Err(Fault::xml("not a pain.002.001.03 or pain.002.001.10"));
    }
    Ok(Status {
        message_id: report.msg_id,
        original_message_id: report.original_msg_id,
        code: code_of(report.group_status.as_ref()),
        reasons: reasons_of(&report.group_reason_codes),
        notes: report.group_additional_info,
        blocks: report.payment_info_statuses.into_iter().map(block_of).collect(),
    })
}

fn code_of(status: Option<&pain002::PaymentStatus>) -> Option<Code> {
    status.map(|status| Code::of(status.as_code()))
}

fn reasons_of(reasons: &[pain002::ReasonCode]) -> Vec<String> {
    reasons.iter().map(|reason| reason.as_code().to_owned()).collect()
}

fn block_of(block: pain002::PaymentInfoStatus) -> BlockStatus {
    BlockStatus {
        id: block.original_payment_info_id,
        code: code_of(block.status.as_ref()),
        reasons: reasons_of(&block.reason_codes),
        notes: block.additional_info,
        payments: block.transactions.into_iter().map(payment_of).collect(),
    }
}

fn payment_of(payment: pain002::TransactionStatus) -> PaymentStatus {
    PaymentStatus {
        end_to_end_id: payment.original_end_to_end_id,
        code: code_of(payment.status.as_ref()),
        reasons: reasons_of(&payment.reason_codes),
        notes: payment.additional_info,
    }
}
