//! Creates providers with the municipalities that they serve and who signs in for them, their offers, and their qualification
//! documents with the checks of offices.
//!
//! No municipality owns them: any office may choose any provider. So no column is called `municipality_code`, and row-level
//! security does not divide them.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, blob, blob_null, boolean, date, date_null, text, text_null,
        timestamp_with_time_zone, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Municipality {
    Table,
    Code,
}

#[derive(DeriveIden)]
enum Provider {
    Table,
    Id,
    /// The municipality whose office registered it.
    RegisteredBy,
    Kind,
    /// Of a legal person.
    Name,
    RegistrationNumber,
    /// Of a natural person: names and personal code, sealed; and the keyed hash of the code.
    Person,
    PersonIndex,
    /// Number in the Register of Social Service Providers; null where it is not in it.
    RegisterNumber,
    /// IBAN, sealed.
    BankAccount,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum ProviderMunicipality {
    Table,
    Municipality,
    ProviderId,
}

#[derive(DeriveIden)]
enum ProviderAccount {
    Table,
    /// The issuer's identifier of who signs in.
    Subject,
    ProviderId,
}

#[derive(DeriveIden)]
enum Offer {
    Table,
    Id,
    ProviderId,
    Service,
    Place,
    Address,
    /// The municipality that the place lies in.
    Municipality,
    /// Cents of EUR, as the other prices.
    Price,
    PriceKind,
    FreeMarketPrice,
    DelegationPrice,
    ValidFrom,
    /// The last day, inclusive; null while there is no end.
    ValidTo,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Qualification {
    Table,
    Id,
    ProviderId,
    Service,
    Kind,
    /// Number and issuer, sealed.
    Details,
    ValidFrom,
    ValidTo,
    CreatedBy,
    CreatedAt,
}

#[derive(DeriveIden)]
enum QualificationCheck {
    Table,
    Id,
    QualificationId,
    /// The municipality whose office checked.
    Municipality,
    CheckedBy,
    CheckedOn,
    Accepted,
    CreatedAt,
}

fn key(
    name: &str,
    from: (impl IntoTableRef, impl IntoIden),
    to: (impl IntoTableRef, impl IntoIden),
) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(name).from_tbl(from.0).from_col(from.1).to_tbl(to.0).to_col(to.1).to_owned()
}

async fn create_providers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let is = |column, kind: &str| Expr::col(Provider::Kind).eq(kind).and(Expr::col(column).is_not_null());
    let provider = Table::create()
        .table(Provider::Table)
        .col(uuid(Provider::Id).primary_key())
        .col(text(Provider::RegisteredBy))
        .col(text(Provider::Kind))
        .col(text_null(Provider::Name))
        .col(text_null(Provider::RegistrationNumber).unique_key())
        .col(blob_null(Provider::Person))
        .col(blob_null(Provider::PersonIndex).unique_key())
        .col(text_null(Provider::RegisterNumber))
        .col(blob_null(Provider::BankAccount))
        .col(big_integer(Provider::Version))
        .col(text(Provider::CreatedBy))
        .col(timestamp_with_time_zone(Provider::CreatedAt))
        .col(timestamp_with_time_zone(Provider::UpdatedAt))
        .foreign_key(&mut key(
            "provider_registered_by",
            (Provider::Table, Provider::RegisteredBy),
            (Municipality::Table, Municipality::Code),
        ))
        .check(("provider_kind", is(Provider::RegistrationNumber, "legal").or(is(Provider::PersonIndex, "natural"))))
        .to_owned();
    manager.create_table(provider).await?;

    let served = Table::create()
        .table(ProviderMunicipality::Table)
        .col(text(ProviderMunicipality::Municipality))
        .col(uuid(ProviderMunicipality::ProviderId))
        .primary_key(Index::create().col(ProviderMunicipality::Municipality).col(ProviderMunicipality::ProviderId))
        .foreign_key(&mut key(
            "provider_municipality_municipality",
            (ProviderMunicipality::Table, ProviderMunicipality::Municipality),
            (Municipality::Table, Municipality::Code),
        ))
        .foreign_key(&mut key(
            "provider_municipality_provider",
            (ProviderMunicipality::Table, ProviderMunicipality::ProviderId),
            (Provider::Table, Provider::Id),
        ))
        .to_owned();
    manager.create_table(served).await?;

    let account = Table::create()
        .table(ProviderAccount::Table)
        .col(text(ProviderAccount::Subject).primary_key())
        .col(uuid(ProviderAccount::ProviderId))
        .foreign_key(&mut key(
            "provider_account_provider",
            (ProviderAccount::Table, ProviderAccount::ProviderId),
            (Provider::Table, Provider::Id),
        ))
        .to_owned();
    manager.create_table(account).await
}

async fn create_offers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let valid_to = || Expr::col(Offer::ValidTo);
    let offer = Table::create()
        .table(Offer::Table)
        .col(uuid(Offer::Id).primary_key())
        .col(uuid(Offer::ProviderId))
        .col(text(Offer::Service))
        .col(text(Offer::Place))
        .col(text_null(Offer::Address))
        .col(text_null(Offer::Municipality))
        .col(big_integer(Offer::Price))
        .col(text(Offer::PriceKind))
        .col(big_integer_null(Offer::FreeMarketPrice))
        .col(big_integer_null(Offer::DelegationPrice))
        .col(date(Offer::ValidFrom))
        .col(date_null(Offer::ValidTo))
        .col(big_integer(Offer::Version))
        .col(text(Offer::CreatedBy))
        .col(timestamp_with_time_zone(Offer::CreatedAt))
        .col(timestamp_with_time_zone(Offer::UpdatedAt))
        .foreign_key(&mut key("offer_provider", (Offer::Table, Offer::ProviderId), (Provider::Table, Provider::Id)))
        .foreign_key(&mut key(
            "offer_municipality",
            (Offer::Table, Offer::Municipality),
            (Municipality::Table, Municipality::Code),
        ))
        .check(("offer_place", Expr::col(Offer::Place).is_in(["home", "institution", "remote"])))
        .check((
            "offer_price_kind",
            Expr::col(Offer::PriceKind).is_in(["regulated", "delegated", "market", "calculated_average"]),
        ))
        .check(("offer_price", Expr::col(Offer::Price).gte(0)))
        .check(("offer_validity", valid_to().is_null().or(valid_to().gte(Expr::col(Offer::ValidFrom)))))
        .to_owned();
    manager.create_table(offer).await
}

async fn create_qualifications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let valid_to = || Expr::col(Qualification::ValidTo);
    let qualification = Table::create()
        .table(Qualification::Table)
        .col(uuid(Qualification::Id).primary_key())
        .col(uuid(Qualification::ProviderId))
        .col(text(Qualification::Service))
        .col(text(Qualification::Kind))
        .col(blob(Qualification::Details))
        .col(date(Qualification::ValidFrom))
        .col(date_null(Qualification::ValidTo))
        .col(text(Qualification::CreatedBy))
        .col(timestamp_with_time_zone(Qualification::CreatedAt))
        .foreign_key(&mut key(
            "qualification_provider",
            (Qualification::Table, Qualification::ProviderId),
            (Provider::Table, Provider::Id),
        ))
        .check((
            "qualification_kind",
            Expr::col(Qualification::Kind).is_in(["diploma", "certificate", "licence", "registration", "other"]),
        ))
        .check(("qualification_validity", valid_to().is_null().or(valid_to().gte(Expr::col(Qualification::ValidFrom)))))
        .to_owned();
    manager.create_table(qualification).await?;

    let check = Table::create()
        .table(QualificationCheck::Table)
        .col(uuid(QualificationCheck::Id).primary_key())
        .col(uuid(QualificationCheck::QualificationId))
        .col(text(QualificationCheck::Municipality))
        .col(text(QualificationCheck::CheckedBy))
        .col(date(QualificationCheck::CheckedOn))
        .col(boolean(QualificationCheck::Accepted))
        .col(timestamp_with_time_zone(QualificationCheck::CreatedAt))
        .foreign_key(&mut key(
            "qualification_check_qualification",
            (QualificationCheck::Table, QualificationCheck::QualificationId),
            (Qualification::Table, Qualification::Id),
        ))
        .foreign_key(&mut key(
            "qualification_check_municipality",
            (QualificationCheck::Table, QualificationCheck::Municipality),
            (Municipality::Table, Municipality::Code),
        ))
        .to_owned();
    manager.create_table(check).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_providers(manager).await?;
        create_offers(manager).await?;
        create_qualifications(manager).await?;
        for index in [
            Index::create()
                .name("provider_municipality_by_provider")
                .table(ProviderMunicipality::Table)
                .col(ProviderMunicipality::ProviderId)
                .to_owned(),
            Index::create()
                .name("provider_account_by_provider")
                .table(ProviderAccount::Table)
                .col(ProviderAccount::ProviderId)
                .to_owned(),
            // What the search of offers walks along, from the lowest price.
            Index::create()
                .name("offer_search")
                .table(Offer::Table)
                .col(Offer::Service)
                .col(Offer::Price)
                .col(Offer::Id)
                .to_owned(),
            Index::create()
                .name("offer_by_provider")
                .table(Offer::Table)
                .col(Offer::ProviderId)
                .col(Offer::Id)
                .to_owned(),
            Index::create()
                .name("qualification_by_provider")
                .table(Qualification::Table)
                .col(Qualification::ProviderId)
                .col(Qualification::Service)
                .to_owned(),
            Index::create()
                .name("qualification_check_by_qualification")
                .table(QualificationCheck::Table)
                .col(QualificationCheck::QualificationId)
                .col(QualificationCheck::Id)
                .to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(QualificationCheck::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Qualification::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Offer::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ProviderAccount::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(ProviderMunicipality::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Provider::Table).to_owned()).await
    }
}
