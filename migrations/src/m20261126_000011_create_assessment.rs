//! Creates assessments, with the subjects that are assigned to them.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, date_null, text, timestamp_with_time_zone, uuid},
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
enum Assessment {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    Kind,
    AssessedOn,
    Status,
    CompletedOn,
    /// Sealed.
    Content,
    /// Reports to police and orphans' court, for the office alone; sealed.
    Reports,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum AssessmentMember {
    Table,
    AssessmentId,
    /// The issuer's identifier of who signs in.
    Subject,
    MunicipalityCode,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let status = |name: &str| Expr::col(Assessment::Status).eq(name);
        let completed_on = || Expr::col(Assessment::CompletedOn);
        let completed = status("completed").and(completed_on().is_not_null());
        let assessment = Table::create()
            .table(Assessment::Table)
            .col(uuid(Assessment::Id).primary_key())
            .col(text(Assessment::MunicipalityCode))
            .col(uuid(Assessment::ApplicationId))
            .col(uuid(Assessment::PersonId))
            .col(text(Assessment::Kind))
            .col(date(Assessment::AssessedOn))
            .col(text(Assessment::Status))
            .col(date_null(Assessment::CompletedOn))
            .col(blob(Assessment::Content))
            .col(blob(Assessment::Reports))
            .col(big_integer(Assessment::Version))
            .col(text(Assessment::CreatedBy))
            .col(timestamp_with_time_zone(Assessment::CreatedAt))
            .col(timestamp_with_time_zone(Assessment::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("assessment_municipality")
                    .from(Assessment::Table, Assessment::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("assessment_application")
                    .from(Assessment::Table, Assessment::ApplicationId)
                    .to(Application::Table, Application::Id),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("assessment_person")
                    .from(Assessment::Table, Assessment::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .check(("assessment_kind", Expr::col(Assessment::Kind).is_in(["initial", "repeat", "ad_hoc", "closing"])))
            .check(("assessment_status", Expr::col(Assessment::Status).is_in(["draft", "completed"])))
            .check(("assessment_completed", completed.or(status("draft").and(completed_on().is_null()))))
            .to_owned();
        manager.create_table(assessment).await?;

        let member = Table::create()
            .table(AssessmentMember::Table)
            .col(uuid(AssessmentMember::AssessmentId))
            .col(text(AssessmentMember::Subject))
            .col(text(AssessmentMember::MunicipalityCode))
            .primary_key(Index::create().col(AssessmentMember::AssessmentId).col(AssessmentMember::Subject))
            .foreign_key(
                ForeignKey::create()
                    .name("assessment_member_assessment")
                    .from(AssessmentMember::Table, AssessmentMember::AssessmentId)
                    .to(Assessment::Table, Assessment::Id),
            )
            .to_owned();
        manager.create_table(member).await?;
        for index in [
            Index::create()
                .name("assessment_by_application")
                .table(Assessment::Table)
                .col(Assessment::ApplicationId)
                .col(Assessment::Id)
                .to_owned(),
            Index::create().name("assessment_by_person").table(Assessment::Table).col(Assessment::PersonId).to_owned(),
            Index::create()
                .name("assessment_member_subject")
                .table(AssessmentMember::Table)
                .col(AssessmentMember::MunicipalityCode)
                .col(AssessmentMember::Subject)
                .to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        protect(manager, &["assessment", "assessment_member"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(AssessmentMember::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Assessment::Table).to_owned()).await
    }
}
