//! Row-level security: the second wall around what a municipality owns. PostgreSQL only.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// The group role of the servers: it may read and write rows, owns nothing, and is bound by row-level security. A server
/// logs in with a role of its own in this group.
pub const SERVER_ROLE: &str = "balsts_server";

/// Lets the server's role see rows of the tables only in reach of the statement: those of the municipality in the
/// setting `app.municipality`, of the one that receives a case (`app.receiving`), or all where the setting is `*`.
pub(crate) async fn protect(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let connection = manager.get_connection();
    for table in tables {
        // The names are constants of the migrations.
        let sql = format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
             ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
             CREATE POLICY reach ON {table} USING (
                 municipality_code = current_setting('app.municipality', true)
                 OR municipality_code = current_setting('app.receiving', true)
                 OR current_setting('app.municipality', true) = '*')"
        );
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// What the server's role may do with the tables; done again after every migration, for the tables that are new. Acts,
/// calculations and the audit chain can be added to, and never changed; the trace of a file stays.
pub async fn grant(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = format!(
        "DO $$ BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SERVER_ROLE}') THEN
                 CREATE ROLE {SERVER_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
             END IF;
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {SERVER_ROLE};
             REVOKE INSERT, UPDATE, DELETE ON seaql_migrations FROM {SERVER_ROLE};
             REVOKE UPDATE, DELETE ON audit_entry, ledger_entry FROM {SERVER_ROLE};
             REVOKE DELETE ON audit_head, decision, revocation, calculation, calculation_signature, plan_version,
                 case_document, consultation, invoice_attachment FROM {SERVER_ROLE};
         EXCEPTION WHEN insufficient_privilege OR unique_violation THEN
             RAISE WARNING 'the role {SERVER_ROLE} could not be made or given its rights';
         END $$"
    );
    connection.execute_unprepared(&sql).await.map(drop)
}
