//! The demo shop as its visitors see it: pages, tours, and what they see them with.

/// A page: its path and title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page(pub(super) &'static str, pub(super) &'static str);

pub(super) const HOME: Page = Page("/demo/", "Saltmarsh pottery");
pub(super) const SHELF: Page = Page("/demo/products/", "The shelf - Saltmarsh");
pub(super) const CART: Page = Page("/demo/cart/", "Your basket - Saltmarsh");
pub(super) const ORDERED: Page = Page("/demo/cart/", "Order placed - Saltmarsh");
pub(super) const SIGN_IN: Page = Page("/demo/sign-in/", "Sign in - Saltmarsh");
pub(super) const ACCOUNT: Page = Page("/demo/app/", "Your account - Saltmarsh");
pub(super) const PRIVACY: Page = Page("/demo/privacy/", "Privacy - Saltmarsh");

/// Products, by how often they are looked at.
pub(super) const PRODUCTS: [(i64, Page); 8] = [
    (30, Page("/demo/products/tide-mug/", "Tide mug - Saltmarsh")),
    (17, Page("/demo/products/harbour-bowl/", "Harbour bowl - Saltmarsh")),
    (12, Page("/demo/products/ember-teapot/", "Ember teapot - Saltmarsh")),
    (11, Page("/demo/products/pebble-cups/", "Pebble cups, a pair - Saltmarsh")),
    (10, Page("/demo/products/reed-vase/", "Reed vase - Saltmarsh")),
    (8, Page("/demo/products/dune-plate/", "Dune plate - Saltmarsh")),
    (7, Page("/demo/products/lantern-jar/", "Lantern jar - Saltmarsh")),
    (5, Page("/demo/products/gull-jug/", "Gull jug - Saltmarsh")),
];

/// A tour. `stay` has the chance to go on from each step, in percent; from the last step, to finish it.
pub(super) struct Tour {
    pub(super) id: u32,
    pub(super) name: &'static str,
    pub(super) stay: &'static [i64],
}

pub(super) const LOOK_AROUND: Tour = Tour { id: 124_901, name: "Take the tour", stay: &[74, 88, 90, 93, 97] };
/// Its third step asks for a click, and loses the most.
pub(super) const HOW_TO_ORDER: Tour = Tour { id: 124_902, name: "How to order", stay: &[91, 88, 63, 94] };
pub(super) const YOUR_BASKET: Tour = Tour { id: 124_903, name: "Your basket, explained", stay: &[82, 86, 92] };
pub(super) const YOUR_ACCOUNT: Tour = Tour { id: 124_904, name: "Your account", stay: &[85, 94] };
pub(super) const LOG_IN: Tour = Tour { id: 124_909, name: "Log in", stay: &[93, 90, 96] };

/// A device: browser, its version, system, whether it is a phone, width and height of the viewport.
pub(super) struct Device(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) bool,
    pub(super) (u32, u32),
);

pub(super) const DEVICES: [(i64, Device); 7] = [
    (29, Device("Chrome", "142.0.0.0", "Windows", false, (1_536, 742))),
    (11, Device("Edge", "142.0.0.0", "Windows", false, (1_920, 945))),
    (9, Device("Chrome", "142.0.0.0", "macOS", false, (1_440, 789))),
    (10, Device("Safari", "26.1", "macOS", false, (1_470, 801))),
    (9, Device("Firefox", "145.0", "Linux", false, (1_280, 720))),
    (18, Device("Safari", "26.1", "iOS", true, (390, 664))),
    (14, Device("Chrome", "142.0.0.0", "Android", true, (412, 785))),
];

/// Country, city, and minutes to UTC as `Date.getTimezoneOffset` has them.
pub(super) struct Home(pub(super) &'static str, pub(super) &'static str, pub(super) i32);

pub(super) const HOMES: [(i64, Home); 9] = [
    (26, Home("GB", "London", 0)),
    (12, Home("GB", "Norwich", 0)),
    (7, Home("GB", "Leeds", 0)),
    (14, Home("DE", "Hamburg", -60)),
    (6, Home("DE", "Munich", -60)),
    (11, Home("FR", "Nantes", -60)),
    (10, Home("NL", "Utrecht", -60)),
    (9, Home("US", "Boston", 300)),
    (5, Home("SE", "Lund", -60)),
];

/// How busy each hour of the day is, in the visitor's zone.
pub(super) const HOURS: [(i64, i64); 24] = [
    (2, 0),
    (1, 1),
    (1, 2),
    (1, 3),
    (1, 4),
    (2, 5),
    (4, 6),
    (8, 7),
    (12, 8),
    (14, 9),
    (15, 10),
    (16, 11),
    (18, 12),
    (17, 13),
    (14, 14),
    (13, 15),
    (14, 16),
    (15, 17),
    (18, 18),
    (22, 19),
    (24, 20),
    (19, 21),
    (11, 22),
    (5, 23),
];
