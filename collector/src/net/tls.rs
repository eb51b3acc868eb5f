//! TLS with a certificate and a key from files, which are reloaded when they change. HTTP/2 is offered first, then
//! HTTP/1.1.

use crate::config::Tls as Files;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::{TlsAcceptor, rustls};

/// ALPN names.
pub(crate) const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// The files and their last good content.
pub(crate) struct Tls {
    files: Files,
    config: RwLock<Arc<ServerConfig>>,
}

/// The files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing or not PEM.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: pem::Error,
    },
    /// Certificate and key do not match, or their type is unknown.
    #[error(transparent)]
    Pair(#[from] rustls::Error),
}

impl Tls {
    pub(crate) fn open(files: &Files) -> Result<Self, TlsError> {
        Ok(Tls { files: files.clone(), config: RwLock::new(Arc::new(read(files)?)) })
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        vec![self.files.cert.clone(), self.files.key.clone()]
    }

    /// Reloads the files. Open connections keep the certificate that they began with.
    pub(crate) fn reload(&self) {
        match read(&self.files) {
            Ok(config) => {
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::warn!(%error, "no usable certificate; the last good one stays in force"),
        }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone().into()
    }
}

fn read(Files { cert, key }: &Files) -> Result<ServerConfig, TlsError> {
    let of = |file: &PathBuf| {
        let file = file.clone();
        move |error| TlsError::File { file, error }
    };
    let chain =
        CertificateDer::pem_file_iter(cert).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(of(cert))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(of(key))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let mut config =
        builder.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
    Ok(config)
}
