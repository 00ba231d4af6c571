//! Creates the roles that offices grant, and lets persons be erased: what the retention of a person counts from, when and by
//! whom a person was erased, and whom a recorded answer and a hand-over are about.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, blob_null, date, date_null, text, text_null, timestamp_with_time_zone, uuid, uuid_null},
};

use crate::tenant::protect;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Person {
    Table,
    Id,
    MunicipalityCode,
    /// Which of the person's records ended last, and the day that its retention counts from; null while one is live.
    LastEndedKind,
    LastEndedOn,
    ErasedOn,
    ErasedBy,
    /// Sealed.
    ErasureReason,
}

#[derive(DeriveIden)]
enum HandOver {
    Table,
    /// The person in the municipality that handed over.
    PersonId,
}

#[derive(DeriveIden)]
enum IdempotencyRecord {
    Table,
    MunicipalityCode,
    /// The person whom the recorded answer tells of; null where it tells of nobody.
    AboutPerson,
}

#[derive(DeriveIden)]
enum RoleGrant {
    Table,
    Id,
    MunicipalityCode,
    /// The issuer's identifier of who holds the role.
    Subject,
    Role,
    ValidFrom,
    /// The last day, inclusive; null while there is no end.
    ValidTo,
    GrantedBy,
    EndedBy,
    EndedAt,
    Version,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Municipality {
    Table,
    Code,
}

/// What the retention of those counts from whose records have all ended.
const LAST_ENDED: &str = "\
    WITH ended AS (
        SELECT a.person_id, 'application_refused' AS kind, d.appeal_until AS day
        FROM application a JOIN decision d ON d.application_id = a.id WHERE a.status = 'refused'
        UNION ALL
        SELECT person_id, 'application_withdrawn', withdrawn_on FROM application WHERE status = 'withdrawn'
        UNION ALL
        SELECT a.person_id, 'case', CASE WHEN r.effective_from > r.decided_on THEN r.effective_from ELSE r.decided_on END
        FROM application a JOIN revocation r ON r.application_id = a.id WHERE a.status = 'revoked'
    ), last AS (
        SELECT person_id, kind, day, row_number() OVER (PARTITION BY person_id ORDER BY day DESC) AS place
        FROM ended WHERE day IS NOT NULL
    )
    UPDATE person SET last_ended_kind = last.kind, last_ended_on = last.day FROM last
    WHERE last.place = 1 AND last.person_id = person.id AND NOT EXISTS (
        SELECT 1 FROM application a WHERE a.person_id = person.id AND a.status IN ('registered', 'granted'))";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            text_null(Person::LastEndedKind),
            date_null(Person::LastEndedOn),
            date_null(Person::ErasedOn),
            text_null(Person::ErasedBy),
            blob_null(Person::ErasureReason),
        ] {
            manager.alter_table(Table::alter().table(Person::Table).add_column(column).to_owned()).await?;
        }
        manager.get_connection().execute_unprepared(LAST_ENDED).await?;
        let column = uuid_null(HandOver::PersonId);
        manager.alter_table(Table::alter().table(HandOver::Table).add_column(column).to_owned()).await?;
        let column = uuid_null(IdempotencyRecord::AboutPerson);
        manager.alter_table(Table::alter().table(IdempotencyRecord::Table).add_column(column).to_owned()).await?;

        let valid_to = Expr::col(RoleGrant::ValidTo);
        let grant = Table::create()
            .table(RoleGrant::Table)
            .col(uuid(RoleGrant::Id).primary_key())
            .col(text(RoleGrant::MunicipalityCode))
            .col(text(RoleGrant::Subject))
            .col(text(RoleGrant::Role))
            .col(date(RoleGrant::ValidFrom))
            .col(date_null(RoleGrant::ValidTo))
            .col(text(RoleGrant::GrantedBy))
            .col(text_null(RoleGrant::EndedBy))
            .col(ColumnDef::new(RoleGrant::EndedAt).timestamp_with_time_zone())
            .col(big_integer(RoleGrant::Version))
            .col(timestamp_with_time_zone(RoleGrant::CreatedAt))
            .foreign_key(
                ForeignKey::create()
                    .name("role_grant_municipality")
                    .from(RoleGrant::Table, RoleGrant::MunicipalityCode)
                    .to(Municipality::Table, Municipality::Code),
            )
            .check((
                "role_grant_role",
                Expr::col(RoleGrant::Role).is_in([
                    "social_worker",
                    "office_head",
                    "budget_manager",
                    "accountant",
                    "assessment_specialist",
                    "provider",
                    "auditor",
                    "integrator",
                ]),
            ))
            .check((
                "role_grant_validity",
                valid_to.clone().is_null().or(valid_to.gte(Expr::col(RoleGrant::ValidFrom))),
            ))
            .to_owned();
        manager.create_table(grant).await?;

        for index in [
            Index::create()
                .name("person_last_ended")
                .table(Person::Table)
                .col(Person::MunicipalityCode)
                .col(Person::LastEndedKind)
                .col(Person::LastEndedOn)
                .col(Person::Id)
                .to_owned(),
            Index::create().name("hand_over_by_person").table(HandOver::Table).col(HandOver::PersonId).to_owned(),
            Index::create()
                .name("idempotency_record_about")
                .table(IdempotencyRecord::Table)
                .col(IdempotencyRecord::MunicipalityCode)
                .col(IdempotencyRecord::AboutPerson)
                .to_owned(),
            Index::create()
                .name("role_grant_list")
                .table(RoleGrant::Table)
                .col(RoleGrant::MunicipalityCode)
                .col(RoleGrant::Id)
                .to_owned(),
            Index::create().name("role_grant_subject").table(RoleGrant::Table).col(RoleGrant::Subject).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        protect(manager, &["role_grant"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(RoleGrant::Table).to_owned()).await?;
        for index in ["person_last_ended", "hand_over_by_person", "idempotency_record_about"] {
            manager.drop_index(Index::drop().name(index).to_owned()).await?;
        }
        let answers =
            Table::alter().table(IdempotencyRecord::Table).drop_column(IdempotencyRecord::AboutPerson).to_owned();
        manager.alter_table(answers).await?;
        let hand_overs = Table::alter().table(HandOver::Table).drop_column(HandOver::PersonId).to_owned();
        manager.alter_table(hand_overs).await?;
        for column in
            [Person::LastEndedKind, Person::LastEndedOn, Person::ErasedOn, Person::ErasedBy, Person::ErasureReason]
        {
            manager.alter_table(Table::alter().table(Person::Table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
