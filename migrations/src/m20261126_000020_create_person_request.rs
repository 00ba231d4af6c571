//! Creates what recipients ask of the office, how they rank the lines of a plan, and the complaint register.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, boolean, date, date_null, integer, integer_null, text, text_null, timestamp_with_time_zone,
        uuid, uuid_null,
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
enum Application {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Person {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Plan {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum PersonRequest {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    PlanId,
    /// Version of the plan that was in force; 0 before the first.
    PlanVersion,
    Kind,
    Change,
    Line,
    OfferId,
    Status,
    Outcome,
    ReceivedOn,
    AnsweredOn,
    AnsweredBy,
    /// What is asked and answered, sealed.
    Words,
    RecordedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum PlanRanking {
    Table,
    PlanId,
    MunicipalityCode,
    /// Sealed.
    Lines,
    RankedOn,
    RecordedBy,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Complaint {
    Table,
    Id,
    MunicipalityCode,
    About,
    /// The case that it is about, where it is about one.
    ApplicationId,
    Anonymous,
    Status,
    ReceivedOn,
    AnsweredOn,
    AnsweredBy,
    /// What it says and who complains, sealed.
    Words,
    /// Of an anonymous one, nobody's.
    RecordedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(person_request()).await?;
        manager.create_table(plan_ranking()).await?;
        for (name, columns) in [
            ("person_request_list", vec![PersonRequest::MunicipalityCode, PersonRequest::Id]),
            (
                "person_request_status_list",
                vec![PersonRequest::MunicipalityCode, PersonRequest::Status, PersonRequest::Id],
            ),
            ("person_request_by_person", vec![PersonRequest::PersonId]),
            ("person_request_by_application", vec![PersonRequest::ApplicationId]),
        ] {
            let mut index = Index::create().name(name).table(PersonRequest::Table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        manager.create_table(complaint()).await?;
        for (name, columns) in [
            ("complaint_list", vec![Complaint::MunicipalityCode, Complaint::Id]),
            ("complaint_about_list", vec![Complaint::About, Complaint::Id]),
            ("complaint_by_application", vec![Complaint::ApplicationId]),
        ] {
            let mut index = Index::create().name(name).table(Complaint::Table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        protect(manager, &["person_request", "plan_ranking", "complaint"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Complaint::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(PlanRanking::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(PersonRequest::Table).to_owned()).await
    }
}

fn is_one_of(column: PersonRequest, values: &[&str]) -> Expr {
    Expr::col(column).is_in(values.iter().copied())
}

fn person_request() -> TableCreateStatement {
    let reference = |name: &str, column: PersonRequest| {
        ForeignKey::create().name(name).from(PersonRequest::Table, column).to_owned()
    };
    Table::create()
        .table(PersonRequest::Table)
        .col(uuid(PersonRequest::Id).primary_key())
        .col(text(PersonRequest::MunicipalityCode))
        .col(uuid(PersonRequest::ApplicationId))
        .col(uuid(PersonRequest::PersonId))
        .col(uuid_null(PersonRequest::PlanId))
        .col(integer(PersonRequest::PlanVersion))
        .col(text(PersonRequest::Kind))
        .col(text_null(PersonRequest::Change))
        .col(integer_null(PersonRequest::Line))
        .col(uuid_null(PersonRequest::OfferId))
        .col(text(PersonRequest::Status))
        .col(text_null(PersonRequest::Outcome))
        .col(date(PersonRequest::ReceivedOn))
        .col(date_null(PersonRequest::AnsweredOn))
        .col(text_null(PersonRequest::AnsweredBy))
        .col(blob(PersonRequest::Words))
        .col(text(PersonRequest::RecordedBy))
        .col(big_integer(PersonRequest::Version))
        .col(timestamp_with_time_zone(PersonRequest::CreatedAt))
        .col(timestamp_with_time_zone(PersonRequest::UpdatedAt))
        .foreign_key(
            reference("person_request_municipality", PersonRequest::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            reference("person_request_application", PersonRequest::ApplicationId)
                .to(Application::Table, Application::Id),
        )
        .foreign_key(reference("person_request_person", PersonRequest::PersonId).to(Person::Table, Person::Id))
        .foreign_key(reference("person_request_plan", PersonRequest::PlanId).to(Plan::Table, Plan::Id))
        .check((
            "person_request_kind",
            is_one_of(PersonRequest::Kind, &["change_provider", "refuse_service", "report_change", "give_up"]),
        ))
        .check(("person_request_change", is_one_of(PersonRequest::Change, &["residence", "family", "health"])))
        .check(("person_request_status", is_one_of(PersonRequest::Status, &["open", "answered", "withdrawn"])))
        .check(("person_request_outcome", is_one_of(PersonRequest::Outcome, &["revised", "refused", "noted"])))
        .check((
            "person_request_answer",
            Expr::col(PersonRequest::Status).ne("answered").or(Expr::col(PersonRequest::Outcome).is_not_null()),
        ))
        .to_owned()
}

fn plan_ranking() -> TableCreateStatement {
    Table::create()
        .table(PlanRanking::Table)
        .col(uuid(PlanRanking::PlanId).primary_key())
        .col(text(PlanRanking::MunicipalityCode))
        .col(blob(PlanRanking::Lines))
        .col(date(PlanRanking::RankedOn))
        .col(text(PlanRanking::RecordedBy))
        .col(timestamp_with_time_zone(PlanRanking::UpdatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("plan_ranking_municipality")
                .from(PlanRanking::Table, PlanRanking::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            ForeignKey::create()
                .name("plan_ranking_plan")
                .from(PlanRanking::Table, PlanRanking::PlanId)
                .to(Plan::Table, Plan::Id),
        )
        .to_owned()
}

fn complaint() -> TableCreateStatement {
    let reference =
        |name: &str, column: Complaint| ForeignKey::create().name(name).from(Complaint::Table, column).to_owned();
    Table::create()
        .table(Complaint::Table)
        .col(uuid(Complaint::Id).primary_key())
        .col(text(Complaint::MunicipalityCode))
        .col(text(Complaint::About))
        .col(uuid_null(Complaint::ApplicationId))
        .col(boolean(Complaint::Anonymous))
        .col(text(Complaint::Status))
        .col(date(Complaint::ReceivedOn))
        .col(date_null(Complaint::AnsweredOn))
        .col(text_null(Complaint::AnsweredBy))
        .col(blob(Complaint::Words))
        .col(text(Complaint::RecordedBy))
        .col(big_integer(Complaint::Version))
        .col(timestamp_with_time_zone(Complaint::CreatedAt))
        .col(timestamp_with_time_zone(Complaint::UpdatedAt))
        .foreign_key(
            reference("complaint_municipality", Complaint::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            reference("complaint_application", Complaint::ApplicationId).to(Application::Table, Application::Id),
        )
        .check(("complaint_about", Expr::col(Complaint::About).is_in(["service", "ethics"])))
        .check(("complaint_status", Expr::col(Complaint::Status).is_in(["open", "answered"])))
        .to_owned()
}
