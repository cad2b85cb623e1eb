//! The secret that members of a cluster share.
//!
//! Source: OTP's *Distributed Erlang*, section on security, for the file and its mode check.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

const CHARACTERS_MAX: usize = 255;
const FILE_NAME: &str = ".erlang.cookie";
/// No file with one cookie is longer: 255 characters and white space after them.
const FILE_BYTES_MAX: u64 = 4096;
/// Characters of a created cookie; five random bits each.
const CREATED_CHARACTERS: usize = 40;
const CREATED_ALPHABET: [u8; 32] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A cluster's shared secret. It is never printed and is wiped from memory when dropped.
///
/// An Erlang cookie is an atom, so it has 1 to 255 characters; the handshake hashes it as Latin-1 bytes, so a
/// character beyond U+00FF is refused here, where OTP would fail during the handshake.
///
/// ```
/// use ergo::wire::Cookie;
///
/// let cookie = Cookie::new("monster")?;
/// assert_eq!(format!("{cookie} {cookie:?}"), "[redacted] Cookie([redacted])");
/// # Ok::<(), ergo::wire::CookieError>(())
/// ```
#[derive(Clone)]
pub struct Cookie(Zeroizing<Vec<u8>>);

/// Why a cookie could not be made, loaded or created. It never contains the cookie.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CookieError {
    /// The cookie has no characters.
    #[error("the cookie is empty")]
    Empty,
    /// The cookie is longer than an atom may be.
    #[error("the cookie has more than {max} characters")]
    TooLong {
        /// The most characters a cookie may have.
        max: usize,
    },
    /// The cookie contains a character that the handshake cannot hash, or a file contains something other than
    /// printable ASCII characters followed by white space.
    #[error("the cookie contains a character that is not allowed in one")]
    BadCharacter,
    /// The path names a directory, a device or the like.
    #[error("cookie file {} is not a regular file", .0.display())]
    NotRegular(PathBuf),
    /// Others than the owner have access to the file, which OTP refuses too.
    #[error("cookie file {} must be accessible by its owner only, but its mode is {mode:03o}; run chmod 400 on it", path.display())]
    Accessible {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file could not be read or created.
    #[error("cookie file {}: {kind}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// There is no home directory, so no default cookie file either.
    #[error("no home directory to look for .erlang.cookie in")]
    NoHome,
    /// The operating system's random generator failed.
    #[error("the operating system's random generator failed")]
    NoRandomness,
}

impl Cookie {
    /// A cookie of the given text.
    ///
    /// # Errors
    /// [`CookieError::Empty`], [`CookieError::TooLong`] above 255 characters, [`CookieError::BadCharacter`] for a
    /// character above U+00FF.
    pub fn new(text: &str) -> Result<Cookie, CookieError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        for character in text.chars() {
            bytes.push(u8::try_from(character).map_err(|_| CookieError::BadCharacter)?);
        }
        match bytes.len() {
            0 => Err(CookieError::Empty),
            1..=CHARACTERS_MAX => Ok(Cookie(bytes)),
            _ => Err(CookieError::TooLong {
                max: CHARACTERS_MAX,
            }),
        }
    }

    /// What the handshake hashes: the characters as Latin-1.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A new cookie of 40 characters (200 bits) from the operating system's generator.
    ///
    /// # Errors
    /// [`CookieError::NoRandomness`].
    pub fn generate() -> Result<Cookie, CookieError> {
        let mut bytes = Zeroizing::new(vec![0; CREATED_CHARACTERS]);
        getrandom::fill(&mut bytes).map_err(|_| CookieError::NoRandomness)?;
        for byte in bytes.iter_mut() {
            let letter = CREATED_ALPHABET.get(usize::from(*byte & 31));
            *byte = letter.copied().unwrap_or(b'A');
        }
        Ok(Cookie(bytes))
    }

    /// The default file: `.erlang.cookie` in the user's home directory.
    ///
    /// # Errors
    /// [`CookieError::NoHome`].
    pub fn default_path() -> Result<PathBuf, CookieError> {
        std::env::home_dir()
            .filter(|home| !home.as_os_str().is_empty())
            .map(|home| home.join(FILE_NAME))
            .ok_or(CookieError::NoHome)
    }

    /// Reads a cookie from a file by OTP's rule: a regular file to which only its owner has access, with printable
    /// ASCII characters, white space after them being cut.
    ///
    /// # Errors
    /// Every variant of [`CookieError`] that names a file, and those of [`Cookie::new`].
    pub fn load(path: impl AsRef<Path>) -> Result<Cookie, CookieError> {
        let path = path.as_ref();
        let file_error = |error: io::Error| CookieError::File {
            path: path.to_owned(),
            kind: error.kind(),
        };
        // Looked at before it is opened: opening a pipe would wait for its other end.
        check_attributes(path, &std::fs::metadata(path).map_err(file_error)?)?;
        let file = File::open(path).map_err(file_error)?;
        check_attributes(path, &file.metadata().map_err(file_error)?)?;
        let mut content = Zeroizing::new(Vec::with_capacity(512));
        file.take(FILE_BYTES_MAX)
            .read_to_end(&mut content)
            .map_err(file_error)?;
        Cookie::from_file_content(&content)
    }

    /// Loads the cookie from `path`, or creates the file with a fresh one when there is none: mode 0400, never over
    /// an existing file, and never visible half written.
    ///
    /// # Errors
    /// Those of [`Cookie::load`] and [`Cookie::generate`].
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Cookie, CookieError> {
        let path = path.as_ref();
        match Cookie::load(path) {
            Err(CookieError::File {
                kind: io::ErrorKind::NotFound,
                ..
            }) => create(path),
            loaded => loaded,
        }
    }

    /// What `erl` does without `-setcookie`: the cookie of the default file; where there is none that of
    /// `erlang/.erlang.cookie` in the user's directory for configuration (`XDG_CONFIG_HOME`, or `.config` in the home
    /// directory); and without that one too a fresh one, for which the default file is made.
    ///
    /// # Errors
    /// [`CookieError::NoHome`] and those of [`Cookie::load_or_create`].
    pub fn load_default() -> Result<Cookie, CookieError> {
        let home = Cookie::default_path()?;
        let config = std::env::var_os("XDG_CONFIG_HOME")
            .filter(|directory| !directory.is_empty())
            .map(PathBuf::from)
            .unwrap_or_else(|| home.with_file_name(".config"));
        Cookie::load_first(&home, &config.join("erlang").join(FILE_NAME))
    }

    fn load_first(home: &Path, config: &Path) -> Result<Cookie, CookieError> {
        for path in [home, config] {
            match Cookie::load(path) {
                Err(CookieError::File {
                    kind: io::ErrorKind::NotFound,
                    ..
                }) => {}
                loaded => return loaded,
            }
        }
        Cookie::load_or_create(home)
    }

    fn from_file_content(content: &[u8]) -> Result<Cookie, CookieError> {
        let cookie = content.trim_ascii_end();
        if !cookie.iter().all(u8::is_ascii_graphic) {
            return Err(CookieError::BadCharacter);
        }
        let text = std::str::from_utf8(cookie).map_err(|_| CookieError::BadCharacter)?;
        Cookie::new(text)
    }
}

impl PartialEq for Cookie {
    /// Takes a time that depends on the lengths only.
    fn eq(&self, other: &Cookie) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl Eq for Cookie {}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cookie([redacted])")
    }
}

impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn check_attributes(path: &Path, metadata: &std::fs::Metadata) -> Result<(), CookieError> {
    if !metadata.is_file() {
        return Err(CookieError::NotRegular(path.to_owned()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(CookieError::Accessible {
                path: path.to_owned(),
                mode,
            });
        }
    }
    Ok(())
}

/// Writes the cookie beside its final place and links it there, so that a node starting at the same moment sees the
/// whole file or none; whoever links first has set the cookie for all.
fn create(path: &Path) -> Result<Cookie, CookieError> {
    let cookie = Cookie::generate()?;
    let file_error = |error: io::Error| CookieError::File {
        path: path.to_owned(),
        kind: error.kind(),
    };
    let beside = beside(path)?;
    write_new(&beside, &cookie).map_err(file_error)?;
    let linked = std::fs::hard_link(&beside, path);
    let removed = std::fs::remove_file(&beside);
    match linked {
        Ok(()) => removed.map_err(file_error).map(|()| cookie),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Cookie::load(path),
        // A file system without hard links.
        Err(_) => match write_new(path, &cookie) {
            Ok(()) => Ok(cookie),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Cookie::load(path),
            Err(error) => Err(file_error(error)),
        },
    }
}

fn beside(path: &Path) -> Result<PathBuf, CookieError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| CookieError::NoRandomness)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}", u64::from_be_bytes(random)));
    random.zeroize();
    Ok(name.into())
}

fn write_new(path: &Path, cookie: &Cookie) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o400);
    }
    let mut file = options.open(path)?;
    file.write_all(cookie.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
