//! How far a query reaches: the one place that tells the database which municipality's rows it may touch.
//!
//! Every query names its municipality itself. On PostgreSQL row-level security stands behind it as a second wall: rows of
//! another municipality than the setting `app.municipality` are not there for the server's role.

use balsts_domain::access::{MunicipalityCode, Scope};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    prelude::async_trait::async_trait, sea_query::Values,
};

/// Whose rows a query may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One municipality's.
    Municipality(MunicipalityCode),
    /// Those of two: a case is handed over.
    HandOver {
        /// From this one.
        from: MunicipalityCode,
        /// To this one.
        to: MunicipalityCode,
    },
    /// Everybody's: what the program itself does, such as walking along the audit chains.
    Country,
}

impl From<&Scope> for Reach {
    fn from(scope: &Scope) -> Self {
        Self::Municipality(scope.municipality)
    }
}

impl Reach {
    /// The settings `app.municipality` and `app.receiving`.
    fn settings(self) -> (String, String) {
        match self {
            Self::Municipality(code) => (code.to_string(), String::new()),
            Self::HandOver { from, to } => (from.to_string(), to.to_string()),
            Self::Country => ("*".to_owned(), String::new()),
        }
    }

    /// Limits the rest of a transaction.
    pub(crate) async fn limit(self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        if transaction.get_database_backend() == DbBackend::Postgres {
            let (municipality, receiving) = self.settings();
            let sql = "SELECT set_config('app.municipality', $1, true), set_config('app.receiving', $2, true)";
            let values = [municipality.into(), receiving.into()];
            transaction.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        }
        Ok(())
    }
}

/// Reads with a reach. On PostgreSQL each statement carries the setting with it and ends with it, in one round trip: a
/// setting of the connection would leak to its next user.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) connection: &'a DatabaseConnection,
    pub(crate) reach: Reach,
}

impl Reader<'_> {
    /// The materialised setting comes first, because the query waits for its value.
    fn wrapped(&self, mut statement: Statement) -> Statement {
        if self.connection.get_database_backend() != DbBackend::Postgres {
            return statement;
        }
        let Values(values) = statement.values.get_or_insert_with(|| Values(Vec::new()));
        values.push(self.reach.settings().0.into());
        statement.sql = format!(
            "WITH reach AS MATERIALIZED (SELECT set_config('app.municipality', ${}, true) AS set) SELECT found.* FROM reach \
             CROSS JOIN LATERAL (SELECT * FROM ({}) inside WHERE reach.set IS NOT NULL OFFSET 0) found",
            values.len(),
            statement.sql,
        );
        statement
    }
}

#[async_trait]
impl ConnectionTrait for Reader<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(DbErr::Custom("a reader does not write".to_owned()))
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(DbErr::Custom("a reader does not write".to_owned()))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.connection.query_one_raw(self.wrapped(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.connection.query_all_raw(self.wrapped(statement)).await
    }
}
