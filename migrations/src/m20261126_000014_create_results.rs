//! Creates results of goals, the risk register, satisfaction ratings and surveys.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, boolean, date, date_null, integer, integer_null, text, text_null, timestamp_with_time_zone,
        uuid,
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
enum GoalResult {
    Table,
    Id,
    MunicipalityCode,
    PlanId,
    ApplicationId,
    PersonId,
    Methodology,
    /// Number of the goal in the plan.
    Goal,
    Area,
    Achievement,
    OnDay,
    /// Sealed.
    Note,
    Version,
    RecordedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Risk {
    Table,
    Id,
    MunicipalityCode,
    Kind,
    IdentifiedOn,
    Probability,
    Impact,
    AnalysedLevel,
    /// What follows from the columns before, for lists.
    Level,
    NeedsAnalysis,
    ReviewOn,
    ReportedOn,
    ClosedOn,
    /// Sealed.
    Content,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum SatisfactionRating {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    Methodology,
    Respondent,
    /// The subject of who rates, or the office's own identifier; null once the person is erased.
    RespondentKey,
    RatedOn,
    Year,
    Granting,
    Assessment,
    Plan,
    Receipt,
    Revision,
    Whole,
    /// Sealed.
    Comment,
    RecordedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Survey {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    Methodology,
    /// The recipient's pseudonymous code; null once the person is erased.
    Code,
    Instrument,
    Moment,
    TakenOn,
    Respondent,
    /// Sealed.
    Content,
    RecordedBy,
    CreatedAt,
}

fn is_one_of(column: impl IntoIden, values: &[&str]) -> Expr {
    Expr::col(column.into_iden()).is_in(values.iter().copied())
}

/// A rating, where there is one, is 1 to 5.
fn is_rating(column: SatisfactionRating) -> Expr {
    let column = Expr::col(column);
    column.clone().is_null().or(column.between(1, 5))
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(goal_result()).await?;
        manager.create_table(risk()).await?;
        manager.create_table(satisfaction_rating()).await?;
        manager.create_table(survey()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        protect(manager, &["goal_result", "risk", "satisfaction_rating", "survey"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Survey::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(SatisfactionRating::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Risk::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(GoalResult::Table).to_owned()).await
    }
}

fn goal_result() -> TableCreateStatement {
    Table::create()
        .table(GoalResult::Table)
        .col(uuid(GoalResult::Id).primary_key())
        .col(text(GoalResult::MunicipalityCode))
        .col(uuid(GoalResult::PlanId))
        .col(uuid(GoalResult::ApplicationId))
        .col(uuid(GoalResult::PersonId))
        .col(text(GoalResult::Methodology))
        .col(integer(GoalResult::Goal))
        .col(integer(GoalResult::Area))
        .col(text(GoalResult::Achievement))
        .col(date(GoalResult::OnDay))
        .col(blob(GoalResult::Note))
        .col(big_integer(GoalResult::Version))
        .col(text(GoalResult::RecordedBy))
        .col(timestamp_with_time_zone(GoalResult::CreatedAt))
        .col(timestamp_with_time_zone(GoalResult::UpdatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("goal_result_municipality")
                .from(GoalResult::Table, GoalResult::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            ForeignKey::create()
                .name("goal_result_plan")
                .from(GoalResult::Table, GoalResult::PlanId)
                .to(Plan::Table, Plan::Id),
        )
        .foreign_key(
            ForeignKey::create()
                .name("goal_result_application")
                .from(GoalResult::Table, GoalResult::ApplicationId)
                .to(Application::Table, Application::Id),
        )
        .foreign_key(
            ForeignKey::create()
                .name("goal_result_person")
                .from(GoalResult::Table, GoalResult::PersonId)
                .to(Person::Table, Person::Id),
        )
        .check(("goal_result_achievement", is_one_of(GoalResult::Achievement, &["achieved", "partly", "not_achieved"])))
        .to_owned()
}

fn risk() -> TableCreateStatement {
    let grades = ["low", "medium", "high"];
    Table::create()
        .table(Risk::Table)
        .col(uuid(Risk::Id).primary_key())
        .col(text(Risk::MunicipalityCode))
        .col(text(Risk::Kind))
        .col(date(Risk::IdentifiedOn))
        .col(text_null(Risk::Probability))
        .col(text_null(Risk::Impact))
        .col(text_null(Risk::AnalysedLevel))
        .col(text_null(Risk::Level))
        .col(boolean(Risk::NeedsAnalysis))
        .col(date_null(Risk::ReviewOn))
        .col(date_null(Risk::ReportedOn))
        .col(date_null(Risk::ClosedOn))
        .col(blob(Risk::Content))
        .col(big_integer(Risk::Version))
        .col(text(Risk::CreatedBy))
        .col(timestamp_with_time_zone(Risk::CreatedAt))
        .col(timestamp_with_time_zone(Risk::UpdatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("risk_municipality")
                .from(Risk::Table, Risk::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .check(("risk_kind", is_one_of(Risk::Kind, &["management", "staff", "finance", "legal", "implementation"])))
        .check(("risk_probability", is_one_of(Risk::Probability, &grades)))
        .check(("risk_impact", is_one_of(Risk::Impact, &grades)))
        .check(("risk_level", is_one_of(Risk::Level, &grades)))
        .check(("risk_analysed_level", is_one_of(Risk::AnalysedLevel, &grades)))
        .to_owned()
}

fn satisfaction_rating() -> TableCreateStatement {
    let mut table = Table::create()
        .table(SatisfactionRating::Table)
        .col(uuid(SatisfactionRating::Id).primary_key())
        .col(text(SatisfactionRating::MunicipalityCode))
        .col(uuid(SatisfactionRating::ApplicationId))
        .col(uuid(SatisfactionRating::PersonId))
        .col(text(SatisfactionRating::Methodology))
        .col(text(SatisfactionRating::Respondent))
        .col(text_null(SatisfactionRating::RespondentKey))
        .col(date(SatisfactionRating::RatedOn))
        .col(integer(SatisfactionRating::Year))
        .col(integer_null(SatisfactionRating::Granting))
        .col(integer_null(SatisfactionRating::Assessment))
        .col(integer_null(SatisfactionRating::Plan))
        .col(integer_null(SatisfactionRating::Receipt))
        .col(integer_null(SatisfactionRating::Revision))
        .col(integer_null(SatisfactionRating::Whole))
        .col(blob(SatisfactionRating::Comment))
        .col(text(SatisfactionRating::RecordedBy))
        .col(timestamp_with_time_zone(SatisfactionRating::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("satisfaction_rating_municipality")
                .from(SatisfactionRating::Table, SatisfactionRating::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            ForeignKey::create()
                .name("satisfaction_rating_application")
                .from(SatisfactionRating::Table, SatisfactionRating::ApplicationId)
                .to(Application::Table, Application::Id),
        )
        .foreign_key(
            ForeignKey::create()
                .name("satisfaction_rating_person")
                .from(SatisfactionRating::Table, SatisfactionRating::PersonId)
                .to(Person::Table, Person::Id),
        )
        .check((
            "satisfaction_rating_respondent",
            is_one_of(SatisfactionRating::Respondent, &["worker", "recipient", "assessment_specialist", "provider"]),
        ))
        .to_owned();
    for (name, column) in [
        ("satisfaction_rating_granting", SatisfactionRating::Granting),
        ("satisfaction_rating_assessment", SatisfactionRating::Assessment),
        ("satisfaction_rating_plan", SatisfactionRating::Plan),
        ("satisfaction_rating_receipt", SatisfactionRating::Receipt),
        ("satisfaction_rating_revision", SatisfactionRating::Revision),
        ("satisfaction_rating_whole", SatisfactionRating::Whole),
    ] {
        table.check((name, is_rating(column)));
    }
    table
}

fn survey() -> TableCreateStatement {
    Table::create()
        .table(Survey::Table)
        .col(uuid(Survey::Id).primary_key())
        .col(text(Survey::MunicipalityCode))
        .col(uuid(Survey::ApplicationId))
        .col(uuid(Survey::PersonId))
        .col(text(Survey::Methodology))
        .col(text_null(Survey::Code))
        .col(text(Survey::Instrument))
        .col(text(Survey::Moment))
        .col(date(Survey::TakenOn))
        .col(text(Survey::Respondent))
        .col(blob(Survey::Content))
        .col(text(Survey::RecordedBy))
        .col(timestamp_with_time_zone(Survey::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .name("survey_municipality")
                .from(Survey::Table, Survey::MunicipalityCode)
                .to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(
            ForeignKey::create()
                .name("survey_application")
                .from(Survey::Table, Survey::ApplicationId)
                .to(Application::Table, Application::Id),
        )
        .foreign_key(
            ForeignKey::create()
                .name("survey_person")
                .from(Survey::Table, Survey::PersonId)
                .to(Person::Table, Person::Id),
        )
        .check((
            "survey_instrument",
            is_one_of(
                Survey::Instrument,
                &[
                    "kidscreen_52_child",
                    "kidscreen_52_parent",
                    "beach_center_family",
                    "gigantesco_giuliani",
                    "employment",
                    "participant",
                ],
            ),
        ))
        .check(("survey_moment", is_one_of(Survey::Moment, &["start", "end"])))
        .check(("survey_respondent", is_one_of(Survey::Respondent, &["child", "parent", "adult", "network_member"])))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        Index::create()
            .name("goal_result_of_goal")
            .table(GoalResult::Table)
            .col(GoalResult::PlanId)
            .col(GoalResult::Goal)
            .unique()
            .to_owned(),
        Index::create().name("goal_result_by_person").table(GoalResult::Table).col(GoalResult::PersonId).to_owned(),
        Index::create()
            .name("goal_result_list")
            .table(GoalResult::Table)
            .col(GoalResult::Methodology)
            .col(GoalResult::MunicipalityCode)
            .to_owned(),
        Index::create().name("risk_list").table(Risk::Table).col(Risk::MunicipalityCode).col(Risk::Id).to_owned(),
        Index::create()
            .name("satisfaction_rating_of_year")
            .table(SatisfactionRating::Table)
            .col(SatisfactionRating::ApplicationId)
            .col(SatisfactionRating::Respondent)
            .col(SatisfactionRating::RespondentKey)
            .col(SatisfactionRating::Year)
            .unique()
            .to_owned(),
        Index::create()
            .name("satisfaction_rating_by_person")
            .table(SatisfactionRating::Table)
            .col(SatisfactionRating::PersonId)
            .to_owned(),
        Index::create()
            .name("satisfaction_rating_list")
            .table(SatisfactionRating::Table)
            .col(SatisfactionRating::Methodology)
            .col(SatisfactionRating::MunicipalityCode)
            .to_owned(),
        Index::create()
            .name("survey_of_case")
            .table(Survey::Table)
            .col(Survey::ApplicationId)
            .col(Survey::Instrument)
            .col(Survey::Moment)
            .col(Survey::Respondent)
            .unique()
            .to_owned(),
        Index::create().name("survey_by_person").table(Survey::Table).col(Survey::PersonId).to_owned(),
        Index::create().name("survey_by_code").table(Survey::Table).col(Survey::Code).to_owned(),
        Index::create()
            .name("survey_list")
            .table(Survey::Table)
            .col(Survey::Instrument)
            .col(Survey::MunicipalityCode)
            .col(Survey::Id)
            .to_owned(),
    ]
}
