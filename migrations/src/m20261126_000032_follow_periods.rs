//! Lets an application have a budget every year and in every period of the pilot, one active at a time, and keeps why what a
//! period left unspent is said in place of what the ledgers tell.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, integer, text, text_null, timestamp_with_time_zone, uuid},
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Budget {
    Table,
    Id,
    MunicipalityCode,
    ApplicationId,
    PersonId,
    SubjectIndex,
    Methodology,
    Status,
    Calculation,
    TotalCents,
    Version,
    CreatedAt,
    UpdatedAt,
}

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
enum PilotPeriod {
    Table,
    UnspentReason,
}

const OF_APPLICATION: &str = "budget_by_application";
/// As PostgreSQL names what a column of a new table is unique by.
const ONCE: &str = "budget_application_id_key";
const COLUMNS: &str = "id, municipality_code, application_id, person_id, subject_index, methodology, status, calculation, \
    total_cents, version, created_at, updated_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let drop = format!("ALTER TABLE budget DROP CONSTRAINT {ONCE}");
            manager.get_connection().execute_unprepared(&drop).await?;
        } else {
            rebuild(manager).await?;
        }
        let of_application =
            Index::create().name(OF_APPLICATION).table(Budget::Table).col(Budget::ApplicationId).to_owned();
        manager.create_index(of_application).await?;
        let reason = text_null(PilotPeriod::UnspentReason);
        manager.alter_table(Table::alter().table(PilotPeriod::Table).add_column(reason).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reason = Table::alter().table(PilotPeriod::Table).drop_column(PilotPeriod::UnspentReason).to_owned();
        manager.alter_table(reason).await?;
        manager.drop_index(Index::drop().name(OF_APPLICATION).table(Budget::Table).to_owned()).await?;
        let connection = manager.get_connection();
        let once = match manager.get_database_backend() {
            DbBackend::Postgres => format!("ALTER TABLE budget ADD CONSTRAINT {ONCE} UNIQUE (application_id)"),
            _ => format!("CREATE UNIQUE INDEX {ONCE} ON budget (application_id)"),
        };
        connection.execute_unprepared(&once).await.map(drop)
    }
}

/// SQLite takes no constraint from a table: it is made anew with its rows, and what refers to them is checked at the end of the
/// transaction.
async fn rebuild(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    connection
        .execute_unprepared(&format!(
            "PRAGMA defer_foreign_keys = ON;
             CREATE TABLE budget_before AS SELECT {COLUMNS} FROM budget;
             DROP TABLE budget"
        ))
        .await?;
    manager.create_table(budget()).await?;
    let back = format!("INSERT INTO budget ({COLUMNS}) SELECT {COLUMNS} FROM budget_before; DROP TABLE budget_before");
    connection.execute_unprepared(&back).await?;
    let active = Index::create()
        .name("budget_active_subject")
        .table(Budget::Table)
        .col(Budget::SubjectIndex)
        .unique()
        .and_where(Expr::col(Budget::Status).ne("closed"))
        .to_owned();
    manager.create_index(active).await?;
    for (name, columns) in [
        ("budget_list", vec![Budget::MunicipalityCode, Budget::Id]),
        ("budget_status_list", vec![Budget::MunicipalityCode, Budget::Status, Budget::Id]),
        ("budget_by_person", vec![Budget::PersonId]),
    ] {
        let mut index = Index::create().name(name).table(Budget::Table).to_owned();
        for column in columns {
            index.col(column);
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

fn budget() -> TableCreateStatement {
    let refers = |name: &str, column: Budget| ForeignKey::create().name(name).from(Budget::Table, column).to_owned();
    Table::create()
        .table(Budget::Table)
        .col(uuid(Budget::Id).primary_key())
        .col(text(Budget::MunicipalityCode))
        .col(uuid(Budget::ApplicationId))
        .col(uuid(Budget::PersonId))
        .col(blob(Budget::SubjectIndex))
        .col(text(Budget::Methodology))
        .col(text(Budget::Status))
        .col(integer(Budget::Calculation))
        .col(big_integer(Budget::TotalCents))
        .col(big_integer(Budget::Version))
        .col(timestamp_with_time_zone(Budget::CreatedAt))
        .col(timestamp_with_time_zone(Budget::UpdatedAt))
        .foreign_key(
            refers("budget_municipality", Budget::MunicipalityCode).to(Municipality::Table, Municipality::Code),
        )
        .foreign_key(refers("budget_application", Budget::ApplicationId).to(Application::Table, Application::Id))
        .foreign_key(refers("budget_person", Budget::PersonId).to(Person::Table, Person::Id))
        .check(("budget_status", Expr::col(Budget::Status).is_in(["indicative", "agreed", "closed"])))
        .check(("budget_total", Expr::col(Budget::TotalCents).gte(0)))
        .to_owned()
}
