//! What the events speak of.

/// First and last names of e-mail addresses.
pub const FIRST: [&str; 16] = [
    "ana", "bert", "chloe", "dario", "elif", "farid", "greta", "hugo", "ines", "jonas", "kavya", "liam", "mei", "noor",
    "olga", "pavel",
];
pub const LAST: [&str; 16] = [
    "almeida", "brandt", "costa", "dubois", "eriksen", "fischer", "garcia", "haddad", "ivanova", "jansen", "kowalska",
    "lindqvist", "moreau", "novak", "okafor", "tanaka",
];
pub const MAIL_HOST: [&str; 8] = [
    "mail.example", "post.example", "inbox.example.com", "letters.example.org", "firma.example.de",
    "bureau.example.fr", "home.example.net", "uni.example.edu",
];

/// Cities with their countries; 15% are not ASCII.
pub const CITY: [(&str, &str); 20] = [
    ("Berlin", "DE"), ("Hamburg", "DE"), ("Paris", "FR"), ("Lyon", "FR"), ("Madrid", "ES"), ("Lisbon", "PT"),
    ("Amsterdam", "NL"), ("Rotterdam", "NL"), ("Brussels", "BE"), ("Vienna", "AT"), ("Oslo", "NO"), ("Stockholm", "SE"),
    ("London", "GB"), ("Manchester", "GB"), ("Chicago", "US"), ("San Francisco", "US"), ("Toronto", "CA"),
    ("Zürich", "CH"), ("São Paulo", "BR"), ("東京", "JP"),
];

/// Titles of pages; those in the second list are not ASCII.
pub const TITLE: [&str; 8] = [
    "Running shoes for every season", "Office chairs", "Your basket: free delivery", "Kitchen machines compared",
    "Summer sale until Sunday", "Gift ideas", "Bags that fit under the seat", "Lamps for small and large rooms",
];
pub const TITLE_WIDE: [&str; 4] =
    ["Geschenke für Große und Kleine", "Café et thé", "夏のセール: 靴とバッグ", "Últimas ofertas 🎁"];
/// The same kind of titles, with characters that JSON must escape.
pub const TITLE_QUOTED: [&str; 3] =
    ["The \"best of\" list", "Size guide\tall brands", "C:\\Downloads\\invoice: how to print"];

/// Kinds of events with their shares of 100; the last three are about a product.
pub const KIND: [(&str, u64); 6] = [
    ("page_view", 40), ("search", 7), ("login", 6), ("product_view", 30), ("add_to_cart", 12), ("purchase", 5),
];

pub const HOST: [&str; 4] = ["www.shop.example", "m.shop.example", "shop.example.co.uk", "WWW.Shop.Example"];
pub const PATH: [&str; 10] = [
    "/", "/sale/summer", "/c/shoes", "/c/home-and-garden", "/account/orders", "/help/returns", "/blog/how-to-pack",
    "/checkout/address", "/search", "/c/lamps/table",
];
pub const SOURCE: [&str; 6] = ["google", "newsletter", "Facebook", "bing", "partner-net", "qr code"];
/// As they stand in an address: with escapes and plus signs.
pub const CAMPAIGN: [&str; 8] = [
    "spring+sale", "caf%C3%A9-promo", "R%26D+week", "a%2Fb-test", "summer_2026", "black%20friday", "brand", "win-back",
];
pub const REFERRER: [&str; 6] = [
    "https://www.google.com/", "https://www.bing.com/search?q=gifts", "https://news.example.org/2026/01/shopping",
    "https://m.facebook.com/", "https://www.shop.example/", "https://partner.example.net/deals?id=7",
];

pub const CATEGORY: [&str; 16] = [
    "Shoes", "Bags", "Lamps", "Kitchen", "Garden", "Books", "Toys", "Office", "Sports", "Beauty", "Music", "Games",
    "Pets", "Baby", "Home & Living", "Déco",
];
pub const PRODUCT: [&str; 8] = [
    "Trail runner 4", "Weekender bag", "Desk lamp, oak", "Espresso maker 6 cups", "Rose shears", "Atlas of islands",
    "Wooden train set", "Chair mat, clear",
];
pub const COUPON: [&str; 4] = ["WELCOME10", "SPRING-26", "FREESHIP", "VIP-20"];
pub const QUERY: [&str; 6] = ["red shoes", "lamp", "gift for dad", "espresso", "size 42 boots", "desk 120 cm"];

pub const DEVICE: [(&str, &str); 6] = [
    ("desktop", "Windows 11"), ("desktop", "Mac OS"), ("mobile", "Android 15"), ("mobile", "iOS 19"),
    ("tablet", "iPad OS"), ("desktop", "Linux"),
];
pub const BROWSER: [&str; 4] = ["Chrome 143", "Safari 19.2", "Firefox 146", "Edge 143"];
pub const SCREEN: [&str; 4] = ["1920x1080", "2560x1440", "390x844", "820x1180"];
pub const LANGUAGE: [&str; 6] = ["de-DE", "en-GB", "fr-FR", "es-ES", "pt-BR", "ja-JP"];
pub const TAG: [&str; 8] = ["new", "sale", "returning", "vip", "test-a", "test-b", "app", "web"];
