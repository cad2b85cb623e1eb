//! Medians, spread and ratios, as a table or as JSON.

/// In what a workload is measured, and which way is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unit {
    /// Millions of operations in a second.
    MillionsPerSecond,
    /// Thousands of operations in a second.
    ThousandsPerSecond,
    /// Millions of bytes in a second.
    MegabytesPerSecond,
    /// Nanoseconds of one operation.
    Nanoseconds,
    /// Microseconds of one operation.
    Microseconds,
    /// Milliseconds of one operation.
    Milliseconds,
    /// Bytes of one process.
    Bytes,
    /// Millions of bytes of many processes.
    Megabytes,
}

impl Unit {
    fn label(self) -> &'static str {
        match self {
            Unit::MillionsPerSecond => "M/s",
            Unit::ThousandsPerSecond => "k/s",
            Unit::MegabytesPerSecond => "MB/s",
            Unit::Nanoseconds => "ns",
            Unit::Microseconds => "us",
            Unit::Milliseconds => "ms",
            Unit::Bytes => "B",
            Unit::Megabytes => "MB",
        }
    }

    /// How many times better `ours` is than `theirs`.
    fn ratio(self, ours: f64, theirs: f64) -> f64 {
        match self {
            Unit::MillionsPerSecond | Unit::ThousandsPerSecond | Unit::MegabytesPerSecond => {
                ours / theirs
            }
            Unit::Nanoseconds | Unit::Microseconds | Unit::Milliseconds => theirs / ours,
            Unit::Bytes | Unit::Megabytes => theirs / ours,
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

impl Reach {
    pub(crate) fn times(self) -> Option<f64> {
        match self {
            Reach::Times(times) => Some(times),
            Reach::AtMost(_) => None,
        }
    }

    pub(crate) fn at_most(self) -> Option<f64> {
        match self {
            Reach::AtMost(most) => Some(most),
            Reach::Times(_) => None,
        }
    }
}

/// Who a row is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    /// Its values in the same rounds.
    pub(crate) values: Vec<f64>,
    /// How many times as good as it the contender is to be.
    pub(crate) times: Option<f64>,
}

/// One contender in one workload.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) workload: String,
    pub(crate) contender: &'static str,
    pub(crate) unit: Unit,
    /// One value per round; none if the contender has not what the workload asks for.
    pub(crate) values: Vec<f64>,
    /// Who it is compared with, the most important one first.
    pub(crate) rivals: Vec<Rival>,
    /// At most this much is to be reached, whatever the rivals do.
    pub(crate) at_most: Option<f64>,
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
    fn ratio(&self, rival: &Rival) -> f64 {
        let ratios: Vec<f64> = self
            .values
            .iter()
            .zip(&rival.values)
            .map(|(ours, theirs)| self.unit.ratio(*ours, *theirs))
            .collect();
        median(&ratios)
    }

    fn is_short(&self) -> bool {
        let misses = |rival: &Rival| rival.times.is_some_and(|times| self.ratio(rival) < times);
        self.at_most.is_some_and(|most| self.median() > most) || self.rivals.iter().any(misses)
    }

    fn line(&self) -> String {
        if self.values.is_empty() {
            return format!("{:18} {:16} {:>9}", self.workload, self.contender, "-");
        }
        let (low, high) = self.spread();
        let at_most = match self.at_most {
            None => String::new(),
            Some(most) => format!("<= {most:.0} {}", self.unit.label()),
        };
        let rival = |rival: &Rival| {
            let ratio = format!("{:.2} x {}", self.ratio(rival), rival.name);
            let times = rival.times.map(|times| format!(">= {times:.1} x"));
            format!("{ratio:21} {:8} ", times.unwrap_or_default())
        };
        let rivals: String = self.rivals.iter().map(rival).collect();
        let verdict = if self.is_short() {
            "short of reach"
        } else {
            ""
        };
        let line = format!(
            "{:18} {:16} {:>9} {:4} {:>9} - {:<9} {at_most:12} {rivals}{verdict}",
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
        let rival = |rival: &Rival| {
            let times = rival
                .times
                .map(|times| format!(r#","reach_times":{times}"#))
                .unwrap_or_default();
            let ratio = self.ratio(rival);
            format!(r#"{{"rival":"{}","ratio":{ratio:.3}{times}}}"#, rival.name)
        };
        let rivals: Vec<String> = self.rivals.iter().map(rival).collect();
        let at_most = self
            .at_most
            .map(|most| format!(r#","reach_at_most":{most}"#))
            .unwrap_or_default();
        let median = match self.values.len() {
            0 => "null".to_owned(),
            _ => format!("{:.3}", self.median()),
        };
        format!(
            r#"{{"workload":"{}","contender":"{}","unit":"{}","median":{median},"values":[{}],"rivals":[{}]{at_most},"short":{}}}"#,
            self.workload,
            self.contender,
            self.unit.label(),
            values.join(","),
            rivals.join(","),
            self.is_short(),
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
    if rows.is_empty() {
        return;
    }
    println!(
        "{:18} {:16} {:>9} {:4} {:>9} - {:<9} {:12} {:21} reach",
        "workload", "contender", "median", "", "low", "high", "reach", "ratio of pairs"
    );
    let mut last: &str = "";
    for row in rows {
        if !last.is_empty() && last != row.workload {
            println!();
        }
        last = &row.workload;
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

/// The value in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
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

    fn row(unit: Unit, times: Option<f64>, at_most: Option<f64>) -> Row {
        Row {
            workload: "cast".to_owned(),
            contender: "ergo",
            unit,
            values: vec![2.0, 9.0, 3.0],
            rivals: vec![Rival {
                name: "tokio",
                values: vec![1.0, 9.0, 1.0],
                times,
            }],
            at_most,
        }
    }

    #[test]
    fn the_ratio_is_the_median_of_the_pairs() {
        let ratio = |row: Row| row.ratio(&row.rivals[0]);
        assert_eq!(ratio(row(Unit::MillionsPerSecond, None, None)), 2.0);
        assert_eq!(ratio(row(Unit::Nanoseconds, None, None)), 0.5);
    }

    #[test]
    fn a_row_that_misses_its_reach_says_so() {
        let is_short = |row: Row| row.line().ends_with("short of reach");
        assert!(!is_short(row(Unit::MillionsPerSecond, Some(2.0), None)));
        assert!(is_short(row(Unit::MillionsPerSecond, Some(2.1), None)));
        assert!(!is_short(row(Unit::Bytes, None, Some(3.0))));
        assert!(is_short(row(Unit::Bytes, None, Some(2.9))));
    }

    #[test]
    fn who_cannot_take_part_has_a_dash() {
        let row = Row {
            values: Vec::new(),
            rivals: Vec::new(),
            ..row(Unit::Bytes, None, None)
        };
        assert!(row.line().ends_with(" -"));
        assert!(row.json().contains(r#""median":null,"values":[]"#));
    }

    #[test]
    fn a_row_that_reaches_one_of_two_is_short() {
        let short = row(Unit::MillionsPerSecond, Some(2.0), Some(2.9));
        assert!(short.json().ends_with(r#""short":true}"#));
        let reached = row(Unit::MillionsPerSecond, Some(2.0), Some(3.0));
        assert!(
            reached
                .json()
                .ends_with(r#""reach_at_most":3,"short":false}"#)
        );
        assert!(reached.json().contains(r#""median":3.000"#));
    }
}
