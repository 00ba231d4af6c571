//! Collecting metrics for Prometheus, which fetches them from the API.

use std::{sync::Arc, time::Duration};

use actix_web::rt;
use balsts_api::RenderMetrics;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::error::CommandError;

/// Bounds of the histograms, all of which measure seconds.
const SECONDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Between two fetches the recorder keeps every single measurement, unless it is told to sum them up.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Starts collecting for the whole process, and returns how to render what was collected. Can be called once.
pub(crate) fn start() -> Result<RenderMetrics, CommandError> {
    let recorder = PrometheusBuilder::new().set_buckets(&SECONDS).and_then(PrometheusBuilder::install_recorder);
    let handle = recorder.map_err(|error| CommandError::set_up("the metrics", error))?;
    rt::spawn(upkeep(handle.clone()));
    Ok(Arc::new(move || handle.render()))
}

async fn upkeep(handle: PrometheusHandle) {
    let mut interval = rt::time::interval(UPKEEP_INTERVAL);
    loop {
        interval.tick().await;
        handle.run_upkeep();
    }
}
