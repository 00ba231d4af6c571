//! The rules of the pilot methodology for children, `children-pilot-2018` [S0 part II]: who takes part, the provisional
//! and the final budget, the order of the services, and the mix of funding. They are the only published rules for
//! priorities, redistribution, selection and mixed funding, so ministries and researchers replay them.

pub mod budget;
pub mod funding_mix;
pub mod methodology;
pub mod periods;
pub mod provisional;
pub mod ranking;
pub mod redistribution;
pub mod selection;
