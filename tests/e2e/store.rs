//! The database under the API, on SQLite and on PostgreSQL.

use balsts_tests::{Database, TestApp, app::Options};

#[tokio::test]
async fn the_schema_is_brought_up_to_date_once() {
    for kind in Database::available() {
        let database = kind.create();
        let store = database.open_as_owner().await;
        let pending = store.pending_migrations().await.unwrap();
        assert!(!pending.is_empty(), "{kind:?}");
        assert!(store.ready().await.is_err(), "{kind:?} is ready without a schema");

        assert_eq!(store.migrate().await.unwrap(), pending, "{kind:?}");
        assert!(store.migrate().await.unwrap().is_empty(), "{kind:?}");
        assert!(store.pending_migrations().await.unwrap().is_empty(), "{kind:?}");
        store.ready().await.unwrap();
        store.close().await.unwrap();

        let reopened = database.open_as_owner().await;
        reopened.ready().await.unwrap();
        assert!(reopened.migrate().await.unwrap().is_empty(), "{kind:?}");
        reopened.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_together_migrate_once() {
    for kind in Database::available() {
        let database = kind.create();
        let (first, second, third) =
            (database.open_as_owner().await, database.open_as_owner().await, database.open_as_owner().await);
        let expected = first.pending_migrations().await.unwrap();
        let applied = tokio::join!(first.migrate(), second.migrate(), third.migrate());
        let applied = [applied.0.unwrap(), applied.1.unwrap(), applied.2.unwrap()].concat();
        assert_eq!(applied, expected, "{kind:?}");
        for store in [first, second, third] {
            store.ready().await.unwrap();
            store.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_service_is_ready_once_its_database_is() {
    for database in Database::available() {
        let app = TestApp::start_with(Options { database, migrated: false, ..Options::default() }).await;
        app.get("/health/live").send().await.expect(200);
        let answer = app.get("/health/ready").send().await.expect(503);
        assert!(
            answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()),
            "{}",
            answer.shown()
        );
        assert_eq!(answer.json()["code"], "unavailable");

        app.database.migrate().await;
        app.get("/health/ready").send().await.expect(200);
    }
}

#[tokio::test]
async fn rules_are_served_without_the_database() {
    for database in Database::available() {
        let app = TestApp::start_on(database).await;
        app.get("/health/ready").send().await.expect(200);
        app.store.clone().close().await.unwrap();

        let answer = app.get("/health/ready").send().await.expect(503);
        let told = answer.text().to_lowercase();
        for inside in ["sql", "postgres", "pool", "migration", "seaql"] {
            assert!(!told.contains(inside), "an answer tells of the inside: {}", answer.shown());
        }
        app.get("/health/live").send().await.expect(200);
        let adult = serde_json::json!({
            "methodology": "adults-2023", "date": "2023-05-02", "care_level": 1, "living_arrangement": "group_home"
        });
        app.post("/v1/budget-calculations").json(&adult).send().await.expect(200);
    }
}
