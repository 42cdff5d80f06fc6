//! Links GCC's unwinder into the program, so that it needs no library but libc's own.

use std::path::PathBuf;
use std::{env, fs, io};

/// What the linker finds under the name of the shared unwinder: the static one.
const STATIC_UNWINDER: &str = "GROUP ( -lgcc_eh -lgcc )\n";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
        fs::write(folder.join("libgcc_s.so"), STATIC_UNWINDER)?;
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
    Ok(())
}
