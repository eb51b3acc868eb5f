//! Country and city of an address, from the configured MaxMind DB file. The file is read into memory and reloaded when
//! it changes. No other service is asked.

use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use waymark_wire::Place;

/// The file and its last good content.
#[derive(Default)]
pub(crate) struct GeoIp {
    file: Option<PathBuf>,
    reader: RwLock<Option<Arc<Reader<Vec<u8>>>>>,
}

/// The fields in use. Databases of cities and of countries both have them.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    country: Option<Country<'a>>,
    #[serde(borrow)]
    city: Option<City<'a>>,
}

#[derive(Deserialize)]
struct Country<'a> {
    iso_code: Option<&'a str>,
}

#[derive(Deserialize)]
struct City<'a> {
    #[serde(borrow)]
    names: Option<Names<'a>>,
}

#[derive(Deserialize)]
struct Names<'a> {
    en: Option<&'a str>,
}

impl GeoIp {
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, MaxMindDbError> {
        let reader = file.map(read).transpose()?.map(Arc::new);
        Ok(GeoIp { file: file.map(Path::to_owned), reader: RwLock::new(reader) })
    }

    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Build time of the database in epoch seconds.
    pub(crate) fn built(&self) -> Option<u64> {
        self.reader().map(|reader| reader.metadata().build_epoch)
    }

    /// Reloads the file.
    pub(crate) fn reload(&self) {
        let Some(file) = &self.file else { return };
        match read(file) {
            Ok(reader) => {
                *self.reader.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(reader));
                tracing::info!(file = %file.display(), "the places of addresses were read again");
            }
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "no database of places; the last good one stays in force");
            }
        }
    }

    /// The location of `ip`, if known.
    pub(crate) fn place(&self, ip: IpAddr) -> Option<Place> {
        let reader = self.reader()?;
        // A damaged entry is no reason to reject an event.
        let entry = reader.lookup(ip).ok()?.decode::<Entry<'_>>().ok()??;
        let country = entry.country.and_then(|country| country.iso_code).map(str::to_owned);
        let city = entry.city.and_then(|city| city.names).and_then(|names| names.en).map(str::to_owned);
        (country.is_some() || city.is_some()).then_some(Place { country, city })
    }

    fn reader(&self) -> Option<Arc<Reader<Vec<u8>>>> {
        self.reader.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(file: &Path) -> Result<Reader<Vec<u8>>, MaxMindDbError> {
    let reader = Reader::open_readfile(file)?;
    // Finds a truncated file now, not at some lookup.
    reader.verify()?;
    Ok(reader)
}
