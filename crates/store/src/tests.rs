//! The store on SQLite files. The end-to-end tests run on PostgreSQL as well.

use std::{num::NonZeroU32, path::Path};

use balsts_domain::{
    access::{Role, Scope},
    parameters::municipalities::Municipalities,
};
use balsts_migrations::Migrator;
use chrono::{DateTime, NaiveDate};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use tempfile::TempDir;

use uuid::Uuid;

use crate::{Act, DatabaseConfig, Event, Reach, Store, StoreError, reseal::Belongs};

fn config(url: &str) -> DatabaseConfig {
    DatabaseConfig { url: url.parse().unwrap(), max_connections: NonZeroU32::new(4).unwrap(), request_timeout: None }
}

async fn open(path: &Path) -> Store {
    Store::open(&config(&format!("sqlite:{}", path.display()))).await.unwrap()
}

async fn migrated() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("test.db")).await;
    store.migrate().await.unwrap();
    (directory, store)
}

async fn number(connection: &impl ConnectionTrait, sql: &str) -> i64 {
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn a_missing_file_is_created_and_is_ready_once_migrated() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new 100%.db");
    let store = open(&path).await;
    assert!(path.is_file());

    let Err(StoreError::Outdated(pending)) = store.ready().await else { panic!("ready without a schema") };
    assert_eq!(pending, store.pending_migrations().await.unwrap());
    assert_eq!(store.migrate().await.unwrap(), pending);
    store.ready().await.unwrap();
    assert!(store.migrate().await.unwrap().is_empty());
    store.close().await.unwrap();

    open(&path).await.ready().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let (directory, _store) = migrated().await;
    for name in ["test.db", "test.db-wal", "test.db-shm"] {
        let mode = std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_missing_directory_is_named_and_not_created() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let error = Store::open(&config(&format!("sqlite:{}/test.db", missing.display()))).await.unwrap_err();
    assert!(matches!(&error, StoreError::MissingDirectory(path) if *path == missing));
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named_without_its_password() {
    let error = Store::open(&config("postgres://clerk:s3cret@localhost/balsts?host=/nowhere")).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open the database postgres://[/nowhere]/balsts");
    assert!(!format!("{error:?}").contains("s3cret"));

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("not.db");
    std::fs::write(&path, "this file is something else, and must stay what it is".repeat(99)).unwrap();
    let error = Store::open(&config(&format!("sqlite:{}", path.display()))).await.unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error:?}");
}

#[tokio::test]
async fn connections_are_set_up_for_durable_concurrent_use() {
    let (_directory, store) = migrated().await;
    for (pragma, value) in [("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 5000), ("secure_delete", 1)] {
        let sql = format!("PRAGMA {pragma}");
        assert_eq!(number(store.reader(), &sql).await, value, "{pragma}");
        assert_eq!(number(&store.begin_write(Reach::Country).await.unwrap().0, &sql).await, value, "{pragma}");
    }
    let mode = store.reader().query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA journal_mode")).await;
    assert_eq!(mode.unwrap().unwrap().try_get_by_index::<String>(0).unwrap(), "wal");
}

#[tokio::test]
async fn readers_cannot_write() {
    let (_directory, store) = migrated().await;
    let error = store.reader().execute_unprepared("DELETE FROM municipality").await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_read_then_write_transactions_lose_nothing() {
    let (directory, store) = migrated().await;
    // A second store on the same file stands for a second process.
    let other = open(&directory.path().join("test.db")).await;
    let setup = store.begin_write(Reach::Country).await.unwrap();
    setup.0.execute_unprepared("CREATE TABLE counter (n bigint); INSERT INTO counter VALUES (0)").await.unwrap();
    setup.commit().await.unwrap();

    let tasks: Vec<_> = [store.clone(), other]
        .into_iter()
        .cycle()
        .take(40)
        .map(|store| {
            tokio::spawn(async move {
                let transaction = store.begin_write(Reach::Country).await.unwrap();
                let n = number(&transaction.0, "SELECT n FROM counter").await;
                transaction.0.execute_unprepared(&format!("UPDATE counter SET n = {}", n + 1)).await.unwrap();
                transaction.commit().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(number(store.reader(), "SELECT n FROM counter").await, 40);
}

#[tokio::test]
async fn a_dropped_transaction_changes_nothing() {
    let (_directory, store) = migrated().await;
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    transaction.0.execute_unprepared("UPDATE municipality SET name = 'Elsewhere'").await.unwrap();
    drop(transaction);
    drop(store.begin_write(Reach::Country).await.unwrap());
    assert_eq!(number(store.reader(), "SELECT count(*) FROM municipality WHERE name = 'Elsewhere'").await, 0);
}

#[tokio::test]
async fn municipalities_are_stored_and_brought_up_to_date() {
    let (_directory, store) = migrated().await;
    let all = i64::try_from(Municipalities::embedded().unwrap().all().count()).unwrap();
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    let old =
        "UPDATE municipality SET name = 'Old name', valid_to = NULL; DELETE FROM municipality WHERE code = '0001000'";
    transaction.0.execute_unprepared(old).await.unwrap();
    transaction.commit().await.unwrap();
    for _ in 0..2 {
        assert!(store.migrate().await.unwrap().is_empty());
        assert_eq!(number(store.reader(), "SELECT count(*) FROM municipality WHERE name <> 'Old name'").await, all);
        assert_eq!(number(store.reader(), "SELECT count(*) FROM municipality WHERE valid_to IS NOT NULL").await, 2);
    }
}

#[tokio::test]
async fn a_person_is_of_a_municipality_that_is_known() {
    let (_directory, store) = migrated().await;
    for (code, known) in [("0001000", true), ("9999999", false)] {
        let sql = format!(
            "INSERT INTO person (id, municipality_code, code_index, personal_code, given_name, family_name, contact, created_at) \
             VALUES (x'01', '{code}', x'01', x'01', x'01', x'01', x'01', '2026-01-01')"
        );
        assert_eq!(store.writer.execute_unprepared(&sql).await.is_ok(), known, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_migrate_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let (first, second) = (open(&path).await, open(&path).await);
    let (first, second) = tokio::join!(first.migrate(), second.migrate());
    let applied = [first.unwrap(), second.unwrap()].concat();
    assert_eq!(applied.len(), Migrator::migrations().len());
}

#[tokio::test]
async fn a_schema_newer_than_the_program_is_let_be() {
    let (_directory, store) = migrated().await;
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99990101_000001_later', 0)";
    transaction.0.execute_unprepared(newer).await.unwrap();
    transaction.commit().await.unwrap();
    store.ready().await.unwrap();
    assert!(store.migrate().await.unwrap().is_empty());
}

#[tokio::test]
async fn every_migration_can_be_undone() {
    let (_directory, store) = migrated().await;
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    Migrator::down(&transaction.0, None).await.unwrap();
    let left = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'seaql_migrations'";
    assert_eq!(number(&transaction.0, left).await, 0);
    Migrator::up(&transaction.0, None).await.unwrap();
}

/// Whose retention counts from what, when the schema learns of it.
#[tokio::test]
async fn persons_whose_records_have_ended_are_noted_when_the_schema_is_brought_up_to_date() {
    let (_directory, store) = migrated().await;
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    let connection = &transaction.0;
    let later = Migrator::migrations().iter().rev().position(|step| step.name().contains("create_role_grant")).unwrap();
    Migrator::down(connection, Some(u32::try_from(later).unwrap() + 1)).await.unwrap();
    for (person, applications) in [
        ("01", &[("refused", "2023-04-14"), ("withdrawn", "2023-05-01")][..]),
        ("02", &[("withdrawn", "2023-05-01"), ("registered", "")]),
        ("03", &[("revoked", "2023-10-01")]),
        ("04", &[("granted", "")]),
    ] {
        let sql = format!(
            "INSERT INTO person (id, municipality_code, code_index, personal_code, given_name, family_name, contact, created_at) \
             VALUES (x'{person}', '0001000', x'{person}', x'01', x'01', x'01', x'01', '2023-01-01')"
        );
        connection.execute_unprepared(&sql).await.unwrap();
        for (number, (status, day)) in applications.iter().enumerate() {
            let id = format!("{person}0{number}");
            let withdrawn = if *status == "withdrawn" { format!("'{day}'") } else { "NULL".to_owned() };
            let mut sql = format!(
                "INSERT INTO application (id, municipality_code, person_id, subject_index, methodology, status, received_at, \
                 withdrawn_on, applicant, evidence, version, created_at, updated_at) VALUES (x'{id}', '0001000', x'{person}', \
                 x'{id}', 'children-2023', '{status}', '2023-03-01 09:30', {withdrawn}, x'01', x'01', 1, '2023-01-01', '2023-01-01');"
            );
            if ["refused", "revoked"].contains(status) {
                sql += &format!(
                    "INSERT INTO decision (application_id, municipality_code, outcome, decided_on, delivery, notified_on, \
                     appeal_until, facts, prepared_by, signed_by, created_at) VALUES (x'{id}', '0001000', 'grant', \
                     '2023-03-10', 'e_address', '2023-03-14', '2023-04-14', x'01', 'w', 'h', '2023-01-01');"
                );
            }
            if *status == "revoked" {
                sql += &format!(
                    "INSERT INTO revocation (application_id, municipality_code, decided_on, effective_from, delivery, \
                     notified_on, appeal_until, grounds, prepared_by, signed_by, created_at) VALUES (x'{id}', '0001000', \
                     '2023-09-01', '{day}', 'e_address', '2023-09-05', '2023-10-05', x'01', 'w', 'h', '2023-01-01')"
                );
            }
            connection.execute_unprepared(&sql).await.unwrap();
        }
    }
    Migrator::up(connection, None).await.unwrap();
    let sql = "SELECT hex(id) || ' ' || last_ended_kind || ' ' || last_ended_on FROM person WHERE last_ended_kind IS NOT NULL ORDER BY id";
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let noted: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(noted, ["01 application_withdrawn 2023-05-01", "03 case 2023-10-01"]);
}

/// What was handed over before hand-overs were offered was in force at once, and stays so.
#[tokio::test]
async fn hand_overs_of_before_are_kept_when_the_schema_is_brought_up_to_date() {
    let (_directory, store) = migrated().await;
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    let connection = &transaction.0;
    let later = Migrator::migrations().iter().rev().position(|step| step.name().contains("offer_hand_over")).unwrap();
    let back = Some(u32::try_from(later).unwrap() + 1);
    Migrator::down(connection, back).await.unwrap();
    let insert = "INSERT INTO hand_over (id, municipality_code, receiving_code, application_id, person_id, handed_over_on, reason, \
                  signed_by, created_at) VALUES (x'01', '0001000', '0002000', x'02', x'03', '2023-09-01', x'04', 'h', '2023-09-01')";
    connection.execute_unprepared(insert).await.unwrap();
    Migrator::up(connection, None).await.unwrap();
    // The release before goes on for a while.
    connection.execute_unprepared(&insert.replace("x'01'", "x'05'")).await.unwrap();
    let kept = "SELECT count(*) FROM hand_over WHERE status = 'accepted' AND version = 1 AND handed_over_on = '2023-09-01' \
                AND reason = x'04' AND person_id = x'03'";
    assert_eq!(number(connection, kept).await, 2);
    let offer = |id: &str, to: &str| {
        let columns = "id, municipality_code, receiving_code, application_id, status, reason, signed_by, created_at";
        format!(
            "INSERT INTO hand_over ({columns}) VALUES (x'{id}', '0001000', '{to}', x'02', 'offered', x'04', 'h', '2023-09-01')"
        )
    };
    connection.execute_unprepared(&offer("06", "0002000")).await.unwrap();
    for (id, to) in [("07", "0003000"), ("08", "0001000"), ("09", "9999999")] {
        assert!(connection.execute_unprepared(&offer(id, to)).await.is_err(), "{to}");
    }
    Migrator::down(connection, back).await.unwrap();
    assert_eq!(number(connection, "SELECT count(*) FROM hand_over").await, 2);
}

/// Bytes are sealed, or say by their name that they are a hash: no sealed column is forgotten when keys change.
#[tokio::test]
async fn every_column_of_bytes_is_a_hash_or_in_the_list_of_sealed_ones() {
    let (_directory, store) = migrated().await;
    let sql = "SELECT t.name || '.' || c.name AS place FROM sqlite_schema t, pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND lower(c.type) LIKE '%blob%' ORDER BY 1";
    let rows = store.reader().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let bytes: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let is_hash = |place: &String| ["hash", "_index"].iter().any(|end| place.ends_with(end));
    let sealed: Vec<String> = bytes.iter().filter(|place| !is_hash(place)).cloned().collect();
    let mut listed: Vec<String> = crate::reseal::SEALED
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| format!("{}.{column}", table.table)))
        .collect();
    listed.sort_unstable();
    assert_eq!(sealed, listed);
    assert!(bytes.len() > sealed.len(), "there are hashes: {bytes:?}");
}

/// A sealed column of a table that leads to a person is erased with the person: by a column that the table has.
#[tokio::test]
async fn every_sealed_column_says_how_the_erasure_of_a_person_reaches_it() {
    let (_directory, store) = migrated().await;
    let columns = async |table: &str| {
        let sql = format!("SELECT name FROM pragma_table_info('{table}')");
        let rows = store.reader().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<_>>()
    };
    for sealed in crate::reseal::SEALED {
        let (mut table, mut belongs) = (sealed.table, sealed.belongs);
        loop {
            let columns = columns(table).await;
            let has = |column: &str| columns.iter().any(|name| name == column);
            match belongs {
                Belongs::To(column) | Belongs::Whole(column) => {
                    assert!(has(column) && (column.contains("person") || table == "person"), "{table}.{column}");
                    break;
                }
                Belongs::Case(column) => {
                    assert!(has(column), "{table}.{column}");
                    break;
                }
                Belongs::Through(column, next, further) => {
                    assert!(has(column), "{table}.{column}");
                    (table, belongs) = (next, *further);
                }
                Belongs::ToNobody(reason) => {
                    let leads = columns
                        .iter()
                        .find(|name| ["person_id", "application_id", "budget_id", "plan_id"].contains(&name.as_str()));
                    assert!(leads.is_none() && !reason.is_empty(), "{table} leads to a person by {leads:?}");
                    break;
                }
            }
        }
    }
    // And what it says is executed as it stands.
    let scope = Scope {
        municipality: "0001000".parse().unwrap(),
        subject: "head".to_owned(),
        role: Role::OfficeHead,
        today: NaiveDate::MIN,
    };
    let transaction = store.begin_write(&scope).await.unwrap();
    transaction.erase_sealed(&scope, Uuid::nil()).await.unwrap();
}

/// What is about a person is in the person's access log: each thing with an identifier, its parts with it.
#[tokio::test]
async fn every_table_that_names_a_person_is_in_the_list_for_the_access_log() {
    let (_directory, store) = migrated().await;
    let sql = "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND c.name = 'person_id' \
               AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'id') ORDER BY 1";
    let rows = store.reader().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let tables: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(tables, crate::audit::OF_PERSON);
}

/// An activity report counts the acts of one subject: it does not walk along the whole chain.
#[tokio::test]
async fn the_acts_of_a_subject_are_found_by_an_index() {
    let (_directory, store) = migrated().await;
    let sql = "EXPLAIN QUERY PLAN SELECT action, count(sequence) FROM audit_entry WHERE municipality_code = '0001000' \
               AND subject = 'worker' AND at >= '2023-11-01' AND at < '2023-12-01' GROUP BY action";
    let rows = store.reader().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
    assert!(plan.iter().any(|step| step.contains("audit_entry_subject")), "{plan:?}");
}

/// A municipality's question does not read the country's rows.
#[tokio::test]
async fn what_is_asked_by_day_or_by_report_is_found_by_an_index() {
    let (_directory, store) = migrated().await;
    let days = |column: &str| {
        format!("municipality_code = '0001000' AND {column} >= '2023-10-01' AND {column} <= '2023-12-31'")
    };
    let after = "AND (on_day, id) > ('2023-10-05', x'01') ORDER BY on_day, id LIMIT 50";
    for (from, index) in [
        (format!("delivery WHERE {} {after}", days("on_day")), "delivery_list_by_day"),
        (
            "invoice WHERE municipality_code = '0001000' AND period_to >= '2023-10-01' AND period_from <= '2023-12-31' \
             AND (period_to, id) > ('2023-10-05', x'01') ORDER BY period_to, id LIMIT 50"
                .to_owned(),
            "invoice_list_by_period",
        ),
        ("invoice WHERE municipality_code = '0001000' AND cash_flow_in = x'01'".to_owned(), "invoice_of_cash_flow"),
        ("invoice WHERE municipality_code = '0001000' AND quarter_in = x'01'".to_owned(), "invoice_of_quarter"),
        (format!("decision WHERE outcome = 'grant' AND {}", days("decided_on")), "decision_by_day"),
        (format!("assessment WHERE {}", days("completed_on")), "assessment_by_day"),
        (format!("plan_version WHERE {}", days("signed_on")), "plan_version_by_day"),
        (format!("goal_result WHERE {}", days("on_day")), "goal_result_by_day"),
        (format!("invoice_line WHERE {}", days("to_day")), "line_received_by_day"),
        (
            "municipality WHERE EXISTS (SELECT 1 FROM application WHERE municipality_code = municipality.code \
             AND methodology = 'children-pilot-2018' AND status IN ('granted', 'revoked'))"
                .to_owned(),
            "application_by_methodology",
        ),
        (
            "budget WHERE municipality_code = '0001000' AND application_id > x'01' ORDER BY application_id LIMIT 1000"
                .to_owned(),
            "budget_by_case",
        ),
        (
            "goal_result WHERE methodology = 'children-2023' AND municipality_code = '0001000' AND id > x'01' \
             ORDER BY id LIMIT 1000"
                .to_owned(),
            "goal_result_pages",
        ),
        (
            "case_document WHERE person_id = x'01' AND municipality_code = '0001000' AND office_only = 1".to_owned(),
            "case_document_by_person",
        ),
    ] {
        let sql = format!("EXPLAIN QUERY PLAN SELECT 1 FROM {from}");
        let rows = store.reader().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{index}: {plan:?}");
    }
}

/// What has gathered since the last time goes a thousand at a time.
#[tokio::test]
async fn old_answers_are_deleted_however_many_they_are() {
    let (_directory, store) = migrated().await;
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    let many = "INSERT INTO idempotency_record (municipality_code, subject, key, request_hash, created_at) \
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2501) \
                SELECT '0001000', 'worker', CAST(i AS TEXT), x'00', \
                    CASE WHEN i > 2500 THEN '2023-11-02 00:00:00 +00:00' ELSE '2023-11-01 00:00:00 +00:00' END FROM n";
    transaction.0.execute_unprepared(many).await.unwrap();
    transaction.commit().await.unwrap();
    let before = "2023-11-01T12:00:00Z".parse().unwrap();
    assert_eq!(store.delete_answers(before).await.unwrap(), 2_500);
    assert_eq!(store.delete_answers(before).await.unwrap(), 0);
    assert_eq!(number(store.reader(), "SELECT count(*) FROM idempotency_record").await, 1);
}

#[tokio::test]
async fn the_schema_refuses_impossible_municipalities_without_telling_sql() {
    let (_directory, store) = migrated().await;
    let transaction = store.begin_write(Reach::Country).await.unwrap();
    for row in [
        "'0001000', 'Rīga again', '2021-07-01', NULL",
        "'1000', 'Rīga', '2021-07-01', NULL",
        "'9999999', '', '2021-07-01', NULL",
        "'9999999', 'Nowhere', '2021-07-01', '2021-06-30'",
        "'9999999', 'Nowhere', NULL, NULL",
    ] {
        let sql = format!("INSERT INTO municipality (code, name, valid_from, valid_to) VALUES ({row})");
        let error = StoreError::failed(transaction.0.execute_unprepared(&sql).await.unwrap_err());
        assert!(matches!(error, StoreError::Failed(_)), "{row}");
        assert_eq!(error.to_string(), "a database operation failed");
        assert!(!format!("{error:?}").contains("INSERT"), "{error:?}");
    }
}

async fn audited(store: &Store, municipality: &str, times: u32) {
    for _ in 0..times {
        let scope = Scope {
            municipality: municipality.parse().unwrap(),
            subject: "worker".to_owned(),
            role: Role::SocialWorker,
            today: NaiveDate::MIN,
        };
        let act = Act {
            action: "get_application",
            resource: "application",
            resource_id: Uuid::nil(),
            request_id: Uuid::nil(),
            at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        };
        let transaction = store.begin_write(Reach::Country).await.unwrap();
        transaction.audit(&scope, act, None::<fn() -> Event>).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_edit_or_a_gap_in_the_audit_chain_is_found() {
    for (damage, entry) in [
        ("SELECT 1", None),
        ("UPDATE audit_entry SET subject = 'someone' WHERE sequence = 2 AND municipality_code = '0001000'", Some(2)),
        ("UPDATE audit_entry SET hash = x'00' WHERE sequence = 3 AND municipality_code = '0001000'", Some(3)),
        ("DELETE FROM audit_entry WHERE sequence = 1 AND municipality_code = '0001000'", Some(1)),
        ("DELETE FROM audit_entry WHERE sequence = 3 AND municipality_code = '0001000'", Some(3)),
        ("DELETE FROM audit_entry WHERE municipality_code = '0001000'", Some(1)),
        ("DELETE FROM audit_head WHERE municipality_code = '0001000'", Some(1)),
    ] {
        let (_directory, store) = migrated().await;
        audited(&store, "0001000", 3).await;
        audited(&store, "0002000", 2).await;
        if damage.contains("audit_entry") {
            // By a statement it cannot be damaged.
            let refused = store.writer.execute_unprepared(damage).await.unwrap_err().to_string();
            assert!(refused.contains("audit_entry is only added to"), "{refused}");
            for change in ["UPDATE", "DELETE"] {
                let drop = format!("DROP TRIGGER audit_entry_no_{change}");
                store.writer.execute_unprepared(&drop).await.unwrap();
            }
        }
        store.writer.execute_unprepared(damage).await.unwrap();
        let faults = store.verify_audit().await.unwrap().faults;
        assert_eq!(
            faults,
            entry.map(|entry| ("0001000".to_owned(), entry)).into_iter().collect::<Vec<_>>(),
            "{damage}"
        );
    }
}

#[tokio::test]
async fn later_events_have_greater_identifiers_whatever_the_clock_says() {
    let (_directory, store) = migrated().await;
    let scope = |code: &str| Scope {
        municipality: code.parse().unwrap(),
        subject: "s".to_owned(),
        role: Role::SocialWorker,
        today: NaiveDate::MIN,
    };
    let insert = async |code: &str, id: u128| {
        let transaction = store.begin_write(&scope(code)).await.unwrap();
        let event =
            Event { id: Uuid::from_u128(id), kind: "k".to_owned(), resource_id: Uuid::nil(), at: DateTime::UNIX_EPOCH };
        transaction.insert_event(&scope(code), || event).await.unwrap();
        transaction.commit().await.unwrap();
    };
    for id in [100, 50, 100, 200] {
        insert("0001000", id).await;
    }
    // Another municipality's identifiers are its own matter.
    insert("0002000", 60).await;
    let ids = async |code: &str| -> Vec<u128> {
        let events = store.list_events(&scope(code), None, 10).await.unwrap();
        events.iter().map(|event| event.id.as_u128()).collect()
    };
    assert_eq!((ids("0001000").await, ids("0002000").await), (vec![100, 101, 102, 200], vec![60]));
}
