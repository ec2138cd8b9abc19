//! The regions of Azure, and the region that an unknown name most likely means.

use std::sync::LazyLock;

use super::closed_lists::{SERVICE_TAG_REGIONS, WordList};

/// Azure regions.
static REGIONS: LazyLock<WordList> = LazyLock::new(|| WordList::new(include_str!("tables/regions.txt")));

/// The words that distinguish the regions of one geography.
const DIRECTIONS: [&str; 5] = ["north", "south", "east", "west", "central"];

/// How many letters of a misspelt region may be wrong.
const MOST_WRONG: usize = 2;

/// What is known of a name of a region, in Azure's spelling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Region {
    /// Azure has it.
    Known,
    /// Azure has none of this name, and this one is nearly spelt so.
    Near(&'static str),
    /// It may be a new one.
    Unknown,
}

/// What is known of the region `name`. New regions mostly have a known geography and another direction or number, so that
/// what differs in those alone is not treated as misspelt.
pub fn region(name: &str) -> Region {
    if REGIONS.canonical(name).or(SERVICE_TAG_REGIONS.canonical(name)).is_some() {
        return Region::Known;
    }
    let place = geography(name);
    let near = REGIONS
        .words()
        .filter(|known| geography(known) != place)
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(wrong, _)| *wrong <= MOST_WRONG)
        .min();
    near.map_or(Region::Unknown, |(_, known)| Region::Near(known))
}

fn geography(name: &str) -> String {
    let letters: String = name.chars().filter(|c| !c.is_ascii_digit()).collect();
    DIRECTIONS.iter().fold(letters, |name, direction| name.replace(direction, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_regions_are_understood() {
        for (name, meant) in [("westeuorpe", "westeurope"), ("wsteurope", "westeurope"), ("east-us", "eastus")] {
            assert_eq!(region(name), Region::Near(meant), "{name}");
        }
    }

    #[test]
    fn a_new_region_is_not_taken_for_misspelt() {
        for name in ["austriawest", "eastus4", "polandnorth", "atlantisnorth7"] {
            assert_eq!(region(name), Region::Unknown, "{name}");
        }
        assert_eq!(region("germanywestcentral"), Region::Known);
    }
}
