//! The command `demo`: an empty database filled with invented cases, by the use cases of the service.

mod services;
mod stories;

use std::{
    io::{self, Write},
    time::Instant,
};

use balsts_app::{
    App, AppError, Application, Budget, Call, HandOver, Loading, NewApplication, NewBudget, NewCalculation,
    NewHandOver, RecordedAnswer,
};
use balsts_domain::{
    access::{MunicipalityCode, NotAMunicipalityCode, Role, Scope},
    calendar::local_date,
    eligibility::EligibilityFacts,
    funding::FundingTable,
    parameters::Parameters,
    personal_code::NotAPersonalCode,
};
use chrono::{NaiveDate, SubsecRound};
use indicatif::{ProgressBar, ProgressIterator};
use thiserror::Error;
use uuid::Uuid;

use crate::{clock, config::Settings, development::MUNICIPALITY, error::CommandError, serve};
use services::Services;
use stories::{End, Fate, Stories, Story};

/// The municipalities by their ATVK codes.
const MUNICIPALITIES: [&str; 10] =
    ["0001000", "0002000", "0003000", "0004000", "0005000", "0006000", "0007000", "0040000", "0042000", MUNICIPALITY];

/// Cases in one transaction of a load.
const BATCH: u32 = 4_000;

/// Why there is no demonstration.
#[derive(Debug, Error)]
pub(crate) enum DemoError {
    #[error("the database holds data; a demonstration is put into an empty one only")]
    NotEmpty,
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Municipality(#[from] NotAMunicipalityCode),
    #[error(transparent)]
    PersonalCode(#[from] NotAPersonalCode),
}

/// Fills the database: with every kind of case in each municipality, or with a number of cases drawn at random.
pub(crate) async fn run(settings: &Settings, cases: Option<u32>, seed: u64) -> Result<(), CommandError> {
    let store = serve::open(settings).await?;
    let parameters =
        Parameters::embedded().map_err(|faults| CommandError::set_up("the parameters of the model", faults))?;
    let today = local_date(clock::now());
    let demo = Demo { app: App::new(store.clone()), parameters, today };
    let started = Instant::now();
    let filled = match cases {
        None => demo.tell_each(seed).await.map(|cases| format!("{cases} cases")),
        Some(cases) => demo.load(cases, seed).await.map(|rows| {
            let seconds = started.elapsed().as_secs_f64();
            format!("{cases} cases, {rows} rows in {seconds:.1} s")
        }),
    };
    let done = filled.map_err(|error| CommandError::set_up("the demonstration", error))?;
    store.close().await?;
    writeln!(io::stdout(), "{done} in {} municipalities", MUNICIPALITIES.len()).map_err(CommandError::Output)
}

struct Demo {
    app: App,
    parameters: Parameters,
    today: NaiveDate,
}

impl Demo {
    async fn expect_empty(&self) -> Result<(), DemoError> {
        if self.app.is_empty().await? { Ok(()) } else { Err(DemoError::NotEmpty) }
    }

    /// A child and an adult of every fate in every municipality, each act by its own request.
    async fn tell_each(&self, seed: u64) -> Result<usize, DemoError> {
        self.expect_empty().await?;
        let funding = FundingTable::embedded().map_err(|_| AppError::Broken)?;
        let services = Services::of_a_provider(&self.app, &self.parameters, funding, self.today).await?;
        let mut stories = Stories::new(seed, self.today);
        let mut told = 0;
        for municipality in MUNICIPALITIES {
            let municipality: MunicipalityCode = municipality.parse()?;
            for fate in Fate::ALL {
                for child in [true, false] {
                    self.tell(municipality, stories.of(fate, child)?, &services).await?;
                    told += 1;
                }
            }
            services.report(municipality).await?;
        }
        Ok(told)
    }

    async fn tell(
        &self,
        municipality: MunicipalityCode,
        story: Story,
        services: &Services<'_>,
    ) -> Result<(), DemoError> {
        let Story { case, in_two_steps, again, in_service, end } = story;
        let worker = || as_role(municipality, Role::SocialWorker, self.today);
        let head = || as_role(municipality, Role::OfficeHead, self.today);
        let (calendar, today) = (&self.parameters.calendar, self.today);
        let mut application = case.application;
        let known = application.evidence.clone();
        if in_two_steps {
            application.evidence = EligibilityFacts { disability: None, ..known.clone() };
        }
        let (id, mut version) = self.register(&worker(), application).await?;
        if in_two_steps {
            version = self.app.complete_application(&worker(), id, version, known).await?.summary.version;
        }
        if let Some(act) = case.decision {
            version = self.app.decide_application(&head(), calendar, id, version, act).await?.summary.version;
        }
        if let Some(new) = case.budget {
            let calculated = new.calculation.facts.date();
            let (budget, person) = self.calculate(worker, id, new, again).await?;
            if in_service {
                services.serve(municipality, (id, budget), calculated).await?;
                if municipality.as_str() == MUNICIPALITY {
                    services.represent(municipality, person).await?;
                }
            }
        }
        match end {
            None => {}
            Some(End::Withdrawn(on)) => {
                self.app.withdraw_application(&worker(), today, (id, version), on).await?;
            }
            Some(End::Revoked(act)) => {
                self.app.revoke_application(&head(), calendar, today, (id, version), act).await?;
            }
            Some(End::HandedOver) => {
                let to = MUNICIPALITIES.iter().find(|code| **code != municipality.as_str()).unwrap_or(&MUNICIPALITY);
                let to = to.parse()?;
                let offer = self.offer(&head(), id, to).await?;
                self.app.accept_hand_over(&as_role(to, Role::OfficeHead, today), offer).await?;
            }
            Some(End::Offered) => {
                let after = MUNICIPALITIES.iter().skip_while(|code| **code != municipality.as_str()).nth(1);
                let [first, ..] = MUNICIPALITIES;
                self.offer(&head(), id, after.unwrap_or(&first).parse()?).await?;
            }
        }
        Ok(())
    }

    /// Offers a case to another municipality; the offer and its version.
    async fn offer(&self, head: &Call<'_>, case: Uuid, to: MunicipalityCode) -> Result<(Uuid, i64), AppError> {
        let mut offered = (Uuid::nil(), 1);
        let answer = |offer: &HandOver| {
            offered = (offer.summary.id, offer.summary.version);
            nobody_s_answer()
        };
        let new = NewHandOver { to, reason: "Demonstrācija: persona pārcēlās".to_owned() };
        self.app.offer_hand_over(head, &self.parameters.municipalities, case, new, answer).await?;
        Ok(offered)
    }

    /// Calculates and signs; the identifiers of the budget and its person.
    async fn calculate(
        &self,
        worker: impl Fn() -> Call<'static>,
        application: Uuid,
        new: NewBudget,
        again: Option<NewCalculation>,
    ) -> Result<(Uuid, Uuid), AppError> {
        let (parameters, today) = (&self.parameters, self.today);
        let mut created = (application, 1, application);
        let answer = |budget: &Budget| {
            created = (budget.summary.id, budget.summary.version, budget.summary.person_id);
            nobody_s_answer()
        };
        self.app.create_budget(&worker(), parameters, today, application, new.calculation.into(), answer).await?;
        let (budget, mut version, person) = created;
        for signature in new.signatures {
            version = self.app.sign_budget(&worker(), today, (budget, version), signature).await?.summary.version;
        }
        if let Some(again) = again {
            self.app.recalculate_budget(&worker(), parameters, today, (budget, version), again.into()).await?;
        }
        Ok((budget, person))
    }

    async fn register(&self, call: &Call<'_>, new: NewApplication) -> Result<(Uuid, i64), AppError> {
        let mut registered = (Uuid::nil(), 1);
        let answer = |application: &Application| {
            registered = (application.summary.id, application.summary.version);
            nobody_s_answer()
        };
        self.app.register_application(call, &self.parameters.calendar, new, answer).await?;
        Ok(registered)
    }

    /// Cases drawn at random, evenly over the municipalities, some thousand in a transaction. Returns the number of rows.
    async fn load(&self, cases: u32, seed: u64) -> Result<usize, DemoError> {
        self.expect_empty().await?;
        let mut stories = Stories::new(seed, self.today);
        let municipalities: u32 = 10;
        let batch = cases.div_ceil(municipalities).clamp(1, BATCH);
        let bar = ProgressBar::new(cases.div_ceil(batch).into());
        let mut rows = 0;
        let starts = (0..cases).step_by(usize::try_from(batch).unwrap_or(1));
        for (first, municipality) in starts.zip(MUNICIPALITIES.iter().cycle()).progress_with(bar) {
            let some = (first..cases.min(first.saturating_add(batch))).map(|_| stories.any().map(|story| story.case));
            let some = some.collect::<Result<Vec<_>, _>>()?;
            let municipality: MunicipalityCode = municipality.parse()?;
            let head = as_role(municipality, Role::OfficeHead, self.today).scope;
            let loading = Loading { head: &head, parameters: &self.parameters, today: self.today };
            let worker = as_role(municipality, Role::SocialWorker, self.today);
            rows += self.app.load_cases(&worker, &loading, some).await?;
        }
        Ok(rows)
    }
}

/// Somebody in a role of a municipality, on a day: who the tokens of development name.
fn as_role(municipality: MunicipalityCode, role: Role, today: NaiveDate) -> Call<'static> {
    let subject = format!("demo-{}", role.as_str().replace('_', "-"));
    let scope = Scope { municipality, subject, role, today };
    // The database keeps microseconds.
    let at = clock::now().trunc_subsecs(6);
    Call { scope, request_id: clock::new_id(), at, new_id: clock::new_id, key: None }
}

/// Kept only where a request has a key; these have none.
fn nobody_s_answer() -> RecordedAnswer {
    RecordedAnswer { status: 201, body: Vec::new() }
}
