use std::path::PathBuf;

use super::*;

/// A directory that is removed with everything in it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("ergo-cookie-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn file(&self, name: &str, content: &[u8], mode: u32) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_cookie_has_1_to_255_latin_1_characters() {
    assert_eq!(Cookie::new(""), Err(CookieError::Empty));
    assert_eq!(Cookie::new("x").unwrap().as_bytes(), b"x");
    assert_eq!(Cookie::new(&"x".repeat(255)).unwrap().as_bytes().len(), 255);
    assert_eq!(
        Cookie::new(&"x".repeat(256)),
        Err(CookieError::TooLong { max: 255 })
    );
    assert_eq!(Cookie::new("é").unwrap().as_bytes(), [0xe9]);
    assert_eq!(Cookie::new(&"é".repeat(255)).unwrap().as_bytes().len(), 255);
    assert_eq!(Cookie::new("λ"), Err(CookieError::BadCharacter));
}

#[test]
fn a_file_is_cut_at_the_end_only() {
    let scratch = Scratch::new("cut");
    for (content, expect) in [
        (&b"monster"[..], Ok("monster")),
        (b"monster\n", Ok("monster")),
        (b"monster \r\n\n", Ok("monster")),
        (b"", Err(CookieError::Empty)),
        (b"\n", Err(CookieError::Empty)),
        (b" monster", Err(CookieError::BadCharacter)),
        (b"two words", Err(CookieError::BadCharacter)),
        (b"monst\xe9r", Err(CookieError::BadCharacter)),
    ] {
        let path = scratch.file("cookie", content, 0o600);
        assert_eq!(
            Cookie::load(path),
            expect.map(|text| Cookie::new(text).unwrap()),
            "{content:?}"
        );
    }
    let long = scratch.file("long", &[b'x'; 256], 0o600);
    assert_eq!(Cookie::load(long), Err(CookieError::TooLong { max: 255 }));
}

#[test]
fn a_file_that_others_can_access_is_refused() {
    let scratch = Scratch::new("mode");
    for mode in [0o400, 0o600, 0o700] {
        assert!(Cookie::load(scratch.file("good", b"monster", mode)).is_ok());
        std::fs::remove_file(scratch.0.join("good")).unwrap();
    }
    for mode in [0o644, 0o640, 0o604, 0o610, 0o601] {
        let path = scratch.file("bad", b"monster", mode);
        let error = Cookie::load(&path).unwrap_err();
        assert_eq!(error, CookieError::Accessible { path, mode });
        assert!(
            error.to_string().contains(&format!("{mode:03o}")),
            "{error}"
        );
    }
}

#[test]
fn a_directory_and_a_missing_file_are_refused_by_name() {
    let scratch = Scratch::new("kind");
    assert_eq!(
        Cookie::load(&scratch.0),
        Err(CookieError::NotRegular(scratch.0.clone()))
    );
    let missing = scratch.0.join("missing");
    assert_eq!(
        Cookie::load(&missing),
        Err(CookieError::File {
            path: missing,
            kind: io::ErrorKind::NotFound
        })
    );
}

#[test]
fn a_created_cookie_is_random_private_and_kept() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("create");
    let path = scratch.0.join(FILE_NAME);
    let created = Cookie::load_or_create(&path).unwrap();
    assert!(created.as_bytes().len() >= 32);
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o400
    );
    assert_eq!(Cookie::load_or_create(&path).unwrap(), created);
    assert_eq!(
        std::fs::read_dir(&scratch.0).unwrap().count(),
        1,
        "nothing is left beside the file"
    );
    assert_ne!(Cookie::generate().unwrap(), created);
}

#[test]
fn racing_creators_agree() {
    let scratch = Scratch::new("race");
    let path = scratch.0.join(FILE_NAME);
    let cookies: Vec<Cookie> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Cookie::load_or_create(&path).unwrap()))
            .collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    });
    assert!(cookies.iter().all(|cookie| *cookie == cookies[0]));
}

#[test]
fn a_cookie_is_never_printed() {
    let cookie = Cookie::new("monster").unwrap();
    for text in [
        format!("{cookie:?}"),
        format!("{cookie}"),
        format!("{cookie:#?}"),
    ] {
        assert!(!text.contains("monster"), "{text}");
    }
}

/// In the order in which OTP looks for them, which was tried with an `erl`.
#[test]
fn the_file_at_home_then_that_of_the_configuration_then_a_new_one() {
    let scratch = Scratch::new("order");
    let (home, config) = (scratch.0.join("home"), scratch.0.join("config"));
    let of_config = scratch.file("config", b"of_config", 0o400);
    assert_eq!(
        Cookie::load_first(&home, &of_config),
        Cookie::new("of_config")
    );
    assert!(!home.exists(), "none is made where there is one");
    std::fs::remove_file(&config).unwrap();
    let made = Cookie::load_first(&home, &config).unwrap();
    assert!(home.exists() && !config.exists());
    let of_config = scratch.file("config", b"of_config", 0o400);
    assert_eq!(Cookie::load_first(&home, &of_config), Ok(made));
    // One that cannot be used is not passed over.
    std::fs::remove_file(&home).unwrap();
    let home = scratch.file("home", b"open_to_all", 0o644);
    assert!(matches!(
        Cookie::load_first(&home, &of_config),
        Err(CookieError::Accessible { .. })
    ));
}
