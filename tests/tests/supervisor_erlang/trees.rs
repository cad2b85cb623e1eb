//! A thousand trees at random, under ends at random.

use std::env;

use ergo::prelude::*;

use crate::compare::compare;
use crate::random::{Random, seed};
use crate::scenario::{
    Auto, Child, Event, HOWS, Manner, Scenario, Seen, Shutdown, ShutdownWord, Start, Step,
    Strategy, Sup, Type, Worker,
};

const TREES: usize = 1000;
const DEPTH_MAX: u32 = 3;

/// A tree that grows: which ids there are, and who is whose child.
struct Grower<'a> {
    random: &'a mut Random,
    next: u32,
    /// Supervisor and child.
    pairs: Vec<(u32, u32)>,
    templates: Vec<u32>,
}

impl Grower<'_> {
    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn restart(&mut self) -> Type {
        self.random.pick(&[
            Type::Permanent,
            Type::Permanent,
            Type::Transient,
            Type::Temporary,
        ])
    }

    /// What may be significant is so more often than not.
    fn significant(&mut self, auto: Auto, restart: Type) -> bool {
        auto != Auto::Never && restart != Type::Permanent && self.random.chance(60)
    }

    fn sup(&mut self, depth: u32, above: Auto) -> Sup {
        let id = self.id();
        let is_simple = depth > 1 && self.random.chance(20);
        let strategy = match is_simple {
            true => Strategy::SimpleOneForOne,
            false => self.random.pick(&[
                Strategy::OneForOne,
                Strategy::OneForAll,
                Strategy::RestForOne,
            ]),
        };
        // A template with automatic shutdown is refused since OTP 26.
        let auto_shutdown = match is_simple {
            true => Auto::Never,
            false => self.random.pick(&[
                Auto::Never,
                Auto::Never,
                Auto::AnySignificant,
                Auto::AllSignificant,
            ]),
        };
        let children = if is_simple {
            self.templates.push(id);
            vec![Child::Worker(self.worker(Auto::Never, true))]
        } else {
            let count = self.random.below(5);
            (0..count)
                .map(|_| self.child(id, depth, auto_shutdown))
                .collect()
        };
        let restart = self.restart();
        Sup {
            id,
            strategy,
            intensity: self.random.below(9),
            auto_shutdown,
            restart,
            significant: self.significant(above, restart),
            children,
        }
    }

    fn child(&mut self, parent: u32, depth: u32, auto: Auto) -> Child {
        let child = if depth < DEPTH_MAX && self.random.chance(40) {
            Child::Sup(self.sup(depth + 1, auto))
        } else {
            Child::Worker(self.worker(auto, false))
        };
        let id = match &child {
            Child::Sup(sup) => sup.id,
            Child::Worker(worker) => worker.id,
        };
        self.pairs.push((parent, id));
        child
    }

    fn worker(&mut self, auto: Auto, is_template: bool) -> Worker {
        let restart = self.restart();
        let manner = self.random.pick(&[
            Manner::Trapping,
            Manner::Trapping,
            Manner::Trapping,
            Manner::Trapping,
            Manner::Plain,
            Manner::Stubborn,
        ]);
        let shutdown = match manner {
            Manner::Stubborn => self.random.pick(&[
                Shutdown::Millis(2),
                Shutdown::Word(ShutdownWord::BrutalKill),
            ]),
            _ => self.random.pick(&[
                Shutdown::Millis(5000),
                Shutdown::Word(ShutdownWord::Infinity),
                Shutdown::Word(ShutdownWord::BrutalKill),
            ]),
        };
        Worker {
            id: self.id(),
            restart,
            significant: self.significant(auto, restart),
            shutdown,
            manner,
            starts: self.starts(is_template),
        }
    }

    fn starts(&mut self, is_template: bool) -> Vec<Start> {
        if self.random.chance(75) {
            return Vec::new();
        }
        let mut starts = Vec::new();
        // A start of the whole tree that fails ends the scenario.
        if self.random.chance(80) {
            starts.push(Start::Ok);
        }
        for _ in 0..self.random.below(4) {
            let ignores = !is_template && self.random.chance(20);
            starts.push(match ignores {
                true => Start::Ignore,
                false => self.random.pick(&[Start::Fail, Start::Fail, Start::Ok]),
            });
        }
        starts
    }

    fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for template in self.templates.clone() {
            let count = self.random.below(4);
            steps.extend((1..=count).map(|number| Step::Dynamic(template, number)));
        }
        let count = 4 + self.random.below(7);
        for _ in 0..count {
            let step = self.step();
            steps.extend(step);
        }
        steps
    }

    fn step(&mut self) -> Option<Step> {
        let chance = self.random.below(100);
        let index = self.random.below(1000);
        if chance < 62 {
            return Some(Step::End(index, self.random.pick(&HOWS)));
        }
        if chance < 67 {
            return Some(Step::KillSup(index));
        }
        if chance < 79 {
            let template =
                (!self.templates.is_empty()).then(|| self.random.pick(&self.templates))?;
            return Some(match chance {
                67..75 => Step::Dynamic(template, 4 + index),
                _ => Step::TerminateDynamic(template, index),
            });
        }
        let (parent, child) = (!self.pairs.is_empty()).then(|| self.random.pick(&self.pairs))?;
        Some(match chance {
            79..86 => Step::Terminate(parent, child),
            86..92 => Step::Restart(parent, child),
            92..95 => Step::Delete(parent, child),
            _ => {
                let worker = self.worker(Auto::Never, false);
                self.pairs.push((parent, worker.id));
                Step::Add(parent, worker)
            }
        })
    }
}

fn scenario(random: &mut Random) -> Scenario {
    let mut grower = Grower {
        random,
        next: 0,
        pairs: Vec::new(),
        templates: Vec::new(),
    };
    let top = grower.sup(1, Auto::Never);
    let steps = grower.steps();
    Scenario { top, steps }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_trees_under_random_ends() {
    let scenarios = match env::var("ERGO_TREE") {
        Ok(text) => vec![Term::parse(&text).unwrap().to_value().unwrap()],
        Err(_) => {
            let mut random = Random(seed());
            (0..TREES).map(|_| scenario(&mut random)).collect()
        }
    };
    let played = compare(&scenarios).await;
    if scenarios.len() == TREES {
        is_varied(&scenarios, &played);
    }
}

/// Whether what was compared is what can go wrong: restarts, starts that fail, trees that end by themselves.
fn is_varied(scenarios: &[Scenario], played: &[Vec<Seen>]) {
    let steps = || played.iter().flat_map(|seen| &seen[1..]);
    let events = |is: &dyn Fn(&Event) -> bool| {
        let all = steps().flat_map(|seen| &seen.events);
        all.filter(|event| is(event)).count()
    };
    let refused = played.iter().filter(|seen| seen.len() == 1).count();
    let lived = |(scenario, seen): &(&Scenario, &Vec<Seen>)| seen.len() == scenario.steps.len() + 2;
    let short = TREES - refused - scenarios.iter().zip(played).filter(lived).count();
    let counts = [
        ("steps", steps().count()),
        (
            "starts",
            events(&|event| matches!(event, Event::Started(_, Start::Ok))),
        ),
        (
            "failing starts",
            events(&|event| matches!(event, Event::Started(_, Start::Fail))),
        ),
        (
            "ignored starts",
            events(&|event| matches!(event, Event::Started(_, Start::Ignore))),
        ),
        (
            "stops",
            events(&|event| matches!(event, Event::Stopped(..))),
        ),
        ("refused trees", refused),
        ("trees that did not live to the last step", short),
    ];
    println!("{counts:?}");
    for (what, count) in counts {
        assert!(count >= 20, "too few {what}: {counts:?}");
    }
}
