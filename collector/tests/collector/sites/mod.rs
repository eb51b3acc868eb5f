//! Sites and data centres.

mod regions;
