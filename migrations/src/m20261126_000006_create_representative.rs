//! Creates the representatives of persons: who signs in for whom, and for how long.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob, date, date_null, text, text_null, timestamp_with_time_zone, uuid},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Representative {
    Table,
    Id,
    MunicipalityCode,
    PersonId,
    /// The issuer's identifier of who signs in; null while that is not known.
    Subject,
    Relation,
    /// Sealed.
    Name,
    ValidFrom,
    /// The last day, inclusive; null while there is no end.
    ValidTo,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Municipality {
    Table,
    Code,
}

#[derive(DeriveIden)]
enum Person {
    Table,
    Id,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let relations = ["self", "parent", "guardian", "foster_family", "trustee", "authorised_person"];
        let valid_to = Expr::col(Representative::ValidTo);
        let representative = Table::create()
            .table(Representative::Table)
            .col(uuid(Representative::Id).primary_key())
            .col(text(Representative::MunicipalityCode))
            .col(uuid(Representative::PersonId))
            .col(text_null(Representative::Subject))
            .col(text(Representative::Relation))
            .col(blob(Representative::Name))
            .col(date(Representative::ValidFrom))
            .col(date_null(Representative::ValidTo))
            .col(big_integer(Representative::Version))
            .col(text(Representative::CreatedBy))
            .col(timestamp_with_time_zone(Representative::CreatedAt))
            .col(timestamp_with_time_zone(Representative::UpdatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("representative_municipality")
                    .from(Representative::Table, Representative::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("representative_person")
                    .from(Representative::Table, Representative::PersonId)
                    .to(Person::Table, Person::Id),
            )
            .check(("representative_relation", Expr::col(Representative::Relation).is_in(relations)))
            .check((
                "representative_validity",
                valid_to.clone().is_null().or(valid_to.gte(Expr::col(Representative::ValidFrom))),
            ))
            .to_owned();
        manager.create_table(representative).await?;
        for (name, columns) in [
            ("representative_subject", vec![Representative::MunicipalityCode, Representative::Subject]),
            ("representative_by_person", vec![Representative::PersonId]),
        ] {
            let mut index = Index::create().name(name).table(Representative::Table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        protect(manager, &["representative"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Representative::Table).to_owned()).await
    }
}
