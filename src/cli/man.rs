//! `fwc man`: manual pages, made from the arguments.

use clap::CommandFactory;

use crate::diag::nearest;

use super::args::Arguments;
use super::{Failure, Outcome, printer};

pub(super) fn run(name: Option<&str>) -> Result<Outcome, Failure> {
    let mut fwc = Arguments::command();
    fwc.build();
    let page = match name {
        None => clap_mangen::Man::new(fwc),
        Some(name) => {
            let Some(found) = fwc.find_subcommand(name) else { return Err(unknown(name, &fwc)) };
            let title = format!("fwc-{name}");
            clap_mangen::Man::new(found.clone().version(env!("CARGO_PKG_VERSION"))).title(title)
        }
    };
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| Failure::new(error.to_string()))?;
    printer::raw(&String::from_utf8_lossy(&text));
    Ok(Outcome::Done)
}

fn unknown(name: &str, fwc: &clap::Command) -> Failure {
    let near = nearest(name, fwc.get_subcommands().map(clap::Command::get_name));
    let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    Failure::new(format!("there is no command `{name}`{hint}"))
}
