//! Where an address is: country and city, from the MaxMind DB file that the operator names. Without one, nowhere.
//! The file is read into memory and read again when it changes; nothing is asked of anybody else.

use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use waymark_wire::Place;

/// The file, and what was last read of it.
#[derive(Default)]
pub(crate) struct Geo {
    file: Option<PathBuf>,
    reader: RwLock<Option<Arc<Reader<Vec<u8>>>>>,
}

/// What of an entry is of interest. Databases of cities and of countries both have it.
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

impl Geo {
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, MaxMindDbError> {
        let reader = file.map(read).transpose()?.map(Arc::new);
        Ok(Geo { file: file.map(Path::to_owned), reader: RwLock::new(reader) })
    }

    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// When the database was made, epoch seconds.
    pub(crate) fn built(&self) -> Option<u64> {
        self.reader().map(|reader| reader.metadata().build_epoch)
    }

    /// Reads the file again.
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

    /// Where `ip` is, as far as it is known.
    pub(crate) fn place(&self, ip: IpAddr) -> Option<Place> {
        let reader = self.reader()?;
        // What is wrong with the database at one address is no reason to refuse an event.
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
    // A file that was cut short would be found out address by address.
    reader.verify()?;
    Ok(reader)
}
