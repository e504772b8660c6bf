//! Projects written in one text: `==> name` begins a file, `$0` marks the cursor.

use super::{Place, Snapshot};
use tempfile::TempDir;

/// A project on disk, and where the cursor stands in it.
pub struct Fixture {
    /// The project.
    pub snapshot: Snapshot,
    /// The cursor; the beginning of the first file without one.
    pub cursor: Place,
    folder: TempDir,
}

impl Fixture {
    /// Writes and loads a project.
    pub fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut marked = None;
        for file in text.split("==> ").filter(|file| !file.trim().is_empty()) {
            let (name, text) = file.split_once('\n').unwrap();
            if let Some(at) = text.find("$0") {
                marked = Some((name.trim().to_owned(), at as u32));
            }
            let path = folder.path().join(name.trim());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text.replace("$0", "")).unwrap();
        }
        let snapshot = Snapshot::load(folder.path(), &lql_authoring::disk).unwrap();
        let cursor = match marked {
            Some((name, offset)) => {
                let file = snapshot.project.sources.iter().position(|it| it.name == name);
                Place { file: file.unwrap_or(snapshot.project.sources.len()) as u32, offset }
            }
            None => Place { file: 0, offset: 0 },
        };
        Self { snapshot, cursor, folder }
    }

    /// A small shop with events, filters and settings; `web` is the text of its `web.lql`.
    pub fn shop(web: &str) -> Self {
        Self::new(&format!("==> web.lql\n{web}\n{SHOP}"))
    }

    /// A path without the folder it happens to be in.
    pub fn plain(&self, path: &std::path::Path) -> String {
        path.strip_prefix(self.folder.path()).unwrap_or(path).display().to_string().replace('\\', "/")
    }
}

/// What every fixture of the shop holds besides `web.lql`.
const SHOP: &str = r#"==> orders.lql
-- The orders of the shop.
SELECT
    email(buyer) AS email SHORTDESC "E-mail address",
    sum(tonumber(amount)) AS spend_total SHORTDESC "All that was spent" LONGDESC "Without shipping." KIND number,
    set(sku) AS skus_bought,
    max(todate(placed)) AS last_order KIND date,
    valuect(`ship to`) AS countries
FROM orders
INTO user
BY email
ALIAS shop_orders
==> segments/buyers.fql
-- Bought anything.
FILTER spend_total > 0 FROM user ALIAS buyers
==> segments/loyal.fql
FILTER AND ( INCLUDE buyers, last_order > "now-90d", countries.France >= 2 ) FROM user ALIAS loyal
==> events/web.ndjson
{"m": "Ada@example.com", "event": "view", "page": {"url": "https://shop.example/a?utm_source=mail"}, "total": 3, "tags": ["x", "y"]}
{"m": "bob@example.com", "event": "purchase", "page": {"url": "https://shop.example/b"}, "total": 40}
{"event": "view", "total": 5}
==> events/orders.csv
buyer,amount,sku,placed,ship to
ada@example.com,12.50,A-1,2026-01-02,France
bob@example.com,8,B-7,2026-01-03,
==> lql.toml
now = "2026-02-01T00:00:00Z"

[streams.web]
id = "message"
"#;
