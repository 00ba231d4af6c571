//! What follows a calculation that both have signed: the assessment, the plan, an order, deliveries, invoices, a payment, the
//! report to the ministry. Of two months of services one is paid and reported, and the invoice of the other waits for its check.

use balsts_app::{
    App, AppError, Assessment, CheckedPlan, Delivery, Invoice, MonthlyReportFile, NewAssessment, NewPaymentRun,
    NewPlanSignature, NewProvider, NewQualification, NewRepresentative, Offer, Order, PaymentRun, Provider,
    Qualification, QualificationDetails, ReportRules, Representative,
};
use balsts_domain::{
    access::{MunicipalityCode, Role},
    assessments::{
        AgreementForm, AssessmentKind, AssessmentPlace, Findings, Goal as AssessedGoal, Member, Participant,
    },
    assessments::{GoalAuthor, GoalTerm},
    deliveries::{DeliveryDetails, NewDelivery},
    funding::FundingTable,
    invoices::{NewInvoice, NewInvoiceLine},
    money::{Money, Volume},
    month::Month,
    monthly_reports::ReportStepKind,
    offers::{DeliveryPlace, OfferedService, Place, Terms, Validity},
    orders::{Engagement, NewOrder, OrderForm, OrderTerms},
    parameters::{Parameters, catalogue::Target, tariffs::PriceKind},
    payments::{PaymentFormat, PaymentResult},
    plans::{
        self, FundingSource, PlanContent, PlanLine,
        status::{PlanDocument, PlanParty, SigningMethod},
    },
    providers::QualificationKind,
    representatives::Relation,
    text::{Fault, Text},
};
use chrono::{Days, Months, NaiveDate};
use uuid::Uuid;

use super::{MUNICIPALITIES, as_role, nobody_s_answer};
use crate::development::MUNICIPALITY;

const SERVICE: &str = "specialist";
/// EUR a consultation.
const PRICE_CENTS: i64 = 6_000;
/// Consultations in the plan, and in the order.
const ORDERED: i64 = 24;
/// The days of a month on which there is a consultation.
const DAYS: [u64; 4] = [2, 9, 16, 23];
/// The example of the registry of account formats.
const ACCOUNT: &str = "LV80BANK0000435195001";
const OFFICE: &str = "Demo novada Sociālais dienests";

/// Serves the cases of the demonstration.
pub(super) struct Services<'a> {
    app: &'a App,
    parameters: &'a Parameters,
    funding: FundingTable,
    today: NaiveDate,
    provider: Uuid,
    offer: Uuid,
}

/// The first days of the two months of services, and of the present month.
pub(super) fn months(today: NaiveDate) -> [NaiveDate; 3] {
    let this = Month::of(today).first_day();
    [2, 1, 0].map(|back| this - Months::new(back))
}

/// Keeps what a use case tells of the thing that it made.
macro_rules! made {
    ($call:expr, |$made:ident: &$kind:ty| $kept:expr) => {{
        let mut kept = None;
        let answer = |$made: &$kind| {
            kept = Some($kept);
            nobody_s_answer()
        };
        $call(answer).await?;
        kept.ok_or(AppError::Broken)?
    }};
}

impl<'a> Services<'a> {
    /// With a provider that serves everywhere, and whose certificate every office has accepted.
    pub(super) async fn of_a_provider(
        app: &'a App,
        parameters: &'a Parameters,
        funding: FundingTable,
        today: NaiveDate,
    ) -> Result<Self, AppError> {
        let codes: Vec<MunicipalityCode> = MUNICIPALITIES.iter().filter_map(|code| code.parse().ok()).collect();
        let worker = |code: MunicipalityCode| as_role(code, Role::SocialWorker, today);
        let home: MunicipalityCode = MUNICIPALITY.parse().map_err(|_| AppError::Broken)?;
        let new = NewProvider {
            legal: Some(("SIA Demo pakalpojumi".to_owned(), "40000000001".to_owned())),
            natural: None,
            register_number: None,
            municipalities: codes.clone(),
            bank_account: Some(ACCOUNT.to_owned()),
            subjects: vec!["demo-provider".to_owned()],
        };
        let by = worker(home);
        let provider = made!(
            |answer| app.register_provider(&by, &parameters.municipalities, new, answer),
            |provider: &Provider| provider.id
        );
        let validity = Validity { from: today - Months::new(36), to: None };
        let certificate = NewQualification {
            service: SERVICE.to_owned(),
            kind: QualificationKind::Certificate,
            details: QualificationDetails { number: Some("DEMO-1".to_owned()), issuer: "Demo augstskola".to_owned() },
            validity,
        };
        let by = worker(home);
        let document = made!(
            |answer| app.add_qualification(&by, &parameters.catalogue, provider, certificate, answer),
            |document: &Qualification| document.id
        );
        for code in codes {
            app.check_qualification(&worker(code), document, today - Months::new(12), true, |_| nobody_s_answer())
                .await?;
        }
        let offered = OfferedService {
            service: SERVICE.to_owned(),
            place: Place { kind: DeliveryPlace::Home, address: None, municipality: None },
            terms: Terms { price: price(), kind: PriceKind::Market, free_market: None, delegation: None },
            validity,
            qualifications: Vec::new(),
        };
        let by = worker(home);
        let offer =
            made!(|answer| app.create_offer(&by, parameters, provider, offered, answer), |offer: &Offer| offer.id);
        Ok(Self { app, parameters, funding, today, provider, offer })
    }

    /// From the assessment to the invoice that waits.
    pub(super) async fn serve(
        &self,
        municipality: MunicipalityCode,
        (case, budget): (Uuid, Uuid),
        calculated: NaiveDate,
    ) -> Result<(), AppError> {
        let [first, second, this] = months(self.today);
        self.assess(municipality, case, calculated + Days::new(6)).await?;
        let order = self.plan(municipality, budget, calculated + Days::new(8), first).await?;
        self.deliver(municipality, order, first).await?;
        let paid = self.invoice(municipality, order, first, second).await?;
        self.pay(municipality, paid, second + Days::new(4)).await?;
        self.deliver(municipality, order, second).await?;
        self.invoice(municipality, order, second, this).await.map(drop)
    }

    async fn assess(&self, municipality: MunicipalityCode, case: Uuid, on: NaiveDate) -> Result<(), AppError> {
        let specialist = "demo-assessment-specialist";
        let findings = Findings {
            place: AssessmentPlace::Home,
            participants: vec![Participant { name: "Demo Vecāks".to_owned(), capacity: "vecāks".to_owned() }],
            members: vec![Member {
                subject: specialist.to_owned(),
                name: "Demo Speciāliste".to_owned(),
                profession: "ergoterapeite".to_owned(),
            }],
            problem_areas: vec!["Demonstrācija: pašaprūpe".to_owned()],
            methods: vec!["COPM".to_owned()],
            goals: vec![AssessedGoal {
                term: GoalTerm::Short,
                area: "Pašaprūpe".to_owned(),
                author: GoalAuthor::Parent,
                text: "Demonstrācija: bērns pats ēd ar karoti.".to_owned(),
                measure: None,
            }],
            functioning: Vec::new(),
            education_load: None,
            alternative_communication: None,
            services_received: Vec::new(),
            background: None,
        };
        let worker = || as_role(municipality, Role::SocialWorker, self.today);
        let (by, new) = (worker(), NewAssessment { kind: AssessmentKind::Initial, assessed_on: on, findings });
        let id = made!(|answer| self.app.create_assessment(&by, case, new, answer), |assessment: &Assessment| (
            assessment.id,
            assessment.version
        ));
        let member = Some(specialist.to_owned());
        let agreed = self.app.agree_assessment(&worker(), id, member, (AgreementForm::Email, on)).await?;
        let head = as_role(municipality, Role::OfficeHead, self.today);
        self.app.complete_assessment(&head, (agreed.id, agreed.version)).await.map(drop)
    }

    /// A plan of a year in force with its contract, and its order.
    async fn plan(
        &self,
        municipality: MunicipalityCode,
        budget: Uuid,
        signed_on: NaiveDate,
        from: NaiveDate,
    ) -> Result<Uuid, AppError> {
        let at_signing = || as_role(municipality, Role::SocialWorker, signed_on);
        let to = from + Months::new(12) - Days::new(1);
        let content = PlanContent {
            from,
            to,
            goals: vec![plans::Goal {
                number: 1,
                term: GoalTerm::Short,
                area: 2,
                author: GoalAuthor::Parent,
                text: "Demonstrācija: bērns pats ēd ar karoti.".to_owned(),
                measure: None,
            }],
            lines: vec![self.line()],
            notes: None,
            area_ranks: None,
        };
        let by = at_signing();
        let (plan, version) = made!(
            |answer| self.app.create_plan(&by, self.parameters, budget, content, answer),
            |made: &CheckedPlan| (made.plan.summary.id, made.plan.summary.version)
        );
        let mut of = (plan, version);
        for (document, party) in [PlanDocument::Plan, PlanDocument::Contract]
            .into_iter()
            .flat_map(|document| document.parties().iter().map(move |party| (document, *party)))
        {
            let (role, signer) = match party {
                PlanParty::Worker => (Role::SocialWorker, None),
                PlanParty::OfficeHead => (Role::OfficeHead, None),
                PlanParty::Recipient => (Role::SocialWorker, Some("Demo Vecāks".to_owned())),
            };
            let method = SigningMethod::Paper;
            let new = NewPlanSignature { document, party, signed_on, method, signer, document_hash: None };
            let by = as_role(municipality, role, signed_on);
            let signed = self.app.sign_plan(&by, self.parameters, signed_on, of, new).await?;
            of = (plan, signed.plan.summary.version);
        }
        let new = NewOrder {
            line: 1,
            form: OrderForm::GuaranteeLetter,
            volume: consultations(ORDERED),
            valid_from: from,
            valid_to: to,
            terms: OrderTerms {
                engagement: Some(Engagement::ParentApplication),
                reference: None,
                payment: Some("15 dienu laikā".to_owned()),
                other: None,
            },
        };
        let by = at_signing();
        Ok(made!(|answer| self.app.create_order(&by, self.parameters, plan, new, answer), |order: &Order| order
            .summary
            .id))
    }

    fn line(&self) -> PlanLine {
        PlanLine {
            number: 1,
            service: SERVICE.to_owned(),
            recipient: Target::Child,
            goal: Some(1),
            volume: consultations(ORDERED),
            needed_volume: None,
            minimum_volume: None,
            intensity: None,
            schedule: Vec::new(),
            times: Vec::new(),
            offer: Some(self.offer),
            unit_price: price(),
            price_kind: None,
            funding: FundingSource::IndividualBudget,
            priority: Some(1),
            expert_rank: None,
            parent_rank: None,
            self_prepaid: false,
            free_support: false,
            provider_is_relative: false,
            includes: Vec::new(),
            reason: Some("Demonstrācija: speciālista ieteikums".to_owned()),
        }
    }

    async fn deliver(&self, municipality: MunicipalityCode, order: Uuid, month: NaiveDate) -> Result<(), AppError> {
        for day in DAYS {
            let new = NewDelivery {
                on: month + Days::new(day),
                hours: None,
                volume: Some(consultations(1)),
                not_delivered: None,
                details: DeliveryDetails {
                    place: Some("Demo iela 1".to_owned()),
                    received_by: None,
                    note: None,
                    confirmed_by: None,
                },
            };
            let by = as_role(municipality, Role::SocialWorker, new.on);
            self.app.create_delivery(&by, self.parameters, order, new, |_: &Delivery| nobody_s_answer()).await?;
        }
        Ok(())
    }

    /// The invoice of a month, entered by the office as it came.
    async fn invoice(
        &self,
        municipality: MunicipalityCode,
        order: Uuid,
        month: NaiveDate,
        issued_on: NaiveDate,
    ) -> Result<(Uuid, i64), AppError> {
        let volume = consultations(i64::try_from(DAYS.len()).unwrap_or_default());
        let (last, amount) = (Month::of(month).last_day(), volume.at(price()));
        let new = NewInvoice {
            credit_note: false,
            number: format!("DEMO-{order}-{}", Month::of(month)),
            issued_on,
            period: (month, last),
            corrects: None,
            account: None,
            lines: vec![NewInvoiceLine { order, from: month, to: last, volume, unit_price: price(), amount }],
            total: amount,
            note: None,
        };
        let by = as_role(municipality, Role::Accountant, issued_on);
        let explain = |fault: &Fault| Text { lv: fault.code.to_owned(), en: fault.code.to_owned() };
        Ok(made!(
            |answer| self.app.create_invoice(&by, Some(self.provider), (new, None), explain, answer),
            |invoice: &Invoice| (invoice.summary.id, invoice.summary.version)
        ))
    }

    /// Checked by one, approved by another, paid by the third.
    async fn pay(&self, municipality: MunicipalityCode, invoice: (Uuid, i64), on: NaiveDate) -> Result<(), AppError> {
        let by = |role| as_role(municipality, role, on);
        let checked = self.app.endorse_invoice(&by(Role::SocialWorker), invoice).await?.summary;
        self.app.approve_invoice(&by(Role::OfficeHead), (checked.id, checked.version)).await?;
        let new = NewPaymentRun {
            format: PaymentFormat::Pain001V03,
            execution_date: on,
            debtor_name: OFFICE.to_owned(),
            debtor_account: ACCOUNT.to_owned(),
            debtor_bic: None,
        };
        let accountant = by(Role::Accountant);
        let (run, payments) = made!(
            |answer| self.app.create_payment_run(&accountant, new, answer),
            |run: &PaymentRun| (run.summary.id, run.payments.iter().map(|payment| payment.id).collect::<Vec<_>>())
        );
        let paid = |payment| PaymentResult { payment, paid: true, reason: None };
        let results: Vec<PaymentResult> = payments.into_iter().map(paid).collect();
        let recorded = self.app.record_payment_results(&accountant, run, Some(on), |_| results, |_| nobody_s_answer());
        recorded.await.map(drop)
    }

    /// The report of the last month, submitted: it claims what was paid in it.
    pub(super) async fn report(&self, municipality: MunicipalityCode) -> Result<(), AppError> {
        let [_, month, _] = months(self.today).map(Month::of);
        let by = |role| as_role(municipality, role, self.today);
        let rules = ReportRules { parameters: self.parameters, funding: &self.funding };
        let worker = by(Role::SocialWorker);
        let of = made!(
            |answer| self.app.create_monthly_report(&worker, rules, month, answer),
            |file: &MonthlyReportFile| (file.report.id, file.report.version)
        );
        self.app.advance_monthly_report(&by(Role::OfficeHead), of, ReportStepKind::Submitted, None).await.map(drop)
    }

    /// The parent of a case signs in as the recipient of the printed tokens.
    pub(super) async fn represent(&self, municipality: MunicipalityCode, person: Uuid) -> Result<(), AppError> {
        let new = NewRepresentative {
            subject: Some("demo-recipient".to_owned()),
            relation: Relation::Parent,
            name: "Demo Vecāks".to_owned(),
            valid_from: self.today - Months::new(6),
            valid_to: None,
        };
        let by = as_role(municipality, Role::SocialWorker, self.today);
        self.app.create_representative(&by, person, new, |_: &Representative| nobody_s_answer()).await.map(drop)
    }
}

fn price() -> Money {
    Money::from_cents(PRICE_CENTS)
}

fn consultations(number: i64) -> Volume {
    Volume::from_thousandths(number * 1_000)
}
