//! Medians, spread and ratios, as a table or as JSON.

/// In what a workload is measured, and which way is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unit {
    /// Millions of operations in a second.
    MillionsPerSecond,
    /// Thousands of operations in a second.
    ThousandsPerSecond,
    /// Nanoseconds of one operation.
    Nanoseconds,
    /// Bytes of one process.
    Bytes,
}

impl Unit {
    fn label(self) -> &'static str {
        match self {
            Unit::MillionsPerSecond => "M/s",
            Unit::ThousandsPerSecond => "k/s",
            Unit::Nanoseconds => "ns",
            Unit::Bytes => "B",
        }
    }

    /// How many times better `ours` is than `theirs`.
    fn ratio(self, ours: f64, theirs: f64) -> f64 {
        match self {
            Unit::MillionsPerSecond | Unit::ThousandsPerSecond => ours / theirs,
            Unit::Nanoseconds | Unit::Bytes => theirs / ours,
        }
    }
}

/// What is to be reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reach {
    /// This many times as good as the rival.
    Times(f64),
    /// At most this much, whatever the rival does.
    AtMost(f64),
}

/// One contender in one workload.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) workload: &'static str,
    pub(crate) contender: &'static str,
    pub(crate) unit: Unit,
    /// One value per round.
    pub(crate) values: Vec<f64>,
    /// The rival of the workload, unless this is it: its name and its values in the same rounds.
    pub(crate) rival: Option<(&'static str, Vec<f64>)>,
    /// What this contender is to reach.
    pub(crate) reach: Option<Reach>,
}

impl Row {
    fn median(&self) -> f64 {
        median(&self.values)
    }

    fn spread(&self) -> (f64, f64) {
        let low = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.values.iter().copied().fold(0.0, f64::max);
        (low, high)
    }

    /// The median of the ratios of the rounds: what ran in the same minute is compared.
    fn ratio(&self) -> Option<f64> {
        let (_, theirs) = self.rival.as_ref()?;
        let ratios: Vec<f64> = self
            .values
            .iter()
            .zip(theirs)
            .map(|(ours, theirs)| self.unit.ratio(*ours, *theirs))
            .collect();
        Some(median(&ratios))
    }

    fn is_short(&self) -> bool {
        match self.reach {
            None => false,
            Some(Reach::Times(times)) => self.ratio().is_some_and(|ratio| ratio < times),
            Some(Reach::AtMost(most)) => self.median() > most,
        }
    }

    fn line(&self) -> String {
        let (low, high) = self.spread();
        let ratio = match (&self.rival, self.ratio()) {
            (Some((name, _)), Some(ratio)) => format!("{ratio:.2} x {name}"),
            _ => String::new(),
        };
        let reach = match self.reach {
            None => String::new(),
            Some(Reach::Times(times)) => format!(">= {times:.1} x"),
            Some(Reach::AtMost(most)) => format!("<= {most:.0} {}", self.unit.label()),
        };
        let verdict = if self.is_short() {
            "short of reach"
        } else {
            ""
        };
        let line = format!(
            "{:18} {:13} {:>9} {:4} {:>9} - {:<9} {ratio:21} {reach:10} {verdict}",
            self.workload,
            self.contender,
            number(self.median()),
            self.unit.label(),
            number(low),
            number(high),
        );
        line.trim_end().to_owned()
    }

    fn json(&self) -> String {
        let values: Vec<String> = self
            .values
            .iter()
            .map(|value| format!("{value:.3}"))
            .collect();
        let ratio = match (&self.rival, self.ratio()) {
            (Some((name, _)), Some(ratio)) => format!(r#","rival":"{name}","ratio":{ratio:.3}"#),
            _ => String::new(),
        };
        let reach = match self.reach {
            None => String::new(),
            Some(Reach::Times(times)) => {
                format!(r#","reach_times":{times},"short":{}"#, self.is_short())
            }
            Some(Reach::AtMost(most)) => {
                format!(r#","reach_at_most":{most},"short":{}"#, self.is_short())
            }
        };
        format!(
            r#"{{"workload":"{}","contender":"{}","unit":"{}","median":{:.3},"values":[{}]{ratio}{reach}}}"#,
            self.workload,
            self.contender,
            self.unit.label(),
            self.median(),
            values.join(","),
        )
    }
}

/// Prints all rows.
pub(crate) fn print(rows: &[Row], json: bool) {
    if json {
        for row in rows {
            println!("{}", row.json());
        }
        return;
    }
    println!(
        "{:18} {:13} {:>9} {:4} {:>9} - {:<9} {:21} {:10}",
        "workload", "contender", "median", "", "low", "high", "ratio of pairs", "reach"
    );
    let mut last = "";
    for row in rows {
        if !last.is_empty() && last != row.workload {
            println!();
        }
        last = row.workload;
        println!("{}", row.line());
    }
}

fn number(value: f64) -> String {
    if value < 100.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(unit: Unit, reach: Reach) -> Row {
        Row {
            workload: "cast",
            contender: "ergo",
            unit,
            values: vec![2.0, 9.0, 3.0],
            rival: Some(("tokio", vec![1.0, 9.0, 1.0])),
            reach: Some(reach),
        }
    }

    #[test]
    fn the_ratio_is_the_median_of_the_pairs() {
        assert_eq!(
            row(Unit::MillionsPerSecond, Reach::Times(1.0)).ratio(),
            Some(2.0)
        );
        assert_eq!(row(Unit::Nanoseconds, Reach::Times(1.0)).ratio(), Some(0.5));
    }

    #[test]
    fn a_row_that_misses_its_reach_says_so() {
        assert!(
            !row(Unit::MillionsPerSecond, Reach::Times(2.0))
                .line()
                .ends_with("short of reach")
        );
        assert!(
            row(Unit::MillionsPerSecond, Reach::Times(2.1))
                .line()
                .ends_with("short of reach")
        );
        assert!(
            row(Unit::Bytes, Reach::AtMost(2.9))
                .line()
                .ends_with("short of reach")
        );
        assert!(
            row(Unit::Bytes, Reach::AtMost(2.9))
                .json()
                .contains(r#""median":3.000"#)
        );
    }
}
