//! Creates the versions of catalogue and methodologies that the ministry publishes, and proposals of new services.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, blob, date, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Of the whole country: no municipality owns it.
#[derive(DeriveIden)]
enum MethodologyVersion {
    Table,
    Id,
    /// Counts the publications, in their order; null before.
    Number,
    Status,
    Title,
    ValidFrom,
    /// JSON of what is added to the parameters, and its SHA-256.
    Content,
    ContentHash,
    Version,
    CreatedBy,
    CreatedAt,
    UpdatedBy,
    UpdatedAt,
    PublishedBy,
    PublishedAt,
}

#[derive(DeriveIden)]
enum ServiceProposal {
    Table,
    Id,
    /// The one that proposes.
    MunicipalityCode,
    Name,
    Methodology,
    /// JSON of the described fields.
    Description,
    Reason,
    Status,
    /// Code of the equal service, or of the one that is added.
    Service,
    MethodologyVersionId,
    DecisionReason,
    Version,
    CreatedBy,
    CreatedAt,
    DecidedBy,
    DecidedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let version = Table::create()
            .table(MethodologyVersion::Table)
            .col(uuid(MethodologyVersion::Id).primary_key())
            .col(big_integer_null(MethodologyVersion::Number).unique_key())
            .col(text(MethodologyVersion::Status))
            .col(text(MethodologyVersion::Title))
            .col(date(MethodologyVersion::ValidFrom))
            .col(text(MethodologyVersion::Content))
            .col(blob(MethodologyVersion::ContentHash))
            .col(big_integer(MethodologyVersion::Version))
            .col(text(MethodologyVersion::CreatedBy))
            .col(timestamp_with_time_zone(MethodologyVersion::CreatedAt))
            .col(text(MethodologyVersion::UpdatedBy))
            .col(timestamp_with_time_zone(MethodologyVersion::UpdatedAt))
            .col(text_null(MethodologyVersion::PublishedBy))
            .col(timestamp_with_time_zone_null(MethodologyVersion::PublishedAt))
            .check((
                "methodology_version_status",
                Expr::col(MethodologyVersion::Status).is_in(["draft", "published", "withdrawn"]),
            ))
            .to_owned();
        manager.create_table(version).await?;

        let proposal = Table::create()
            .table(ServiceProposal::Table)
            .col(uuid(ServiceProposal::Id).primary_key())
            .col(text(ServiceProposal::MunicipalityCode))
            .col(text(ServiceProposal::Name))
            .col(text(ServiceProposal::Methodology))
            .col(text(ServiceProposal::Description))
            .col(text(ServiceProposal::Reason))
            .col(text(ServiceProposal::Status))
            .col(text_null(ServiceProposal::Service))
            .col(uuid_null(ServiceProposal::MethodologyVersionId))
            .col(text_null(ServiceProposal::DecisionReason))
            .col(big_integer(ServiceProposal::Version))
            .col(text(ServiceProposal::CreatedBy))
            .col(timestamp_with_time_zone(ServiceProposal::CreatedAt))
            .col(text_null(ServiceProposal::DecidedBy))
            .col(timestamp_with_time_zone_null(ServiceProposal::DecidedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("proposal_methodology_version")
                    .from(ServiceProposal::Table, ServiceProposal::MethodologyVersionId)
                    .to(MethodologyVersion::Table, MethodologyVersion::Id),
            )
            .check((
                "service_proposal_status",
                Expr::col(ServiceProposal::Status).is_in(["open", "equal", "accepted", "rejected"]),
            ))
            .to_owned();
        manager.create_table(proposal).await?;
        let list = Index::create()
            .name("service_proposal_status_list")
            .table(ServiceProposal::Table)
            .col(ServiceProposal::Status)
            .col(ServiceProposal::Id)
            .to_owned();
        manager.create_index(list).await?;
        protect(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ServiceProposal::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(MethodologyVersion::Table).to_owned()).await
    }
}

/// What the server's role may do with rows that are not one municipality's alone. The setting `0000000` is the country's, `*`
/// the program's own.
///
/// Everybody reads versions; the country alone writes them, and changes or removes drafts only: what is published stays as it
/// is. A municipality sees its own proposals and those that are decided, and adds its own; the country sees all, and decides
/// the open ones.
async fn protect(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "
        ALTER TABLE methodology_version ENABLE ROW LEVEL SECURITY;
        ALTER TABLE methodology_version FORCE ROW LEVEL SECURITY;
        CREATE POLICY read ON methodology_version FOR SELECT USING (true);
        CREATE POLICY add ON methodology_version FOR INSERT
            WITH CHECK (current_setting('app.municipality', true) IN ('0000000', '*'));
        CREATE POLICY change ON methodology_version FOR UPDATE
            USING (status = 'draft' AND current_setting('app.municipality', true) IN ('0000000', '*')) WITH CHECK (true);
        ALTER TABLE service_proposal ENABLE ROW LEVEL SECURITY;
        ALTER TABLE service_proposal FORCE ROW LEVEL SECURITY;
        CREATE POLICY read ON service_proposal FOR SELECT USING (
            municipality_code = current_setting('app.municipality', true)
            OR current_setting('app.municipality', true) IN ('0000000', '*')
            OR (status <> 'open' AND current_setting('app.municipality', true) <> ''));
        CREATE POLICY add ON service_proposal FOR INSERT
            WITH CHECK (status = 'open' AND municipality_code = current_setting('app.municipality', true));
        CREATE POLICY change ON service_proposal FOR UPDATE
            USING (status = 'open' AND current_setting('app.municipality', true) IN ('0000000', '*')) WITH CHECK (true);
    ";
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
