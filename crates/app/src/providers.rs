//! Providers and their qualification documents: an office registers a provider, and any office may choose it.

use balsts_domain::{
    access::{Actor, Denied, MunicipalityCode, Role, Scope},
    account::Iban,
    day::DayRefusal,
    events::EventType,
    offers::Validity,
    parameters::{catalogue::Catalogue, municipalities::Municipalities},
    personal_code::PersonalCode,
    providers::{ProviderRefusal, QualificationKind, Standing, check_municipalities},
    representatives,
    text::Fault,
};
use balsts_store::{
    InsertError, OfProvider, Provider, ProviderFilter, ProviderIdentity, ProviderSummary, Qualification,
    QualificationCheck, QualificationDetails, RecordedAnswer, WriteTransaction,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// Who a provider is, what it serves, and who signs in for it, as a caller tells it.
#[derive(Debug)]
pub struct NewProvider {
    /// As a legal person: name and registration number.
    pub legal: Option<(String, String)>,
    /// As a natural person: given name, family name, personal code.
    pub natural: Option<(String, String, PersonalCode)>,
    /// Number in the Register of Social Service Providers.
    pub register_number: Option<String>,
    /// The municipalities that it serves.
    pub municipalities: Vec<MunicipalityCode>,
    /// Bank account as text.
    pub bank_account: Option<String>,
    /// The issuer's identifiers of who signs in for it.
    pub subjects: Vec<String>,
}

/// A qualification document as it is added.
#[derive(Debug)]
pub struct NewQualification {
    /// Code of the service.
    pub service: String,
    /// What the document is.
    pub kind: QualificationKind,
    /// Its number and issuer.
    pub details: QualificationDetails,
    /// When it is valid.
    pub validity: Validity,
}

/// A provider, and whether the caller sees all of it.
#[derive(Debug)]
pub struct SeenProvider {
    /// The provider.
    pub provider: Provider,
    /// Whether to show the bank account, who signs in, and who a natural person is.
    pub sees_all: bool,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "provider", id, event }
}

fn exists(code: &'static str) -> impl Fn(InsertError) -> AppError {
    move |error| match error {
        InsertError::Exists => AppError::Conflict { code },
        InsertError::Store(error) => error.into(),
    }
}

pub(crate) fn expect(may: bool) -> Result<(), AppError> {
    if may { Ok(()) } else { Err(AppError::Denied(Denied)) }
}

/// Checks that there is a service.
pub(crate) fn expect_service(catalogue: &Catalogue, code: &str) -> Result<(), AppError> {
    let known = catalogue.find(code).is_some();
    if known { Ok(()) } else { Err(AppError::refused(&[ProviderRefusal::UnknownService])) }
}

impl NewProvider {
    /// What is stored.
    ///
    /// # Errors
    /// [`AppError::Refused`] with everything that does not fit.
    fn checked(self, id: Uuid, scope: &Scope, known: &Municipalities) -> Result<Provider, AppError> {
        let mut refusals = check_municipalities(&self.municipalities, known);
        let identity = match (self.legal, self.natural) {
            (Some((name, registration_number)), None) => Some(ProviderIdentity::Legal { name, registration_number }),
            (None, Some((given_name, family_name, personal_code))) => {
                Some(ProviderIdentity::Natural { given_name, family_name, personal_code })
            }
            _ => None,
        };
        let bank_account = self.bank_account.map(|text| Iban::to_pay(&text)).transpose();
        refusals.extend(identity.is_none().then_some(ProviderRefusal::KindUnclear));
        refusals.extend(bank_account.as_ref().err().copied().map(ProviderRefusal::Account));
        let (Some(identity), Ok(bank_account), []) = (identity, bank_account, refusals.as_slice()) else {
            return Err(AppError::refused(&refusals));
        };
        let (mut municipalities, mut subjects) = (self.municipalities, self.subjects);
        municipalities.sort_unstable();
        subjects.sort_unstable();
        subjects.dedup();
        Ok(Provider {
            id,
            registered_by: scope.municipality,
            identity,
            register_number: self.register_number,
            municipalities,
            bank_account,
            subjects,
            version: 1,
        })
    }
}

impl App {
    /// The scope in which a caller acts on a provider: an office in its own municipality, a provider and the ministry in that of
    /// the office that registered the provider. Who signs in as a provider reaches the own one only.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn scope_of_provider(&self, actor: &Actor, of: OfProvider) -> Result<Scope, AppError> {
        if let Some(municipality) = actor.municipality {
            return Ok(actor.within(municipality));
        }
        Ok(actor.within(self.expect_provider(actor, of).await?))
    }

    /// The municipality whose office registered a provider that a caller may see.
    pub(crate) async fn expect_provider(&self, actor: &Actor, of: OfProvider) -> Result<MunicipalityCode, AppError> {
        let subject = (actor.role == Role::Provider).then_some(actor.subject.as_str());
        self.store.find_registering_office(of, subject).await?.ok_or(AppError::NotFound)
    }

    /// The provider with a registration number.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn find_provider_by_number(&self, number: &str) -> Result<Uuid, AppError> {
        let filter = ProviderFilter { registration_number: Some(number.to_owned()), ..ProviderFilter::default() };
        let found = self.store.list_providers(&filter, 1).await?;
        found.first().map(|provider| provider.id).ok_or(AppError::NotFound)
    }

    /// Registers a provider. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`], [`AppError::Conflict`] where there is one with the same number or personal code, or somebody signs
    /// in for another one, [`AppError::KeyReused`], or the database.
    pub async fn register_provider(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        new: NewProvider,
        answer: impl FnOnce(&Provider) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let provider = new.checked((call.new_id)(), &call.scope, municipalities)?;
        transaction.insert_provider(&call.scope, &provider, call.at).await.map_err(exists("provider_exists"))?;
        transaction.save_provider_accounts(&provider).await.map_err(exists("subject_taken"))?;
        let told = told("register_provider", Some(EventType::ProviderRegistered), provider.id);
        Ok(call.commit_once(transaction, told, answer(&provider), None).await?)
    }

    /// Gets a provider; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_provider(&self, call: &Call<'_>, id: Uuid) -> Result<SeenProvider, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let (provider, standing) = self.provider(call, &transaction, id).await?;
        call.commit(transaction, told("get_provider", None, id)).await?;
        Ok(SeenProvider { provider, sees_all: standing.sees_all() })
    }

    /// Lists providers, without anything personal. Who signs in as a provider sees the own one.
    ///
    /// # Errors
    /// The database.
    pub async fn list_providers(
        &self,
        actor: &Actor,
        filter: ProviderFilter,
        limit: u64,
    ) -> Result<Vec<ProviderSummary>, AppError> {
        let subject = (actor.role == Role::Provider).then(|| actor.subject.clone());
        Ok(self.store.list_providers(&ProviderFilter { subject, ..filter }, limit).await?)
    }

    /// Replaces who a provider is, what it serves and who signs in for it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`], [`AppError::Stale`], those of
    /// [`register_provider`](Self::register_provider), or the database.
    pub async fn update_provider(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        (id, version): (Uuid, i64),
        new: NewProvider,
    ) -> Result<SeenProvider, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let (known, standing) = self.provider(call, &transaction, id).await?;
        expect(standing.may_change())?;
        if known.version != version {
            return Err(AppError::Stale);
        }
        let changed = new.checked(id, &call.scope, municipalities)?;
        let mut provider = Provider { registered_by: known.registered_by, version, ..changed };
        transaction.update_provider(&mut provider, call.at).await.map_err(exists("provider_exists"))?;
        transaction.save_provider_accounts(&provider).await.map_err(exists("subject_taken"))?;
        call.commit(transaction, told("update_provider", Some(EventType::ProviderChanged), id)).await?;
        Ok(SeenProvider { provider, sees_all: standing.sees_all() })
    }

    /// Adds a qualification document. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Denied`], [`AppError::Refused`], [`AppError::KeyReused`], or the database.
    pub async fn add_qualification(
        &self,
        call: &Call<'_>,
        catalogue: &Catalogue,
        provider: Uuid,
        new: NewQualification,
        answer: impl FnOnce(&Qualification) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let (provider, standing) = self.provider(call, &transaction, provider).await?;
        expect(standing.may_offer())?;
        expect_service(catalogue, &new.service)?;
        let NewQualification { service, kind, details, validity } = new;
        representatives::check_validity(validity.from, validity.to)
            .map_err(|refusal| AppError::Refused(vec![Fault::from(&refusal)]))?;
        let (id, provider_id) = ((call.new_id)(), provider.id);
        let stored = Qualification { id, provider_id, service, kind, details, validity, checks: Vec::new() };
        transaction.insert_qualification(&call.scope, &stored, call.at).await?;
        let told = told("add_qualification", Some(EventType::QualificationAdded), provider_id);
        Ok(call.commit_once(transaction, told, answer(&stored), None).await?)
    }

    /// Lists the qualification documents of a provider; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn list_qualifications(&self, call: &Call<'_>, provider: Uuid) -> Result<Vec<Qualification>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let (provider, _) = self.provider(call, &transaction, provider).await?;
        let documents = transaction.list_qualifications(provider.id).await?;
        call.commit(transaction, told("list_qualifications", None, provider.id)).await?;
        Ok(documents)
    }

    /// Records that the office of the caller has checked a document. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::KeyReused`], or the database.
    pub async fn check_qualification(
        &self,
        call: &Call<'_>,
        document: Uuid,
        checked_on: NaiveDate,
        accepted: bool,
        answer: impl FnOnce(&QualificationCheck) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let document = transaction.find_qualification(document).await?.ok_or(AppError::NotFound)?;
        if checked_on > call.scope.today {
            return Err(AppError::refused(&[DayRefusal::InFuture { pointer: "/checked_on" }]));
        }
        let check = QualificationCheck {
            id: (call.new_id)(),
            municipality: call.scope.municipality,
            checked_by: call.scope.subject.clone(),
            checked_on,
            accepted,
        };
        transaction.insert_qualification_check(document.id, &check, call.at).await?;
        let told = told("check_qualification", Some(EventType::QualificationChecked), document.provider_id);
        Ok(call.commit_once(transaction, told, answer(&check), None).await?)
    }

    /// A provider, and what the caller is to it.
    pub(crate) async fn provider(
        &self,
        call: &Call<'_>,
        transaction: &WriteTransaction,
        id: Uuid,
    ) -> Result<(Provider, Standing), AppError> {
        let provider = transaction.find_provider(id).await?.ok_or(AppError::NotFound)?;
        // Who signed in as a provider until a moment ago does no more.
        if call.scope.role == Role::Provider && !provider.subjects.contains(&call.scope.subject) {
            return Err(AppError::NotFound);
        }
        let standing = Standing::of(&call.scope, provider.registered_by);
        Ok((provider, standing))
    }
}
