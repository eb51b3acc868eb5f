// What the account shows under each of its addresses.

import { pageOf, find, picture, pounds } from './catalogue.js';
import { customer } from './customer.js';

const orders = [
  { number: 1042, date: '14 November', what: [['tide-mug', 2], ['harbour-bowl', 1]], at: 2 },
  { number: 1017, date: '3 October', what: [['ember-teapot', 1]], at: 4 },
  { number: 988, date: '21 August', what: [['reed-vase', 1], ['pebble-cups', 1]], at: 4 },
];
const stages = ['Thrown on the wheel', 'Fired', 'Packed in straw', 'With the postman', 'On your table'];
const total = ({ what }) => what.reduce((sum, [slug, count]) => sum + find(slug).price * count, 0);
const status = ({ at }) => `<span class="status${at < 4 ? ' under-way' : ''}">${at < 4 ? 'On its way' : 'Delivered'}</span>`;

const overview = () => ({
  title: 'My account',
  html: `
    <h1 tabindex="-1">${customer() ? `Good to see you, ${customer().name}` : 'My account'}</h1>
    <p class="lead">${customer() ? `Customer number ${customer().number}.` : 'You are looking around as a guest. <a href="/demo/sign-in/">Sign in</a> to make it yours.'}</p>
    <div class="tiles">
      <section class="card"><h2>On its way</h2><p class="quiet">Order 1042: two Tide mugs and a Harbour bowl.</p><a class="button ghost" href="/demo/app/orders/1042">Follow it</a></section>
      <section class="card"><h2>Letters</h2><p class="quiet">Kiln notes, once a month, only if you like.</p><a class="button ghost" href="/demo/app/settings">Choose</a></section>
      <div class="card"><shop-first-steps></shop-first-steps></div>
    </div>`,
});

const orderList = () => ({
  title: 'Orders',
  html: `
    <h1 tabindex="-1">Orders</h1>
    <table class="orders">
      <thead><tr><th scope="col">Order</th><th scope="col">Placed</th><th scope="col">Status</th><th scope="col">Total</th></tr></thead>
      <tbody>${orders
        .map(
          (order) => `
        <tr>
          <td><a href="/demo/app/orders/${order.number}" data-testid="order-${order.number}">${order.number}</a></td>
          <td>${order.date}</td><td>${status(order)}</td><td>${pounds(total(order))}</td>
        </tr>`,
        )
        .join('')}
      </tbody>
    </table>`,
});

const order = (found) => ({
  title: `Order ${found.number}`,
  html: `
    <nav class="crumbs" aria-label="You are here"><a href="/demo/app/orders">Orders</a> / ${found.number}</nav>
    <h1 tabindex="-1">Order ${found.number}</h1>
    <p class="quiet">Placed on ${found.date}. ${status(found)}</p>
    <ol class="track">${stages.map((stage, at) => `<li${at <= found.at ? ' class="done"' : ''}>${stage}</li>`).join('')}</ol>
    <ul class="plain">${found.what
      .map(([slug, count]) => {
        const product = find(slug);
        return `<li class="line">${picture(product, false)}<div><h2><a href="${pageOf(product)}">${product.name}</a></h2><span class="quiet">Quantity ${count}</span></div><span class="price">${pounds(product.price * count)}</span></li>`;
      })
      .join('')}</ul>`,
});

const settings = () => ({
  title: 'Settings',
  html: `
    <h1 tabindex="-1">Settings</h1>
    <form class="card" data-testid="settings-form">
      <div class="field"><label for="display-name">Name on the parcel</label><input id="display-name" name="name" autocomplete="name"></div>
      <div class="field"><label for="country">Country</label><select id="country" name="country"><option>United Kingdom</option><option>Ireland</option><option>France</option><option>Germany</option></select></div>
      <label class="choice"><input type="checkbox" name="letters"> Send me Kiln notes</label>
      <label class="choice"><input type="checkbox" name="seconds"> Tell me when seconds are for sale</label>
      <p class="actions"><button class="button">Save</button></p>
      <p class="feedback" role="status" data-testid="saved"></p>
    </form>`,
});

const lost = () => ({
  title: 'Not found',
  html: '<h1 tabindex="-1">Nothing on this shelf</h1><p class="lead">The page may have moved. <a href="/demo/app/">Back to your account</a></p>',
});

/** The view of a path below /demo/app. */
export function view(path) {
  const [place = '', number] = path.replace(/^\/demo\/app\/?/, '').split('/');
  if (place === '') return overview();
  if (place === 'settings') return settings();
  if (place !== 'orders') return lost();
  if (!number) return orderList();
  const found = orders.find((each) => String(each.number) === number);
  return found ? order(found) : lost();
}
