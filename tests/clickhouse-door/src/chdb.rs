//! One connection to `libchdb.so`, ClickHouse's engine as a library. All `unsafe` of the project's tests is here. The
//! functions and their types are those of chDB's header, `chdb.h`.

#![allow(unsafe_code)]

use libloading::{Library, Symbol};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// `chdb_connection *`.
type Connection = *mut *mut c_void;
/// `chdb_result *`.
type Answer = *mut c_void;

type Connect = unsafe extern "C" fn(c_int, *mut *mut c_char) -> Connection;
type Query = unsafe extern "C" fn(*mut c_void, *const c_char, usize, *const c_char, usize) -> Answer;
type Destroy = unsafe extern "C" fn(Answer);
type Buffer = unsafe extern "C" fn(Answer) -> *const u8;
type Length = unsafe extern "C" fn(Answer) -> usize;
type Failure = unsafe extern "C" fn(Answer) -> *const c_char;

unsafe extern "C" {
    /// Ends the program at once (POSIX). It takes any status and touches no memory.
    safe fn _exit(status: c_int) -> !;
}

/// Ends the program. Exit and abort would run the library's handlers, which take seconds of CPU or hang.
pub fn leave() -> ! {
    _exit(0)
}

/// ClickHouse over the data in one folder. It runs one query at a time.
pub struct Chdb {
    connection: Mutex<Open>,
    query: Query,
    destroy: Destroy,
    buffer: Buffer,
    length: Length,
    failure: Failure,
    // The functions are its code.
    _library: Library,
}

struct Open(Connection);

// SAFETY: the library may be called from any thread, and the mutex lets one in at a time.
unsafe impl Send for Open {}

impl Chdb {
    /// Loads the library and opens the folder.
    pub fn open(library: &Path, folder: &Path) -> Result<Self, String> {
        // SAFETY: the library's initialisers run. The file is the one that the tests installed by its hash.
        let library = unsafe { Library::new(library) }.map_err(|error| error.to_string())?;
        let connect: Connect = function(&library, "chdb_connect")?;
        let arguments = ["clickhouse".to_owned(), format!("--path={}", folder.display())];
        let arguments: Result<Vec<_>, _> = arguments.into_iter().map(CString::new).collect();
        let arguments = arguments.map_err(|error| error.to_string())?;
        let mut pointers: Vec<_> = arguments.iter().map(|text| text.as_ptr().cast_mut()).collect();
        let count = c_int::try_from(pointers.len()).map_err(|error| error.to_string())?;
        // SAFETY: `pointers` has `count` texts that end with a NUL, and both live until it returns.
        let connection = unsafe { connect(count, pointers.as_mut_ptr()) };
        if connection.is_null() {
            return Err(format!("libchdb cannot open {}", folder.display()));
        }
        Ok(Chdb {
            connection: Mutex::new(Open(connection)),
            query: function(&library, "chdb_query_n")?,
            destroy: function(&library, "chdb_destroy_query_result")?,
            buffer: function(&library, "chdb_result_buffer")?,
            length: function(&library, "chdb_result_length")?,
            failure: function(&library, "chdb_result_error")?,
            _library: library,
        })
    }

    /// Runs the statements one after the other, with no other in between. The answer is that of `main`, or the first
    /// failure; `after` runs in any case.
    pub fn run(&self, before: &[String], main: &str, format: &str, after: &[String]) -> Result<Vec<u8>, String> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answer = Ok(Vec::new());
        for statement in before {
            answer = answer.and_then(|_| self.ask(&connection, statement, "TabSeparated"));
        }
        answer = answer.and_then(|_| self.ask(&connection, main, format));
        for statement in after {
            let _ = self.ask(&connection, statement, "TabSeparated");
        }
        answer
    }

    fn ask(&self, Open(connection): &Open, statement: &str, format: &str) -> Result<Vec<u8>, String> {
        let (text, length) = (statement.as_ptr().cast(), statement.len());
        // SAFETY: the connection is open as long as `self` is, and both texts live until it returns.
        let answer = unsafe { (self.query)(**connection, text, length, format.as_ptr().cast(), format.len()) };
        if answer.is_null() {
            return Err("libchdb gave no answer".to_owned());
        }
        // SAFETY: the answer is not destroyed yet, and its error is NULL or a text that ends with a NUL.
        let failure = unsafe { (self.failure)(answer).as_ref().map(|text| CStr::from_ptr(text)) };
        let result = match failure {
            Some(failure) => Err(failure.to_string_lossy().into_owned()),
            None => {
                // SAFETY: the answer is not destroyed yet.
                let (bytes, length) = unsafe { ((self.buffer)(answer), (self.length)(answer)) };
                match bytes.is_null() || length == 0 {
                    true => Ok(Vec::new()),
                    // SAFETY: `bytes` are `length` bytes of the answer, which are copied before it is destroyed.
                    false => Ok(unsafe { std::slice::from_raw_parts(bytes, length) }.to_vec()),
                }
            }
        };
        // SAFETY: nothing of the answer is used after this.
        unsafe { (self.destroy)(answer) };
        result
    }
}

impl std::ops::Deref for Open {
    type Target = *mut c_void;

    fn deref(&self) -> &Self::Target {
        // SAFETY: `chdb_connect` gave a pointer to the connection, which is never closed: the program ends first.
        unsafe { &*self.0 }
    }
}

/// A function of the library.
fn function<F: Copy>(library: &Library, name: &str) -> Result<F, String> {
    // SAFETY: each caller names the type that `chdb.h` declares for `name`.
    let symbol: Symbol<'_, F> = unsafe { library.get(name) }.map_err(|error| format!("{name}: {error}"))?;
    Ok(*symbol)
}
