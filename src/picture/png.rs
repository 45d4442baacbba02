//! From a drawing to pixels, and the drawings that were turned into some lately.

use std::sync::{Arc, LazyLock};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
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
const KEPT: u64 = 24 * 1024 * 1024;
/// About how many pictures that is.
const EXPECTED: usize = 256;

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options { font_family: font::FAMILY.to_owned(), ..Options::default() };
    options.fontdb_mut().load_font_data(font::REGULAR.to_vec());
    options.fontdb_mut().load_font_data(font::BOLD.to_vec());
    options
});

/// A picture weighs as much as its bytes.
#[derive(Clone)]
struct Bytes;

impl Weighter<[u8; 32], Arc<[u8]>> for Bytes {
    fn weight(&self, _: &[u8; 32], png: &Arc<[u8]>) -> u64 {
        png.len() as u64
    }
}

static CACHE: LazyLock<Cache<[u8; 32], Arc<[u8]>, Bytes>> = LazyLock::new(|| Cache::with_weighter(EXPECTED, KEPT, Bytes));

/// The PNG of a drawing: the same drawing gives the same pixels everywhere. Drawings asked for
/// lately are not drawn again; they are known by the SHA-256 of their SVG.
///
/// `None` when the SVG is not one, or larger than 6000 pixels.
pub fn png(svg: &str) -> Option<Arc<[u8]>> {
    let key: [u8; 32] = Sha256::digest(svg.as_bytes()).into();
    let drawn = || draw(svg).map(Arc::from).ok_or(());
    // Who asks for the same drawing meanwhile waits for it and does not draw it as well.
    CACHE.get_or_insert_with(&key, drawn).ok()
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
        let cache = Cache::with_weighter(EXPECTED, KEPT, Bytes);
        let picture: Arc<[u8]> = vec![0; KEPT as usize / 100].into();
        for idx in 0..250u8 {
            cache.insert([idx; 32], picture.clone());
            assert!(cache.weight() <= KEPT);
        }
        assert!(cache.len() > 50 && cache.get(&[249; 32]).is_some());
    }

    #[test]
    fn what_is_no_drawing_gives_no_picture() {
        assert!(png("<svg").is_none());
        assert!(png("<svg xmlns='http://www.w3.org/2000/svg' width='9000' height='10'/>").is_none());
    }
}
