// What the shop sells, and how a product looks on a shelf.

export const kinds = { cups: 'Mugs & cups', bowls: 'Bowls & plates', pouring: 'Teapots & jugs', keeping: 'Vases & jars' };

export const products = [
  {
    slug: 'tide-mug',
    name: 'Tide mug',
    kind: 'cups',
    glaze: 'Celadon',
    tone: 'mist',
    price: 24,
    picture: 'A rounded pale green mug with a bare clay foot',
    about: 'A mug for two hands and a long morning. The glaze stops short of the foot, like the sea at low water, and the bare clay below warms up with the tea.',
    facts: { Holds: '340 ml', Height: '9.5 cm', Care: 'Dishwasher and microwave safe' },
  },
  {
    slug: 'harbour-bowl',
    name: 'Harbour bowl',
    kind: 'bowls',
    glaze: 'Cobalt',
    tone: 'sand',
    price: 32,
    picture: 'A wide deep-blue bowl',
    about: 'Wide enough for supper, deep enough for soup. The blue is a cobalt slip under a clear glaze, so that it looks wet in any light.',
    facts: { Holds: '900 ml', Across: '19 cm', Care: 'Dishwasher and microwave safe' },
  },
  {
    slug: 'reed-vase',
    name: 'Reed vase',
    kind: 'keeping',
    glaze: 'Oat',
    tone: 'sage',
    price: 48,
    picture: 'A cream bottle vase with three dry reeds',
    about: 'A narrow neck that holds three stems upright and lets none of them sulk. Best with flowers from beside the path.',
    facts: { Height: '26 cm', Neck: '2.8 cm', Care: 'Rinse by hand' },
  },
  {
    slug: 'ember-teapot',
    name: 'Ember teapot',
    kind: 'pouring',
    glaze: 'Tenmoku',
    tone: 'blush',
    price: 68,
    picture: 'A dark brown teapot with a cane handle',
    about: 'An iron glaze that breaks to rust at the edges, a cane handle bound by hand, and a spout that does not drip. We checked every one.',
    facts: { Holds: '800 ml', Strainer: 'Thrown in', Care: 'Wash by hand' },
  },
  {
    slug: 'dune-plate',
    name: 'Dune plate',
    kind: 'bowls',
    glaze: 'Shino',
    tone: 'mist',
    price: 28,
    picture: 'A shallow plate in blush and orange glaze',
    about: 'A shallow plate with a raised edge, for food that would like to run away. Shino never fires twice alike: yours will be yours.',
    facts: { Across: '25 cm', Edge: '2 cm', Care: 'Dishwasher safe' },
  },
  {
    slug: 'pebble-cups',
    name: 'Pebble cups, a pair',
    kind: 'cups',
    glaze: 'Oat and cobalt',
    tone: 'blush',
    price: 30,
    picture: 'Two small cups without handles, one cream and one blue',
    about: 'Two small cups without handles, a little unequal, like most pairs. Good for coffee, better for the end of a bottle.',
    facts: { Holds: '180 ml each', Height: '8 cm', Care: 'Dishwasher and microwave safe' },
  },
  {
    slug: 'lantern-jar',
    name: 'Lantern jar',
    kind: 'keeping',
    glaze: 'Shino',
    tone: 'sage',
    price: 54,
    picture: 'A round lidded jar in pale orange',
    about: 'A lidded jar for salt, sugar or secrets. The lid is ground to its own jar, so that it closes with a sound you will come to like.',
    facts: { Holds: '1.2 l', Height: '21 cm', Care: 'Dishwasher safe' },
  },
  {
    slug: 'gull-jug',
    name: 'Gull jug',
    kind: 'pouring',
    glaze: 'Celadon',
    tone: 'sand',
    price: 44,
    picture: 'A tall pale green jug with two gulls drawn on it',
    about: 'A tall jug with two gulls scratched through the slip before the first firing. Milk, water, or the first sweet peas.',
    facts: { Holds: '1 l', Height: '22 cm', Care: 'Dishwasher safe' },
  },
];

export const find = (slug) => products.find((product) => product.slug === slug);

export const pounds = (amount) => `£${amount.toFixed(2).replace('.00', '')}`;

export const pageOf = ({ slug }) => `/demo/products/${slug}/`;

export const picture = ({ slug, tone, picture: alt }, described = true) =>
  `<div class="picture" data-tone="${tone}"><img src="/demo/art/${slug}.svg" alt="${described ? alt : ''}" width="400" height="400"></div>`;

export const card = (product) => `
  <li class="product-card" data-testid="product-${product.slug}">
    ${picture(product)}
    <h3><a href="${pageOf(product)}">${product.name}</a></h3>
    <p><span>${product.glaze}</span> <span class="price">${pounds(product.price)}</span></p>
  </li>`;
