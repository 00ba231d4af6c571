//! The command `appoint`: the first head of an office, for an issuer that tells no roles at all.

use std::io::{self, Write};

use balsts_app::{App, Call, NewRoleGrant, RecordedAnswer};
use balsts_domain::{
    access::{Role, Scope},
    calendar::local_date,
    parameters::municipalities::Municipalities,
};
use chrono::SubsecRound;

use crate::{cli::AppointOptions, clock, config::Settings, error::CommandError, serve};

pub(crate) async fn run(settings: &Settings, options: &AppointOptions) -> Result<(), CommandError> {
    let AppointOptions { subject, municipality, .. } = options;
    let store = serve::open(settings).await?;
    let municipalities =
        Municipalities::embedded().map_err(|faults| CommandError::set_up("the parameters of the model", faults))?;
    let today = local_date(clock::now());
    if !municipalities.find(*municipality).is_some_and(|municipality| municipality.exists_on(today)) {
        return Err(CommandError::NoSuchMunicipality(*municipality));
    }
    // Whoever can open the database acts as the ministry's administrator would.
    let scope =
        Scope { municipality: *municipality, subject: "command-line".to_owned(), role: Role::MinistryAdmin, today };
    let at = clock::now().trunc_subsecs(6);
    let call = Call { scope, request_id: clock::new_id(), at, new_id: clock::new_id, key: None };
    let new = NewRoleGrant { subject: subject.clone(), role: Role::OfficeHead, valid_from: today, valid_to: None };
    // Kept only where a request has a key; this has none.
    let answer = |_: &_| RecordedAnswer { status: 201, body: Vec::new() };
    let granted = App::new(store.clone()).create_role_grant(&call, new, answer).await;
    granted.map_err(|error| CommandError::set_up("the grant", error))?;
    store.close().await?;
    writeln!(io::stdout(), "{subject} heads the office of {municipality} from now on").map_err(CommandError::Output)
}
