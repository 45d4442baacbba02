//! From a drawing to pixels, and the drawings that were turned into some lately.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use sha2::{Digest, Sha256};

use super::font;

/// How many pixels a unit of a drawing becomes: drawings are laid out 400 wide for a phone's
/// screen, which has two to three pixels for each.
const SCALE: f32 = 2.0;
/// The largest picture, in pixels of its longer side; nothing laid out here comes near it.
const LARGEST: f32 = 6000.0;

/// How many bytes of finished pictures are kept.
const KEPT: usize = 24 * 1024 * 1024;

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options { font_family: font::FAMILY.to_owned(), ..Options::default() };
    options.fontdb_mut().load_font_data(font::REGULAR.to_vec());
    options.fontdb_mut().load_font_data(font::BOLD.to_vec());
    options
});

#[derive(Default)]
struct Cache {
    known: HashMap<[u8; 32], Arc<[u8]>>,
    order: VecDeque<[u8; 32]>,
    bytes: usize,
}

impl Cache {
    /// Keeps a picture; the ones kept longest make room.
    fn keep(&mut self, key: [u8; 32], png: &Arc<[u8]>) {
        if self.known.insert(key, png.clone()).is_some() {
            return;
        }
        self.order.push_back(key);
        self.bytes += png.len();
        while self.bytes > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.known.remove(&oldest).map_or(0, |png| png.len());
        }
    }
}

static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

/// The PNG of a drawing: the same drawing gives the same pixels everywhere. Drawings asked for
/// lately are not drawn again; they are known by the SHA-256 of their SVG.
///
/// `None` when the SVG is not one, or larger than 6000 pixels.
pub fn png(svg: &str) -> Option<Arc<[u8]>> {
    let key: [u8; 32] = Sha256::digest(svg.as_bytes()).into();
    // A panic while the lock was held leaves at worst a picture unkept.
    if let Some(known) = CACHE.lock().unwrap_or_else(PoisonError::into_inner).known.get(&key) {
        return Some(known.clone());
    }
    let png: Arc<[u8]> = draw(svg)?.into();
    CACHE.lock().unwrap_or_else(PoisonError::into_inner).keep(key, &png);
    Some(png)
}

/// Draws without looking at what was drawn before; for the benchmark.
///
/// `None` when the SVG is not one, or larger than 6000 pixels.
pub fn draw(svg: &str) -> Option<Vec<u8>> {
    let tree = Tree::from_str(svg, &OPTIONS).ok()?;
    let (width, height) = (tree.size().width() * SCALE, tree.size().height() * SCALE);
    if width.max(height) > LARGEST {
        return None;
    }
    let mut pixels = Pixmap::new(width.ceil() as u32, height.ceil() as u32)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_keeps_to_its_bounds() {
        let mut cache = Cache::default();
        let picture: Arc<[u8]> = vec![0; KEPT / 4].into();
        for idx in 0..20u8 {
            cache.keep([idx; 32], &picture);
            cache.keep([idx; 32], &picture);
            assert!(cache.bytes <= KEPT);
            assert_eq!(cache.known.len(), cache.order.len());
        }
        assert!(cache.known.contains_key(&[19; 32]) && !cache.known.contains_key(&[0; 32]));
    }

    #[test]
    fn what_is_no_drawing_gives_no_picture() {
        assert!(png("<svg").is_none());
        assert!(png("<svg xmlns='http://www.w3.org/2000/svg' width='9000' height='10'/>").is_none());
    }
}
