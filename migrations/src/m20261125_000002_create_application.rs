//! Creates persons, applications and decisions, and what every change writes with itself: the audit chain, the outbox of
//! events and the records of answered requests. The municipality stands in every key; what tells of a person is sealed.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, blob_null, date, integer_null, text, text_null, timestamp, timestamp_with_time_zone, uuid,
    },
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Municipality {
    Table,
    Code,
}

#[derive(DeriveIden)]
enum Person {
    Table,
    Id,
    MunicipalityCode,
    /// Keyed hash of the personal code: finds a person, tells nothing.
    CodeIndex,
    PersonalCode,
    GivenName,
    FamilyName,
    Contact,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Application {
    Table,
    Id,
    MunicipalityCode,
    PersonId,
    SubjectIndex,
    Methodology,
    Status,
    ReceivedAt,
    DueOn,
    WithdrawnOn,
    Applicant,
    Evidence,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Decision {
    Table,
    ApplicationId,
    MunicipalityCode,
    Outcome,
    /// In the register of the office.
    ActNumber,
    DecidedOn,
    Delivery,
    NotifiedOn,
    AppealUntil,
    Facts,
    PreparedBy,
    SignedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum AuditHead {
    Table,
    MunicipalityCode,
    Sequence,
    Hash,
}

#[derive(DeriveIden)]
enum AuditEntry {
    Table,
    MunicipalityCode,
    Sequence,
    At,
    Subject,
    Role,
    Action,
    Resource,
    ResourceId,
    RequestId,
    Hash,
}

#[derive(DeriveIden)]
enum Event {
    Table,
    Id,
    MunicipalityCode,
    Kind,
    ResourceId,
    At,
}

#[derive(DeriveIden)]
enum IdempotencyRecord {
    Table,
    MunicipalityCode,
    Subject,
    Key,
    RequestHash,
    Status,
    Answer,
    CreatedAt,
}

fn is_one_of(column: impl IntoIden, values: &[&str]) -> Expr {
    Expr::col(column.into_iden()).is_in(values.iter().copied())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let person = Table::create()
            .table(Person::Table)
            .col(uuid(Person::Id).primary_key())
            .col(text(Person::MunicipalityCode))
            .col(blob(Person::CodeIndex))
            .col(blob(Person::PersonalCode))
            .col(blob(Person::GivenName))
            .col(blob(Person::FamilyName))
            .col(blob(Person::Contact))
            .col(timestamp_with_time_zone(Person::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("person_municipality")
                    .from(Person::Table, Person::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .to_owned();
        manager.create_table(person).await?;
        let code = Index::create()
            .name("person_code")
            .table(Person::Table)
            .col(Person::MunicipalityCode)
            .col(Person::CodeIndex)
            .unique()
            .to_owned();
        manager.create_index(code).await?;

        let application = Table::create()
            .table(Application::Table)
            .col(uuid(Application::Id).primary_key())
            .col(text(Application::MunicipalityCode))
            .col(uuid(Application::PersonId))
            .col(blob(Application::SubjectIndex))
            .col(text(Application::Methodology))
            .col(text(Application::Status))
            // To the minute, local time.
            .col(timestamp(Application::ReceivedAt))
            // Null for the pilot, whose applications wait for the ministry's selection.
            .col(ColumnDef::new(Application::DueOn).date())
            .col(ColumnDef::new(Application::WithdrawnOn).date())
            .col(blob(Application::Applicant))
            .col(blob(Application::Evidence))
            .col(big_integer(Application::Version))
            .col(timestamp_with_time_zone(Application::CreatedAt))
            .col(timestamp_with_time_zone(Application::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("application_municipality")
                    .from(Application::Table, Application::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("application_person")
                    .from(Application::Table, Application::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .check((
                "application_status",
                is_one_of(Application::Status, &["registered", "granted", "refused", "withdrawn", "revoked"]),
            ))
            .to_owned();
        manager.create_table(application).await?;
        // One open application for a person, nationally.
        let open = Index::create()
            .name("application_open_subject")
            .table(Application::Table)
            .col(Application::SubjectIndex)
            .unique()
            .and_where(Expr::col(Application::Status).eq("registered"))
            .to_owned();
        manager.create_index(open).await?;
        for (name, columns) in [
            ("application_list", vec![Application::MunicipalityCode, Application::Id]),
            ("application_status_list", vec![Application::MunicipalityCode, Application::Status, Application::Id]),
            ("application_by_person", vec![Application::PersonId]),
        ] {
            let mut index = Index::create().name(name).table(Application::Table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }

        let decision = Table::create()
            .table(Decision::Table)
            .col(uuid(Decision::ApplicationId).primary_key())
            .col(text(Decision::MunicipalityCode))
            .col(text(Decision::Outcome))
            .col(text_null(Decision::ActNumber))
            .col(date(Decision::DecidedOn))
            .col(text(Decision::Delivery))
            .col(date(Decision::NotifiedOn))
            .col(date(Decision::AppealUntil))
            // The facts that were decided on, as they were.
            .col(blob(Decision::Facts))
            .col(text(Decision::PreparedBy))
            .col(text(Decision::SignedBy))
            .col(timestamp_with_time_zone(Decision::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("decision_application")
                    .from(Decision::Table, Decision::ApplicationId)
                    .to(Application::Table, Application::Id),
            )
            .check(("decision_outcome", is_one_of(Decision::Outcome, &["grant", "refuse"])))
            .to_owned();
        manager.create_table(decision).await?;

        let head = Table::create()
            .table(AuditHead::Table)
            .col(text(AuditHead::MunicipalityCode).primary_key())
            .col(big_integer(AuditHead::Sequence))
            .col(blob(AuditHead::Hash))
            .to_owned();
        manager.create_table(head).await?;
        let entry = Table::create()
            .table(AuditEntry::Table)
            .col(text(AuditEntry::MunicipalityCode))
            .col(big_integer(AuditEntry::Sequence))
            .col(timestamp_with_time_zone(AuditEntry::At))
            .col(text(AuditEntry::Subject))
            .col(text(AuditEntry::Role))
            .col(text(AuditEntry::Action))
            .col(text(AuditEntry::Resource))
            .col(uuid(AuditEntry::ResourceId))
            .col(uuid(AuditEntry::RequestId))
            .col(blob(AuditEntry::Hash))
            .primary_key(Index::create().col(AuditEntry::MunicipalityCode).col(AuditEntry::Sequence))
            .to_owned();
        manager.create_table(entry).await?;
        let by_resource = Index::create()
            .name("audit_entry_resource")
            .table(AuditEntry::Table)
            .col(AuditEntry::ResourceId)
            .to_owned();
        manager.create_index(by_resource).await?;

        let event = Table::create()
            .table(Event::Table)
            .col(uuid(Event::Id).primary_key())
            .col(text(Event::MunicipalityCode))
            .col(text(Event::Kind))
            .col(uuid(Event::ResourceId))
            .col(timestamp_with_time_zone(Event::At))
            .to_owned();
        manager.create_table(event).await?;
        let list = Index::create()
            .name("event_list")
            .table(Event::Table)
            .col(Event::MunicipalityCode)
            .col(Event::Id)
            .to_owned();
        manager.create_index(list).await?;

        let record = Table::create()
            .table(IdempotencyRecord::Table)
            .col(text(IdempotencyRecord::MunicipalityCode))
            .col(text(IdempotencyRecord::Subject))
            .col(text(IdempotencyRecord::Key))
            .col(blob(IdempotencyRecord::RequestHash))
            .col(integer_null(IdempotencyRecord::Status))
            .col(blob_null(IdempotencyRecord::Answer))
            .col(timestamp_with_time_zone(IdempotencyRecord::CreatedAt))
            .primary_key(
                Index::create()
                    .col(IdempotencyRecord::MunicipalityCode)
                    .col(IdempotencyRecord::Subject)
                    .col(IdempotencyRecord::Key),
            )
            .to_owned();
        manager.create_table(record).await?;
        protect(
            manager,
            &["person", "application", "decision", "audit_head", "audit_entry", "event", "idempotency_record"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(IdempotencyRecord::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Event::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(AuditEntry::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(AuditHead::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Decision::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Application::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Person::Table).to_owned()).await
    }
}
