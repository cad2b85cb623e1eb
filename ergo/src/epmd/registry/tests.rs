//! The registry: order, duplicates, creations and bounds.

use super::*;

fn entry(name: &str, port: u16) -> NodeEntry {
    NodeEntry::named(name, port).unwrap()
}

fn add(registry: &mut Registry, name: &str, owner: u64) -> Result<u32, Taken> {
    registry.register(entry(name, 1), OwnerId(owner), |_| true)
}

fn names(registry: &Registry) -> Vec<String> {
    registry.names().into_iter().map(|line| line.name).collect()
}

fn unused(registry: &Registry) -> Vec<String> {
    let lines = registry.dump().into_iter();
    lines
        .filter(|line| !line.active)
        .map(|line| line.name)
        .collect()
}

#[test]
fn newest_first_and_creations_count_up() {
    let mut registry = Registry::new(1_000, 10);
    assert!(registry.is_empty());
    assert_eq!(add(&mut registry, "a", 1), Ok(1_000));
    assert_eq!(add(&mut registry, "b", 2), Ok(1_001));
    assert_eq!(add(&mut registry, "c", 3), Ok(1_002));
    assert_eq!(names(&registry), ["c", "b", "a"]);
    assert!(!registry.is_empty());
}

#[test]
fn a_name_has_one_living_owner() {
    let mut registry = Registry::new(1_000, 10);
    add(&mut registry, "a", 1).unwrap();
    assert_eq!(add(&mut registry, "a", 2), Err(Taken { port: 1 }));
    let name = AliveName::new("a").unwrap();
    assert_eq!(registry.holder(&name).unwrap().1, OwnerId(1));
}

#[test]
fn a_dead_owner_gives_the_name_away() {
    let mut registry = Registry::new(1_000, 10);
    add(&mut registry, "a", 1).unwrap();
    let again = registry.register(entry("a", 2), OwnerId(2), |owner| owner != OwnerId(1));
    assert_eq!(again, Ok(1_001));
    assert_eq!(registry.unregister(OwnerId(1)), None, "it holds nothing");
    let name = AliveName::new("a").unwrap();
    assert_eq!(registry.holder(&name), Some((&entry("a", 2), OwnerId(2))));
}

#[test]
fn unregistered_names_are_remembered_until_used_again() {
    let mut registry = Registry::new(1_000, 10);
    for (owner, name) in (1..).zip(["a", "b", "c"]) {
        add(&mut registry, name, owner).unwrap();
    }
    for owner in 1..=3 {
        assert!(registry.unregister(OwnerId(owner)).is_some());
    }
    assert_eq!(unused(&registry), ["a", "b", "c"]);
    add(&mut registry, "b", 4).unwrap();
    assert_eq!(unused(&registry), ["a", "c"]);
    assert_eq!(names(&registry), ["b"]);
}

#[test]
fn the_oldest_unused_names_are_forgotten() {
    let mut registry = Registry::new(1_000, 1_000);
    for owner in 0..2_000 {
        add(&mut registry, &format!("n{owner}"), owner).unwrap();
        registry.unregister(OwnerId(owner)).unwrap();
    }
    let unused = unused(&registry);
    assert_eq!(unused.len(), 1_000);
    assert_eq!(
        (unused[0].as_str(), unused[999].as_str()),
        ("n1000", "n1999")
    );
}

#[test]
fn reserved_creations_are_never_given() {
    let mut registry = Registry::new(u32::MAX, 10);
    assert_eq!(add(&mut registry, "a", 1), Ok(u32::MAX));
    assert_eq!(add(&mut registry, "b", 2), Ok(4));
}

#[test]
fn a_later_server_starts_above_an_earlier_one() {
    let start = 1_795_232_218;
    let earlier = first_creation(start);
    let later = first_creation(start + 1);
    assert_eq!(later.wrapping_sub(earlier), 256);
}
