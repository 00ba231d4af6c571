//! The service over HTTP against its floor, bulk runs, memory and start. Needs `wrk` (Debian) and the release binary, which
//! it builds. Rates are ratios in one run; load goes to loopback only and ends by itself.

use std::{
    env, fs,
    io::{BufWriter, Read, Write},
    net::{Shutdown, TcpStream},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use balsts_bench::{
    floor,
    population::{self, Numbers},
    product::{self, Server},
};
use serde_json::Value;

const ROUNDS: usize = 5;
const SECONDS: u32 = 6;
const BULK_LINES: usize = 1_000_000;

fn main() {
    if let Ok(answer) = env::var("BALSTS_BENCH_FLOOR") {
        let answer = fs::read_to_string(answer).expect("the answer of the floor");
        return floor::serve(answer, 2).expect("the floor serves");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let balsts = product::build();
    let request = golden_request();

    let started = Instant::now();
    let product = Server::start(serve_command(&balsts, directory.path()), 0);
    let answer = single(&product.address, &request);
    println!(
        "first answer {:.3} s after start, idle {:.1} MB",
        started.elapsed().as_secs_f64(),
        product.memory("VmRSS")
    );

    let constant = directory.path().join("answer.json");
    fs::write(&constant, &answer).expect("a file");
    let script = directory.path().join("post.lua");
    let body = serde_json::to_string(&request).expect("text");
    fs::write(
        &script,
        format!("wrk.method='POST'\nwrk.headers['Content-Type']='application/json'\nwrk.body='{body}'\n"),
    )
    .expect("a file");
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.env("BALSTS_BENCH_FLOOR", &constant);
    let floor = Server::start(command, 0);

    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let (least, ours) = (wrk(&floor.address, &script), wrk(&product.address, &script));
        println!("floor {least:.0}/s, balsts {ours:.0}/s, ratio {:.3}", ours / least);
        ratios.push(ours / least);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.3}; under load {:.1} MB", ratios[ROUNDS / 2], product.memory("VmHWM"));
    drop((floor, product));

    let bulk = directory.path().join("bulk.ndjson");
    write_requests(&bulk);
    for detail in ["lines", "totals"] {
        // A server of its own, so that its memory is that of the run.
        let product = Server::start(serve_command(&balsts, directory.path()), 0);
        let (rate, early) = run_bulk(&product, &bulk, detail);
        let late = product.memory("VmHWM");
        println!("bulk, {detail}: {rate:.0}/s; memory {early:.1} MB after a tenth, at most {late:.1} MB");
    }
}

fn serve_command(balsts: &Path, directory: &Path) -> Command {
    let mut command = Command::new(balsts);
    let database = format!("sqlite:{}", directory.join("balsts.db").display());
    command.args(["serve", "--listen", "127.0.0.1:0", "--database", &database]);
    command
}

/// The child of six criteria of the golden file, or the case with the most criteria.
fn golden_request() -> Value {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../golden/children-2023.json")).expect("JSON");
    let accepted = cases.into_iter().filter(|case| case["expect"]["total"].is_string());
    let largest = accepted.max_by_key(|case| case["request"]["criteria"].as_array().map_or(0, Vec::len));
    largest.expect("a case")["request"].clone()
}

fn single(address: &str, request: &Value) -> Vec<u8> {
    let body = request.to_string();
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(
        stream,
        "POST /v1/budget-calculations HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    answer.split_off(head + 4)
}

fn wrk(address: &str, script: &Path) -> f64 {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "32", "--duration", &format!("{SECONDS}s"), "--script"])
        .arg(script)
        .arg(format!("http://{address}/v1/budget-calculations"))
        .output()
        .expect("wrk runs: apt-get install wrk");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("Non-2xx"), "{text}");
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:")).expect("a rate");
    rate.trim().parse().expect("a number")
}

fn write_requests(path: &Path) {
    let mut numbers = Numbers::new(7);
    let mut file = BufWriter::new(fs::File::create(path).expect("a file"));
    for id in 0..BULK_LINES {
        let mut request = population::request(&population::child(&mut numbers));
        request["id"] = id.to_string().into();
        serde_json::to_writer(&mut file, &request).expect("written");
        file.write_all(b"\n").expect("written");
    }
    file.flush().expect("written");
}

/// Lines a second, and the memory after a tenth of them.
fn run_bulk(server: &Server, requests: &Path, detail: &str) -> (f64, f64) {
    let length = fs::metadata(requests).expect("the requests").len();
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    let started = Instant::now();
    write!(
        stream,
        "POST /v1/budget-calculations/bulk?detail={detail} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
         content-type: application/x-ndjson\r\ncontent-length: {length}\r\n\r\n",
        server.address
    )
    .expect("sent");
    let mut sender = stream.try_clone().expect("a second handle");
    let requests = requests.to_owned();
    let sending = thread::spawn(move || {
        let copied = std::io::copy(&mut fs::File::open(requests).expect("the requests"), &mut sender);
        copied.map(|_| ()).and_then(|()| sender.shutdown(Shutdown::Write).or(Ok(())))
    });
    let (mut lines, mut early) = (0, 0.0);
    let (mut buffer, mut last) = (vec![0; 256 * 1024], 0);
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    loop {
        let read = stream.read(&mut buffer).expect("read");
        if read == 0 {
            break;
        }
        // A line ends with a bare newline; those of the framing follow a carriage return.
        for &byte in &buffer[..read] {
            lines += usize::from(byte == b'\n' && last != b'\r');
            last = byte;
        }
        if early == 0.0 && lines >= BULK_LINES / 10 {
            early = server.memory("VmHWM");
        }
    }
    let elapsed = started.elapsed();
    sending.join().expect("no panic").expect("all was sent");
    assert_eq!(lines, BULK_LINES, "each request has its line");
    (BULK_LINES as f64 / elapsed.as_secs_f64(), early)
}
