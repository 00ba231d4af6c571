//! Servers beside each other, and what they leave behind.

use crate::running::{GRANT, Running, application, balsts, databases, postgres, run, stderr, stdout};

#[test]
#[cfg(unix)]
fn two_servers_on_one_database_give_a_person_one_application_and_one_budget() {
    let directory = tempfile::tempdir().unwrap();
    let Some((_, url)) = postgres(directory.path()) else { return };
    let servers = [(); 2].map(|()| Running::start(directory.path(), Some(&url)));
    // Sixteen clients, each at one of the two servers, send the same request at once.
    let race = |path: &str, body: &str| {
        let go = std::sync::Barrier::new(16);
        let answers: Vec<_> = std::thread::scope(|scope| {
            let client = |number: usize| {
                let (go, server) = (&go, &servers[number % 2]);
                scope.spawn(move || {
                    go.wait();
                    server.ask("social_worker", &format!("POST {path}"), body).unwrap()
                })
            };
            let clients: Vec<_> = (0..16).map(client).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|(status, _)| ["201", "409"].contains(&status.as_str())), "{answers:?}");
        let mut won = answers.into_iter().filter(|(status, _)| status == "201");
        let (winner, second) = (won.next().unwrap().1, won.next());
        assert!(second.is_none(), "{second:?}");
        winner["id"].as_str().unwrap().to_owned()
    };
    for round in 0..5 {
        let id = race("/v1/applications", &application(&format!("320000-0000{round}")));
        let head = format!("POST /v1/applications/{id}/decision HTTP/1.1\r\nIf-Match: \"1\"\r\nX-Ignored: ");
        assert_eq!(servers[1].ask("office_head", &head, GRANT).unwrap().0, "201");
        let budget = r#"{"calculation":{"methodology":"children-2023","date":"2023-03-15","birth_date":"2018-01-15","special_care":true},"form":{"registers":["special_care_opinion"],"documents":[],"evidence":[]}}"#;
        race(&format!("/v1/applications/{id}/budget"), budget);
    }
    for server in &servers {
        assert_eq!(server.all("social_worker", "/v1/applications").len(), 5);
        assert_eq!(server.all("social_worker", "/v1/budgets").len(), 5);
    }
    servers.into_iter().for_each(Running::kill);
}

#[test]
fn a_key_takes_over_from_another_beside_running_servers() {
    let directory = tempfile::tempdir().unwrap();
    for url in databases(directory.path()) {
        let url = url.as_deref();
        let servers = [(); 2].map(|()| Running::start(directory.path(), url));
        let register = |number: usize| {
            let body = application(&format!("320000-0000{number}"));
            let server = &servers[number % 2];
            let (status, answer) = server.ask("social_worker", "POST /v1/applications", &body).unwrap();
            assert_eq!(status, "201", "{answer}");
            answer["id"].as_str().unwrap().to_owned()
        };
        let key_file = directory.path().join(if url.is_some() { "keys.json" } else { "balsts.db.keys" });
        let keys = |command: &str| {
            let mut command = balsts(directory.path(), &["keys", command]);
            if let Some(url) = url {
                command.env("BALSTS__DATABASE__URL", url).env("BALSTS__DATABASE__KEY_FILE", &key_file);
            }
            command.output().unwrap()
        };
        let told = |command: &str| {
            let output = keys(command);
            assert!(output.status.success(), "{}", stderr(&output));
            stdout(&output).to_owned()
        };
        let mut known = vec![register(1)];
        assert_eq!(told("prune"), "every key is in use\n");
        assert_eq!(told("rotate"), "key 2 seals from now on\n");
        assert_eq!(told("prune"), "every key is in use\n");
        known.extend([register(2), register(3)]);
        let resealed = told("reseal");
        assert!(
            resealed.starts_with("person: 1 row(s) sealed anew\napplication: 1 row(s) sealed anew\n"),
            "{resealed}"
        );
        assert_eq!(told("prune"), "key 1 is removed\n");
        known.extend([register(4), register(5)]);
        for (id, server) in known.iter().flat_map(|id| servers.iter().map(move |server| (id, server))) {
            let (status, answer) = server.ask("social_worker", &format!("GET /v1/applications/{id}"), "").unwrap();
            assert_eq!(status, "200", "{answer}");
        }
        servers.into_iter().for_each(Running::kill);
        // Lost with the key is what it sealed: that is told.
        let mut file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&key_file).unwrap()).unwrap();
        file["keys"] = serde_json::json!({"3": "0".repeat(64)});
        file["current"] = 3.into();
        std::fs::write(&key_file, file.to_string()).unwrap();
        let output = keys("reseal");
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("10 row(s) hold a value that no key opens"), "{}", stderr(&output));
    }
    let url = "postgres://clerk@localhost/x?host=/nowhere";
    let output = run(directory.path(), &["keys", "rotate", "--database", url]);
    assert!(stderr(&output).contains("database.key_file is not given"), "{}", stderr(&output));
}

/// A whole case, with mistakes, logged as much as can be: what tells of a person stands neither there nor in the database.
#[test]
#[cfg(unix)]
fn neither_the_database_nor_the_log_tells_of_a_person() {
    let of_postgres = tempfile::tempdir().unwrap();
    let mut databases = vec![None];
    databases.extend(postgres(of_postgres.path()).map(Some));
    for database in databases {
        let of_sqlite = tempfile::tempdir().unwrap();
        let directory = if database.is_some() { of_postgres.path() } else { of_sqlite.path() };
        if let Some((name, _)) = &database {
            balsts_tests::cluster::cluster().unwrap().log_everything(name);
        }
        let log = directory.join("server.log");
        let file = std::fs::File::create(&log).unwrap();
        let url = database.as_ref().map(|(_, url)| url.as_str());
        let server = Running::logging(directory, url, file.into(), "trace");
        let ask = |role: &str, head: &str, body: &serde_json::Value| server.ask(role, head, &body.to_string()).unwrap();
        let new = serde_json::json!({
            "methodology": "children-2023", "received_at": "2023-03-01T09:30",
            "person": {"personal_code": "320000-77701", "given_name": "Zvaigznīte", "family_name": "Neesoša",
                "address": "Nekurienes iela 7", "phone": "+371 27770001", "email": "zvaigznite@example.org"},
            "applicant": {"given_name": "Mākonis", "family_name": "Neesošs", "relation": "parent", "personal_code": "320000-77702"},
            "evidence": {"birth_date": "2018-01-17", "disability": {"group": "child"}, "impairment_types": ["movement"]},
            "circumstances": {"home_schooled": true, "parent": {"birth_date": "1987-07-17", "family_type": "guardian"},
                "technical_aids": [{"name": "Septiņjūdžu zābaki", "status": "needed"}]},
        });
        let (status, registered) = ask("social_worker", "POST /v1/applications", &new);
        assert_eq!(status, "201");
        let mut numbered = new.clone();
        numbered["person"] = serde_json::json!({"identification_number": "ZV-777-0123", "given_name": "Zvaigznīte",
            "family_name": "Neesoša"});
        assert_eq!(ask("social_worker", "POST /v1/applications", &numbered).0, "201");
        assert_eq!(ask("social_worker", "POST /v1/applications", &numbered).0, "409");
        let whom = serde_json::json!({"identification_number": "ZV-777-0123"});
        assert_eq!(ask("social_worker", "POST /v1/persons/search", &whom).0, "200");
        assert_eq!(ask("social_worker", "POST /v1/applications", &new).0, "409");
        let mut bad = new.clone();
        bad["person"]["personal_code"] = "327770-1234567".into();
        bad["Neesoša"] = "palliative_care".into();
        assert_eq!(ask("social_worker", "POST /v1/applications", &bad).0, "400");
        let traced = "POST /v1/applications HTTP/1.1\r\nTraceparent: 320000-77701\r\nX-Ignored: ";
        assert_eq!(ask("provider", traced, &new).0, "403");
        let id = registered["id"].as_str().unwrap();
        let change = |tag: &str| format!(" HTTP/1.1\r\nIf-Match: \"{tag}\"\r\nX-Ignored: ");
        let act: serde_json::Value = serde_json::from_str(GRANT).unwrap();
        assert_eq!(ask("office_head", &format!("POST /v1/applications/{id}/decision{}", change("1")), &act).0, "201");
        let budget = serde_json::json!({
            "calculation": {"methodology": "children-2023", "date": "2023-03-15", "birth_date": "2018-01-17",
                "special_care": true, "criteria": [{"criterion": "palliative_care"}]},
            "form": {"registers": ["special_care_opinion"],
                "documents": [{"kind": "gp_extract", "title": "Izraksts par Zvaigznīti"}],
                "evidence": [{"criterion": "palliative_care", "source": "Slimnīcas epikrīze"}]},
        });
        let (status, budget) = ask("social_worker", &format!("POST /v1/applications/{id}/budget"), &budget);
        assert_eq!(status, "201", "{budget}");
        let signature =
            serde_json::json!({"party": "recipient", "signed_on": "2023-03-16", "signer": "Mākonis Neesošs"});
        let head = format!("POST /v1/budgets/{}/signatures{}", budget["id"].as_str().unwrap(), change("1"));
        assert_eq!(ask("social_worker", &head, &signature).0, "201");
        let revocation = serde_json::json!({
            "decided_on": "2023-09-01", "effective_from": "2023-10-01", "delivery": "e_address", "prepared_by": "w",
            "reason": "Neesoša ir pārcēlusies uz Nekurienes ielu", "legal_basis": ["APL 85"],
        });
        let head = format!("POST /v1/applications/{id}/revocation{}", change("2"));
        assert_eq!(ask("office_head", &head, &revocation).0, "201");
        assert_eq!(
            ask("social_worker", &format!("GET /v1/cases/{id}?include=budget"), &serde_json::Value::Null).0,
            "200"
        );
        server.kill();

        let mut held: Vec<(String, Vec<u8>)> = std::fs::read_dir(directory)
            .unwrap()
            .map(|file| file.unwrap().path())
            // The directory for the files of cases, of which there are none here.
            .filter(|path| path.is_file())
            .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
            .collect();
        if let Some((name, _)) = &database {
            let cluster = balsts_tests::cluster::cluster().unwrap();
            // The worst that an operator can set: every statement is logged, with its parameters.
            let log = cluster.log();
            let told = String::from_utf8_lossy(&log);
            assert!(
                told.contains("INSERT INTO \"application\"") && told.contains("parameters: $1 = "),
                "PostgreSQL logs"
            );
            held.push(("the log of PostgreSQL".to_owned(), log));
            held.push(("dump".to_owned(), cluster.dump(name)));
        }
        let holds = |text: &str| {
            let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            held.iter().find(|(_, bytes)| holds(bytes)).map(|(name, _)| name.clone())
        };
        assert!(
            holds("children-2023").is_some() && holds("register_application").is_some(),
            "the files are the right ones"
        );
        assert!(std::fs::metadata(&log).unwrap().len() > 10_000, "the log is one");
        for secret in [
            "320000-77701",
            "32000077701",
            "320000-77702",
            "32000077702",
            "327770-1234567",
            "Zvaigzn",
            "Neeso",
            "Mākonis",
            "Nekurienes",
            "+371 27770001",
            "zvaigznite@",
            "2018-01-17",
            "movement",
            "palliative_care",
            "epikr",
            "1987-07-17",
            "zābaki",
            "ZV-777-0123",
            "ZV7770123",
        ] {
            assert_eq!(holds(secret), None, "{secret} is told");
        }
    }
}
