//! A disk of a few hundred kibibytes that can be filled and emptied: a tmpfs of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted tmpfs; unmounted when the test ends.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one of that many KiB. `None`, with a printed line, where that is refused: then the
    /// test that asked for it has tested nothing.
    pub fn mount(kib: u32) -> Option<SmallDisk> {
        let path = tempfile::Builder::new().prefix("disk-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder").keep();
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).output();
        match mounted {
            Ok(output) if output.status.success() => Some(SmallDisk(path)),
            refused => {
                println!("SKIPPED: a small disk cannot be mounted here ({refused:?})");
                let _ = std::fs::remove_dir(&path);
                None
            }
        }
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The address of a store on it.
    pub fn store(&self) -> String {
        format!("sqlite:{}", self.0.join("kronikas.db").display())
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        use std::io::Write;
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.filler()).expect("a file");
        for size in [65536, 4096, 1] {
            while file.write_all(&vec![0x5a; size]).is_ok() {}
        }
    }

    /// Makes room again.
    pub fn empty(&self) {
        std::fs::remove_file(self.filler()).expect("it was filled");
    }

    /// Lets nothing be written to it any more, or again.
    pub fn read_only(&self, on: bool) {
        let how = if on { "remount,ro" } else { "remount,rw" };
        let done = Command::new("mount").args(["-o", how]).arg(&self.0).status().expect("mount exists");
        assert!(done.success(), "{how}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a bot that was killed may still hold files on it.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}
