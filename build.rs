//! Generates the list of the built-in pack's answer files, of which there may be several.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=knowledge");
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir("knowledge")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name == "answers.toml" || name.starts_with("answers-") && name.ends_with(".toml") {
            names.push(name);
        }
    }
    names.sort();
    let folder = "concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/knowledge/";
    let files: Vec<String> = names.iter().map(|name| format!("({name:?}, include_str!({folder}{name}\")))")).collect();
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("answers.rs"), format!("const ANSWERS: &[(&str, &str)] = &[{}];", files.join(", ")))
}
