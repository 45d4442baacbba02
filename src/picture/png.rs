//! Rasterises drawings, with a cache.

use std::sync::{Arc, LazyLock};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use sha2::{Digest, Sha256};

use super::font;

/// Pixels per unit: drawings are laid out 400 units wide for a phone's screen, which has two to three
/// pixels per unit.
const SCALE: f32 = 2.0;
/// The largest picture, in pixels of its longer side; far more than any layout here needs.
const LARGEST: f32 = 6000.0;

/// The size of the cache in bytes.
const KEPT: u64 = 24 * 1024 * 1024;
/// The approximate number of pictures in it.
const EXPECTED: usize = 256;

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options { font_family: font::FAMILY.to_owned(), ..Options::default() };
    options.fontdb_mut().load_font_data(font::REGULAR.to_vec());
    options.fontdb_mut().load_font_data(font::BOLD.to_vec());
    options
});

/// Weighs cached pictures by their size in bytes.
#[derive(Clone)]
struct Bytes;

impl Weighter<[u8; 32], Arc<[u8]>> for Bytes {
    fn weight(&self, _: &[u8; 32], png: &Arc<[u8]>) -> u64 {
        png.len() as u64
    }
}

static CACHE: LazyLock<Cache<[u8; 32], Arc<[u8]>, Bytes>> = LazyLock::new(|| Cache::with_weighter(EXPECTED, KEPT, Bytes));

/// Rasterises a drawing to PNG, with the same result everywhere. Recent drawings are cached by the
/// SHA-256 of their SVG.
///
/// `None` if the SVG is invalid, or larger than 6000 pixels.
pub fn png(svg: &str) -> Option<Arc<[u8]>> {
    let key: [u8; 32] = Sha256::digest(svg.as_bytes()).into();
    let drawn = || draw(svg).map(Arc::from).ok_or(());
    // Concurrent requests for the same drawing wait for the first one.
    CACHE.get_or_insert_with(&key, drawn).ok()
}

/// Rasterises without the cache, for the benchmark.
///
/// `None` if the SVG is invalid, or larger than 6000 pixels.
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
