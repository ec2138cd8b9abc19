//! The command `fwc`.

fn main() -> std::process::ExitCode {
    fwc::cli::main()
}
