//! What the published names of plans and orders are called in Latvian.

use balsts_domain::{
    parameters::{
        catalogue::{MethodologyId, Target, Unit},
        tariffs::PriceKind,
    },
    plans::{
        FundingSource, GoalAuthor, GoalTerm, IntensityPeriod,
        status::{PlanDocument, PlanParty, PlanStatus, SigningMethod},
        times::WeeklyTime,
    },
};

/// What a table says where there is nothing.
pub(crate) const NONE: &str = "\u{2013}";

pub(crate) const fn funding(source: FundingSource) -> &'static str {
    match source {
        FundingSource::IndividualBudget => "Individuālais budžets",
        FundingSource::State => "Valsts",
        FundingSource::Municipality => "Pašvaldība",
        FundingSource::Benefit => "Pabalsts",
        FundingSource::Parent => "Vecāks vai persona",
        FundingSource::Other => "Cits avots",
    }
}

pub(crate) const fn target(target: Target) -> &'static str {
    match target {
        Target::Child => "bērns",
        Target::Parent => "vecāks",
        Target::Adult => "pilngadīga persona",
        Target::NaturalSupportNetwork => "dabiskā atbalsta loks",
    }
}

pub(crate) const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Consultation => "konsultācija",
        Unit::Session => "nodarbība",
        Unit::Hour => "stunda",
        Unit::Day => "diena",
        Unit::Day24h => "diennakts",
        Unit::Month => "mēnesis",
        Unit::HalfYear => "pusgads",
        Unit::Trip => "brauciens",
        Unit::Euro => "euro",
    }
}

pub(crate) const fn price_kind(kind: PriceKind) -> &'static str {
    match kind {
        PriceKind::Regulated => "noteikta tiesību aktā",
        PriceKind::Delegated => "noteikta deleģēšanas līgumā",
        PriceKind::Market => "tirgus cena",
        PriceKind::CalculatedAverage => "aprēķināta vidējā cena",
    }
}

pub(crate) const fn term(term: GoalTerm) -> &'static str {
    match term {
        GoalTerm::Long => "Ilgtermiņa",
        GoalTerm::Short => "Īstermiņa",
    }
}

pub(crate) const fn author(author: GoalAuthor) -> &'static str {
    match author {
        GoalAuthor::Person => "persona",
        GoalAuthor::Parent => "vecāks",
        GoalAuthor::Team => "speciālisti",
    }
}

pub(crate) const fn per(period: IntensityPeriod) -> &'static str {
    match period {
        IntensityPeriod::Week => "nedēļā",
        IntensityPeriod::Month => "mēnesī",
    }
}

pub(crate) const fn methodology(id: MethodologyId) -> &'static str {
    match id {
        MethodologyId::ChildrenPilot2018 => "izmēģinājumprojekta metodika bērniem, 2018",
        MethodologyId::Children2023 => "metodika bērniem, 2023",
        MethodologyId::Adults2023 => "metodika pilngadīgām personām, 2023",
    }
}

/// What the sum is called that a plan must fit.
pub(crate) const fn ceiling(id: MethodologyId) -> &'static str {
    match id {
        MethodologyId::ChildrenPilot2018 => "Provizoriskais vai galīgais apmērs",
        MethodologyId::Children2023 | MethodologyId::Adults2023 => "Indikatīvais apmērs",
    }
}

pub(crate) const fn status(status: PlanStatus) -> &'static str {
    match status {
        PlanStatus::Draft => "projekts",
        PlanStatus::InForce => "spēkā",
        PlanStatus::Suspended => "apturēts",
        PlanStatus::Terminated => "izbeigts",
    }
}

pub(crate) const fn document(document: PlanDocument) -> &'static str {
    match document {
        PlanDocument::Plan => "atbalsta plāns",
        PlanDocument::Contract => "līgums",
    }
}

pub(crate) const fn party(party: PlanParty) -> &'static str {
    match party {
        PlanParty::Worker => "sociālais darbinieks",
        PlanParty::OfficeHead => "dienesta vadītājs",
        PlanParty::Recipient => "saņēmējs vai tā pārstāvis",
    }
}

pub(crate) const fn method(method: SigningMethod) -> &'static str {
    match method {
        SigningMethod::Paper => "uz papīra",
        SigningMethod::Eparaksts => "eParaksts",
    }
}

/// "P. 09:00\u{2013}12:00".
pub(crate) fn weekly(time: &WeeklyTime) -> String {
    const DAYS: [&str; 7] = ["P.", "O.", "T.", "C.", "Pk.", "S.", "Sv."];
    let day = DAYS.iter().zip(1..).find(|(_, number)| *number == time.weekday).map(|(day, _)| *day);
    format!("{}\u{a0}{}\u{2013}{}", day.unwrap_or(NONE), time.from, time.to)
}
