//! The national service catalogue and the plan suggestions by impairment.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Faults,
    documents::{Documents, Source, SourceEntry},
    tariffs::PriceKind,
};
use crate::{money::Volume, text::Text, whole::whole_or_none};

/// Defines a closed set of names with its published spelling.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every member, in its published order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The published name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use names;

names! {
    /// What a service is counted in.
    Unit {
        /// A consultation.
        Consultation = "consultation",
        /// A session of a group.
        Session = "session",
        /// An hour.
        Hour = "hour",
        /// A day of attendance.
        Day = "day",
        /// A day and night, 24 hours.
        Day24h = "day_24h",
        /// A month.
        Month = "month",
        /// Half a year.
        HalfYear = "half_year",
        /// A trip.
        Trip = "trip",
        /// An amount of money.
        Euro = "euro",
    }
}

names! {
    /// Alone or with others.
    Form {
        /// For one person.
        Individual = "individual",
        /// For a group.
        Group = "group",
    }
}

names! {
    /// Whom a service is for.
    Target {
        /// The child.
        Child = "child",
        /// The child's parent, legal representative or foster family.
        Parent = "parent",
        /// The adult.
        Adult = "adult",
        /// Family and others who support an adult (dabiskā atbalsta loks).
        NaturalSupportNetwork = "natural_support_network",
    }
}

names! {
    /// The group of a service in statistics.
    ServiceGroup {
        /// Social services.
        Social = "social",
        /// Health services.
        Health = "health",
        /// Education services.
        Education = "education",
        /// Other services.
        Other = "other",
    }
}

names! {
    /// A type of functional impairment (funkcionālo traucējumu veids).
    Impairment {
        /// Redzes traucējumi.
        Vision = "vision",
        /// Dzirdes traucējumi.
        Hearing = "hearing",
        /// Kustību traucējumi.
        Movement = "movement",
        /// Garīga rakstura traucējumi.
        Mental = "mental",
        /// Multifunkcionāli traucējumi.
        Multiple = "multiple",
        /// Pārējie traucējumi.
        Other = "other",
    }
}

names! {
    /// A methodology of the model.
    MethodologyId {
        /// Children, the pilot of 2018.
        ChildrenPilot2018 = "children-pilot-2018",
        /// Children, approved in 2023.
        Children2023 = "children-2023",
        /// Adults with mental disorders, approved in 2023.
        Adults2023 = "adults-2023",
    }
}

names! {
    /// What a yearly volume means.
    YearlyKind {
        /// Not more than this.
        Ceiling = "ceiling",
        /// An average: more needs the worker's reason.
        Average = "average",
    }
}

names! {
    /// When a yearly volume holds.
    YearlyCondition {
        /// For a child with autism spectrum disorder.
        AutismSpectrum = "autism_spectrum",
        /// For a child without it.
        NoAutismSpectrum = "no_autism_spectrum",
    }
}

names! {
    /// A yearly maximum or average that a plan is checked against; its name is the code of what is found [domain 5.4 rule 7].
    /// Services with the same rule share one volume.
    YearlyRule {
        /// Psychologist consultations for parents.
        PsychologistParent = "above_maximum_psychologist_parent",
        /// Psychologist consultations for the child.
        PsychologistChild = "above_maximum_psychologist_child",
        /// Specialist consultations for a child with autism spectrum disorder.
        SpecialistAutism = "above_maximum_specialist_autism",
        /// Specialist consultations for any other child.
        Specialist = "above_maximum_specialist",
        /// Days of respite in whatever form.
        Respite = "above_maximum_respite",
        /// Hours in which respite at home is prepared.
        RespiteFamiliarisation = "above_maximum_respite_familiarisation",
        /// Hours of an assistant.
        Assistant = "above_maximum_assistant",
        /// Hours of an escort.
        Escort = "above_maximum_escort",
        /// Hours of training for vision impairment.
        VisionSkills = "above_maximum_vision_skills",
        /// Days of the same training with a stay overnight.
        VisionOvernight = "above_maximum_vision_skills_overnight",
        /// Hours of the hearing services together.
        Hearing = "above_maximum_hearing",
        /// Hours of a sign interpreter for communication.
        InterpreterCommunication = "above_maximum_sign_interpreter_communication",
        /// Hours of a sign interpreter for education.
        InterpreterEducation = "above_maximum_sign_interpreter_education",
        /// Sessions of a support group of parents.
        SupportGroup = "above_average_support_group",
        /// Hours of a family assistant.
        FamilyAssistant = "above_average_family_assistant",
        /// Days in a day care centre.
        DayCare = "above_average_day_care_centre",
        /// Hours of home care, as the criteria of the calculation give.
        HomeCare = "above_average_home_care",
        /// A service's own volume, shared with no other: of the services that the ministry publishes.
        Own = "above_yearly_volume",
    }
}

impl YearlyRule {
    const fn own() -> Self {
        Self::Own
    }

    /// Whether more is refused, or needs just the worker's reason. A volume of a service's own asks for the reason.
    #[must_use]
    pub const fn binds(self) -> bool {
        !matches!(self, Self::SupportGroup | Self::FamilyAssistant | Self::DayCare | Self::HomeCare | Self::Own)
    }
}

/// A service's place in the list of a methodology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The methodology.
    pub methodology: MethodologyId,
    /// Support area.
    pub area: Option<u8>,
    /// Number in the source's list.
    pub number: Option<u8>,
    /// Where it is listed.
    pub source: Source,
}

/// The same as the data file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListingEntry {
    /// The methodology.
    pub methodology: MethodologyId,
    /// Support area.
    #[serde(default, deserialize_with = "whole_or_none", skip_serializing_if = "Option::is_none")]
    pub area: Option<u8>,
    /// Number in the source's list.
    #[serde(default, deserialize_with = "whole_or_none", skip_serializing_if = "Option::is_none")]
    pub number: Option<u8>,
    /// Where it is listed.
    pub source: SourceEntry,
}

/// From a day on only a specialist can certify that a service fits a person, or anybody can again [domain 6.1].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Whether a specialist has to confirm.
    pub required: bool,
    /// First day.
    pub valid_from: NaiveDate,
    /// Legal source.
    pub source: Source,
}

/// The same as the ministry publishes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationEntry {
    /// Code of the service.
    pub service: String,
    /// Whether a specialist has to confirm.
    pub required: bool,
    /// First day; it ends what was said before.
    pub valid_from: NaiveDate,
    /// Legal source.
    pub source: SourceEntry,
}

/// Ages in completed months that a service is limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeLimit {
    /// From so many completed months.
    #[serde(default, deserialize_with = "whole_or_none", skip_serializing_if = "Option::is_none")]
    pub from_months: Option<u32>,
    /// Below so many completed months.
    #[serde(default, deserialize_with = "whole_or_none", skip_serializing_if = "Option::is_none")]
    pub to_months: Option<u32>,
    /// Usual ages, not a limit: a plan is warned outside of them.
    #[serde(default)]
    pub usual: bool,
}

/// A volume for 12 months that a plan is checked against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearlyVolume {
    /// The methodology that sets it.
    pub methodology: MethodologyId,
    /// Volume in the service's unit.
    pub volume: Volume,
    /// Whether it binds.
    pub kind: YearlyKind,
    /// The rule that it belongs to.
    #[serde(default = "YearlyRule::own")]
    pub rule: YearlyRule,
    /// For whom, where not for all.
    #[serde(rename = "when", skip_serializing_if = "Option::is_none")]
    pub condition: Option<YearlyCondition>,
}

/// What the description of a service says [S0 §6.3]; only what the sources give.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Description {
    /// What the service is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<Text>,
    /// What it aims at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aim: Option<Text>,
    /// Whom it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct_target_group: Option<Text>,
    /// Who else gains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indirect_target_group: Option<Text>,
    /// What it consists of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Text>,
    /// Who provides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specialists: Option<Text>,
    /// When it is provided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_provided: Option<Text>,
    /// How much of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<Text>,
    /// What should come of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_results: Option<Text>,
    /// Who may receive it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_criteria: Option<Text>,
    /// What both sides owe each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights_and_duties: Option<Text>,
    /// What a provider must meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_requirements: Option<Text>,
    /// Legal acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_acts: Option<Text>,
}

impl Description {
    /// The fields that are filled, by their published names.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &Text)> {
        [
            ("definition", &self.definition),
            ("aim", &self.aim),
            ("direct_target_group", &self.direct_target_group),
            ("indirect_target_group", &self.indirect_target_group),
            ("content", &self.content),
            ("specialists", &self.specialists),
            ("when_provided", &self.when_provided),
            ("volume", &self.volume),
            ("expected_results", &self.expected_results),
            ("receipt_criteria", &self.receipt_criteria),
            ("rights_and_duties", &self.rights_and_duties),
            ("provider_requirements", &self.provider_requirements),
            ("legal_acts", &self.legal_acts),
        ]
        .into_iter()
        .filter_map(|(name, text)| text.as_ref().map(|text| (name, text)))
    }
}

/// A community-based service (sabiedrībā balstīts sociālais pakalpojums).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Stable code, snake_case.
    pub code: String,
    /// Name.
    pub name: Text,
    /// What it is counted in.
    pub unit: Unit,
    /// Alone or with others.
    pub form: Form,
    /// Whom it is for.
    pub targets: Vec<Target>,
    /// Its group in statistics.
    pub group: ServiceGroup,
    /// Whether the individual budget may pay for it.
    pub payable: bool,
    /// How its price usually comes about, where the sources say.
    pub price_kind: Option<PriceKind>,
    /// Where it is listed.
    pub listings: Vec<Listing>,
    /// Ages it is limited to.
    pub age: Option<AgeLimit>,
    /// Impairments it is bound to; empty where to none.
    pub impairments: Vec<Impairment>,
    /// Yearly maxima and averages.
    pub yearly: Vec<YearlyVolume>,
    /// Whether a specialist has to confirm that it fits, in order of time; nobody has to where nothing is said.
    pub confirmations: Vec<Confirmation>,
    /// Description.
    pub description: Description,
    /// Remark.
    pub note: Option<Text>,
}

impl Service {
    /// Whether a specialist has to confirm that the service fits who receives it on a day [domain 6.1].
    #[must_use]
    pub fn needs_specialist(&self, on: NaiveDate) -> bool {
        self.confirmations.iter().rfind(|known| known.valid_from <= on).is_some_and(|known| known.required)
    }
}

/// A service as the data file writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    /// Stable code, snake_case.
    pub code: String,
    /// Name.
    pub name: Text,
    /// What it is counted in.
    pub unit: Unit,
    /// Alone or with others.
    pub form: Form,
    /// Whom it is for.
    pub targets: Vec<Target>,
    /// Its group in statistics.
    pub group: ServiceGroup,
    /// Whether the individual budget may pay for it.
    pub payable: bool,
    /// How its price usually comes about, where the sources say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_kind: Option<PriceKind>,
    /// Where it is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methodologies: Vec<ListingEntry>,
    /// Ages it is limited to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeLimit>,
    /// Impairments it is bound to; empty where to none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub impairments: Vec<Impairment>,
    /// Yearly maxima and averages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yearly: Vec<YearlyVolume>,
    /// Description.
    #[serde(default)]
    pub description: Description,
    /// Remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// A problem of a child with an impairment, what to aim at and which services help [S3 §6].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSuggestion {
    /// The impairment.
    pub impairment: Impairment,
    /// The problem.
    pub problem: Text,
    /// Goals.
    pub goals: Vec<Text>,
    /// Services that serve the goals.
    pub services: Vec<Arc<Service>>,
    /// Where it stands.
    pub source: Source,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanSuggestionEntry {
    impairment: Impairment,
    problem: Text,
    goals: Vec<Text>,
    services: Vec<String>,
    source: SourceEntry,
}

/// All services, by code, and the plan suggestions.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    services: BTreeMap<String, Arc<Service>>,
    suggestions: Vec<PlanSuggestion>,
}

impl Catalogue {
    pub(super) fn new(
        services: Vec<ServiceEntry>,
        confirmations: Vec<ConfirmationEntry>,
        suggestions: Vec<PlanSuggestionEntry>,
        documents: &Documents,
        faults: &mut Faults,
    ) -> Self {
        let mut catalogue = Self::default();
        let mut confirmations = by_service(confirmations, documents, faults);
        for entry in services {
            let confirmations = confirmations.remove(&entry.code).unwrap_or_default();
            let service = service(entry, confirmations, documents, faults);
            if let Some(twice) = catalogue.services.insert(service.code.clone(), Arc::new(service)) {
                faults.add(&format!("service {}", twice.code), "stands twice");
            }
        }
        for unknown in confirmations.keys() {
            faults.add(&format!("confirmation of {unknown}"), "no such service");
        }
        for (index, entry) in suggestions.into_iter().enumerate() {
            let at = format!("plan suggestion {}", index + 1);
            let services = entry.services.iter().filter_map(|code| {
                let service = catalogue.find(code);
                if service.is_none() {
                    faults.add(&at, &format!("no service {code}"));
                }
                service.cloned()
            });
            let services = services.collect();
            match documents.resolve(&entry.source) {
                Some(source) => catalogue.suggestions.push(PlanSuggestion {
                    impairment: entry.impairment,
                    problem: entry.problem,
                    goals: entry.goals,
                    services,
                    source,
                }),
                None => faults.add(&at, "no such document"),
            }
        }
        catalogue
    }

    /// A service by its code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Arc<Service>> {
        self.services.get(code)
    }

    /// All services in order of their codes.
    pub fn services(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.services.values()
    }

    /// The plan suggestions in order of the source.
    #[must_use]
    pub fn suggestions(&self) -> &[PlanSuggestion] {
        &self.suggestions
    }
}

/// What is said of each service, in order of time.
fn by_service(
    entries: Vec<ConfirmationEntry>,
    documents: &Documents,
    faults: &mut Faults,
) -> BTreeMap<String, Vec<Confirmation>> {
    let mut of: BTreeMap<String, Vec<Confirmation>> = BTreeMap::new();
    for ConfirmationEntry { service, required, valid_from, source } in entries {
        match documents.resolve(&source) {
            Some(source) => of.entry(service).or_default().push(Confirmation { required, valid_from, source }),
            None => faults.add(&format!("confirmation of {service}"), "no such document"),
        }
    }
    for (service, known) in &mut of {
        known.sort_by_key(|known| known.valid_from);
        if known.windows(2).any(|pair| matches!(pair, [one, next] if one.valid_from == next.valid_from)) {
            faults.add(&format!("confirmation of {service}"), "two begin on one day");
        }
    }
    of
}

fn service(
    entry: ServiceEntry,
    confirmations: Vec<Confirmation>,
    documents: &Documents,
    faults: &mut Faults,
) -> Service {
    let at = format!("service {}", entry.code);
    if entry.targets.is_empty() {
        faults.add(&at, "no target");
    }
    let listings = entry.methodologies.into_iter().filter_map(|listing| {
        let source = documents.resolve(&listing.source);
        if source.is_none() {
            faults.add(&at, "no such document");
        }
        Some(Listing { methodology: listing.methodology, area: listing.area, number: listing.number, source: source? })
    });
    let listings = listings.collect();
    Service {
        code: entry.code,
        name: entry.name,
        unit: entry.unit,
        form: entry.form,
        targets: entry.targets,
        group: entry.group,
        payable: entry.payable,
        price_kind: entry.price_kind,
        listings,
        age: entry.age,
        impairments: entry.impairments,
        yearly: entry.yearly,
        confirmations,
        description: entry.description,
        note: entry.note,
    }
}
