//! Creates `municipality` (pašvaldība): the tenants, as the territory classification (ATVK) knows them.

use sea_orm_migration::{
    prelude::*,
    schema::{date, date_null, text, text_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Municipality {
    Table,
    Code,
    Name,
    PlanningRegion,
    ValidFrom,
    ValidTo,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let code = Expr::col(Municipality::Code);
        let name = Expr::col(Municipality::Name);
        let valid_to = Expr::col(Municipality::ValidTo);

        manager
            .create_table(
                Table::create()
                    .table(Municipality::Table)
                    // The ATVK code: seven digits with leading zeros, therefore text.
                    .col(text(Municipality::Code).primary_key())
                    .col(text(Municipality::Name))
                    .col(text_null(Municipality::PlanningRegion))
                    .col(date(Municipality::ValidFrom))
                    // The last day of validity, inclusive; null while the municipality exists.
                    .col(date_null(Municipality::ValidTo))
                    .check(("municipality_code_length", Func::cust("length").arg(code).eq(7)))
                    .check(("municipality_name_not_empty", name.ne("")))
                    .check((
                        "municipality_validity",
                        valid_to.clone().is_null().or(valid_to.gte(Expr::col(Municipality::ValidFrom))),
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Municipality::Table).to_owned()).await
    }
}
