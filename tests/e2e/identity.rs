//! How a handler gets its caller, with one that only tells whom it got.

use actix_web::{
    App, HttpResponse, ResponseError,
    http::StatusCode,
    test,
    web::{self, Data},
};
use balsts_api::{ApiConfig, ApiState, identity::Identified};
use balsts_domain::access::{Permission, Role};
use balsts_tests::{
    Database,
    app::now,
    tokens::{self, good, refused},
};
use uuid::Uuid;

const SIGN: Permission = Permission { municipal: &[Role::OfficeHead], scope: "plans:sign" };

async fn who(caller: Identified) -> HttpResponse {
    match caller.scope(SIGN) {
        Ok(scope) => HttpResponse::Ok().body(format!("{} {}", scope.municipality, scope.subject)),
        Err(error) => error.error_response(),
    }
}

/// The status and body that the handler answers to each list of `Authorization` headers.
async fn answers(trusting: bool, requests: &[Vec<String>]) -> Vec<(u16, String)> {
    let database = Database::Sqlite.create();
    database.migrate().await;
    let store = database.open().await;
    let app = balsts_app::App::new(store.clone());
    let mut state = ApiState::new(app, ApiConfig::default(), now, Uuid::nil, None).unwrap();
    if trusting {
        state = state.with_identity(tokens::verifier());
    }
    let app = App::new().app_data(Data::new(state)).route("/who", web::get().to(who));
    let service = test::init_service(app).await;
    let mut answers = Vec::new();
    for headers in requests {
        let mut request = test::TestRequest::get().uri("/who");
        for header in headers {
            request = request.append_header(("authorization", header.as_str()));
        }
        let response = test::call_service(&service, request.to_request()).await;
        let status = response.status();
        let body = test::read_body(response).await;
        answers.push((status.as_u16(), String::from_utf8(body.to_vec()).unwrap()));
    }
    store.close().await.unwrap();
    answers
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[actix_web::test]
async fn a_handler_gets_the_caller_of_a_good_token_only() {
    let head = bearer(&good(Role::OfficeHead, "0001000"));
    let worker = bearer(&good(Role::SocialWorker, "0001000"));
    let (unknown, not_yet) = (bearer(&good(Role::OfficeHead, "9999999")), bearer(&good(Role::OfficeHead, "0038001")));
    let requests = [
        vec![head.clone()],
        vec![worker],
        vec![unknown],
        vec![not_yet],
        vec![],
        vec!["Basic dTpw".to_owned()],
        vec![head.clone(), head],
    ];
    let refused_roles = [StatusCode::FORBIDDEN; 3];
    let expected = [StatusCode::OK].into_iter().chain(refused_roles).chain([StatusCode::UNAUTHORIZED; 3]);
    let answers = answers(true, &requests).await;
    assert_eq!(answers[0].1, "0001000 test-office-head");
    assert!(answers.iter().map(|(status, _)| *status).eq(expected.map(|status| status.as_u16())), "{answers:?}");

    let requests = refused(Role::OfficeHead, "0001000").map(|(_, token)| vec![bearer(&token)]);
    assert!(self::answers(true, &requests).await.iter().all(|(status, _)| *status == 401));
}

#[actix_web::test]
async fn without_an_issuer_nobody_gets_in() {
    let requests = [vec![bearer(&good(Role::OfficeHead, "0001000"))], vec![]];
    assert!(answers(false, &requests).await.iter().all(|(status, _)| *status == 401));
}
