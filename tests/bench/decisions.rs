//! Decisions a second over HTTP on PostgreSQL, as a ratio of `pgbench`, which runs the same SQL statements with no server
//! between. Both write to the one audit chain of a municipality, so both take turns there. Load goes to loopback only, and ends
//! by itself.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Command,
    thread,
    time::Instant,
};

use balsts_bench::product::{self, Server};
use balsts_tests::cluster::{self, cluster};
use serde_json::{Value, json};

const ROUNDS: usize = 3;
const CLIENTS: usize = 8;
const DECISIONS: usize = 2400;

/// The statements of one decision, as the server sends them and `log_statement = all` shows them. `:id` is the next application.
const SCRIPT: &str = r"
SELECT nextval('bench_next') AS n \gset
SELECT id FROM bench_id WHERE n = :n \gset
WITH reach AS MATERIALIZED (SELECT set_config('app.municipality', '*', true) AS set) SELECT found.* FROM reach
  CROSS JOIN LATERAL (SELECT * FROM (SELECT municipality_code, role FROM role_grant WHERE subject = 'demo'
    AND valid_from <= '2023-11-15' AND ended_at IS NULL AND (valid_to IS NULL OR valid_to >= '2023-11-15')) inside
    WHERE reach.set IS NOT NULL OFFSET 0) found;
BEGIN;
SELECT set_config('app.municipality', '0054000', true), set_config('app.receiving', '', true);
SELECT * FROM application WHERE id = :id AND municipality_code = '0054000' AND (person_id IS NULL OR person_id NOT IN (SELECT person_id
  FROM conflict_of_interest WHERE municipality_code = '0054000' AND subject = 'demo' AND ended_on IS NULL)) LIMIT 1 FOR UPDATE;
SELECT * FROM person WHERE id = (SELECT person_id FROM application WHERE id = :id) AND municipality_code = '0054000';
SELECT * FROM office_calendar WHERE municipality_code = '0054000' AND date >= '2023-03-10';
UPDATE application SET status = 'granted', version = 2, updated_at = now() WHERE id = :id AND municipality_code = '0054000' AND version = 1;
INSERT INTO decision (application_id, municipality_code, outcome, decided_on, delivery, notified_on, appeal_until, facts, prepared_by, signed_by, created_at)
  VALUES (:id, '0054000', 'grant', '2023-03-10', 'e_address', '2023-03-14', '2023-04-14', decode(repeat('ab', 320), 'hex'), 'demo', 'demo', now());
SELECT sequence AS seq FROM audit_head WHERE municipality_code = '0054000' FOR UPDATE \gset
WITH told AS (INSERT INTO event (id, municipality_code, kind, resource_id, at)
    SELECT lpad(to_hex(:seq::bigint), 32, 'f')::uuid, '0054000', 'application.granted', :id, now()
    WHERE (SELECT id FROM event WHERE municipality_code = '0054000' AND id >= lpad(to_hex(:seq::bigint), 32, 'f')::uuid
      ORDER BY id DESC LIMIT 1) IS NULL RETURNING id),
  head AS (UPDATE audit_head SET sequence = :seq + 1, hash = decode(repeat('cd', 32), 'hex') WHERE municipality_code = '0054000')
  INSERT INTO audit_entry (municipality_code, sequence, at, subject, role, action, resource, resource_id, request_id, hash)
  VALUES ('0054000', :seq + 1, now(), 'demo', 'office_head', 'decide_application', 'application', :id, gen_random_uuid(), decode(repeat('cd', 32), 'hex'))
  RETURNING EXISTS (SELECT FROM told) AS told;
COMMIT;
";

fn main() {
    let cluster = cluster().expect("PostgreSQL is installed");
    let balsts = product::build();
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let directory = tempfile::tempdir().expect("a directory");
        let name = cluster.create_database(None);
        let owner = cluster.url(&name, cluster::OWNER);
        let keys = format!(r#"{{"current":1,"keys":{{"1":"{:064}"}},"index_key":"{:064}"}}"#, 1, 2);
        std::fs::write(directory.path().join("keys.json"), keys).expect("a file");
        let migrated = Command::new(&balsts).args(["migrate", "--database", &owner]).output().expect("it runs");
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));

        let mut command = Command::new(&balsts);
        command.current_dir(directory.path()).args(["--listen", "127.0.0.1:0"]);
        command.env("BALSTS__DATABASE__URL", cluster.url(&name, cluster::SERVER));
        command
            .env("BALSTS__DATABASE__KEY_FILE", directory.path().join("keys.json"))
            .env("BALSTS__IDENTITY__MODE", "development")
            .env("BALSTS__LOG__LEVEL", "error");
        let server = Server::start(command, 12);
        // Half for the server, half for pgbench.
        let ids = each(&server, 2 * DECISIONS, |client, number| client.register(number));
        let (ours, theirs) = ids.split_at(DECISIONS);

        // As autovacuum would: both plan with the same statistics.
        cluster.psql(&name, cluster::OWNER, "ANALYZE").expect("statistics");
        let started = Instant::now();
        each(&server, DECISIONS, |client, number| client.decide(&ours[number]));
        let balsts_rate = DECISIONS as f64 / started.elapsed().as_secs_f64();
        drop(server);

        let values: Vec<String> = theirs.iter().enumerate().map(|(n, id)| format!("({}, '{id}')", n + 1)).collect();
        let set_up = format!(
            "CREATE TABLE bench_id (n bigint PRIMARY KEY, id uuid NOT NULL); CREATE SEQUENCE bench_next; \
             INSERT INTO bench_id VALUES {}; GRANT SELECT ON bench_id TO {server}; GRANT USAGE ON bench_next TO {server}; ANALYZE",
            values.join(", "),
            server = cluster::SERVER
        );
        let set_up: Vec<&str> = set_up.split("; ").collect();
        for statement in set_up {
            cluster.psql(&name, cluster::OWNER, statement).expect("set up");
        }
        let script = directory.path().join("decision.sql");
        std::fs::write(&script, SCRIPT).expect("a file");
        let pgbench_rate =
            cluster.pgbench(&name, cluster::SERVER, &script, CLIENTS, DECISIONS / CLIENTS).expect("pgbench runs");
        let granted = cluster.psql(&name, cluster::OWNER, "SELECT count(*) FROM application WHERE status = 'granted'");
        assert_eq!(granted, Ok((2 * DECISIONS).to_string()), "both have decided their half");
        let ratio = balsts_rate / pgbench_rate;
        println!("round {round}: balsts {balsts_rate:.0}/s, pgbench {pgbench_rate:.0}/s, ratio {ratio:.2}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("decisions: median ratio {:.2} of {ROUNDS}, aim 0.5", ratios[ROUNDS / 2]);
}

/// Numbers from 0, shared out among clients that keep their connections; what came of each, in order.
fn each<T: Send>(server: &Server, numbers: usize, act: impl Fn(&mut Client<'_>, usize) -> T + Sync) -> Vec<T> {
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let client = |first: usize| {
            let act = &act;
            scope.spawn(move || {
                let mut client = Client::connect(server);
                (first..numbers).step_by(CLIENTS).map(|number| (number, act(&mut client, number))).collect::<Vec<_>>()
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        clients.into_iter().flat_map(|client| client.join().expect("no panic")).collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

struct Client<'a> {
    server: &'a Server,
    stream: BufReader<TcpStream>,
}

impl<'a> Client<'a> {
    fn connect(server: &'a Server) -> Self {
        let stream = TcpStream::connect(&server.address).expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Self { server, stream: BufReader::new(stream) }
    }

    fn register(&mut self, number: usize) -> String {
        let body = json!({
            "methodology": "children-2023", "received_at": "2023-03-01T09:30",
            "person": {"personal_code": format!("320000-{number:05}"), "given_name": "Demo", "family_name": "Paraugs"},
            "applicant": {"given_name": "Demo", "family_name": "Vecāks", "relation": "parent"},
            "evidence": {"birth_date": "2018-01-15", "disability": {"group": "child"}, "impairment_types": ["movement"]},
        });
        let answer = self.post("social_worker", "/v1/applications", "", &body);
        answer["id"].as_str().expect("an id").to_owned()
    }

    fn decide(&mut self, id: &str) {
        let body =
            json!({"outcome": "grant", "decided_on": "2023-03-10", "delivery": "e_address", "prepared_by": "demo"});
        self.post("office_head", &format!("/v1/applications/{id}/decision"), "If-Match: \"1\"\r\n", &body);
    }

    fn post(&mut self, role: &str, path: &str, headers: &str, body: &Value) -> Value {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n{headers}\
             Content-Length: {}\r\n\r\n{body}",
            self.server.address,
            self.server.token(role),
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).expect("sent");
        let (mut length, mut status) = (0, String::new());
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).expect("a line");
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().expect("a number");
            } else if line.starts_with("http/1.1 ") {
                status = line;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).expect("the answer");
        assert!(status.starts_with("http/1.1 201"), "{status}: {}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).expect("JSON")
    }
}
