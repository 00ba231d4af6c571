//! The floor: the least that any service on actix-web does with the same request. It parses the body into the same shape
//! and answers a constant of the same size; it knows no rule, id, metric or log.

use std::net::TcpListener;

use actix_web::{
    App, HttpResponse, HttpServer, post,
    web::{Bytes, Data},
};
use balsts_domain::money::Money;
use chrono::NaiveDate;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "parsed, and not looked at")]
struct Request {
    methodology: String,
    date: NaiveDate,
    birth_date: NaiveDate,
    special_care: Option<bool>,
    severity: Option<String>,
    autism_spectrum: Option<bool>,
    transport_allowance: Option<bool>,
    special_care_benefit: Option<String>,
    criteria: Option<Vec<Criterion>>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "criterion", rename_all = "snake_case", deny_unknown_fields)]
#[allow(dead_code, reason = "parsed, and not looked at")]
enum Criterion {
    ParentalEmployment {},
    UpbringingSupport {},
    PalliativeCare {},
    ParentPsychology {},
    Respite { form: String },
    ChildPsychology {},
    SpecialistSupport {},
    VisionSupport { guide_dog: Option<bool> },
    HearingSupport { services: Option<Vec<String>> },
    Mobility { amount: Option<Money> },
}

#[post("/v1/budget-calculations")]
async fn answer(answer: Data<String>, body: Bytes) -> HttpResponse {
    match serde_json::from_slice::<Request>(&body) {
        Ok(request) => {
            std::hint::black_box(&request);
            HttpResponse::Ok().content_type("application/json").body(answer.as_ref().clone())
        }
        Err(error) => HttpResponse::BadRequest().body(error.to_string()),
    }
}

/// Serves the floor until the process ends, and says where in one line like the product.
///
/// # Errors
/// The port cannot be used.
pub fn serve(answer_body: String, workers: usize) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}", listener.local_addr()?);
    let body = Data::new(answer_body);
    let server = HttpServer::new(move || App::new().app_data(body.clone()).service(answer));
    actix_web::rt::System::new().block_on(server.workers(workers).listen(listener)?.run())
}
