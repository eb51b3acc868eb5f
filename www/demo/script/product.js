import { add } from './basket.js';
import { card, find, kinds, picture, pounds, products } from './catalogue.js';
import { start, startAsked } from './tours.js';

const main = document.querySelector('main');
const product = find(main.dataset.product);
const facts = Object.entries({ Glaze: product.glaze, ...product.facts });
const also = [...products, ...products].slice(products.indexOf(product) + 1).slice(0, 4);

main.innerHTML = `
  <nav class="crumbs" aria-label="You are here">
    <a href="/demo/products/">Shop</a> / <a href="/demo/products/?kind=${product.kind}">${kinds[product.kind]}</a>
  </nav>
  <div class="product">
    ${picture(product)}
    <div>
      <h1>${product.name}</h1>
      <p class="price">${pounds(product.price)}</p>
      <p class="lead">${product.about}</p>
      <dl class="facts">${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>
      <form class="order-form" data-testid="order-form">
        <div class="field">
          <label for="quantity">Quantity</label>
          <input id="quantity" name="quantity" type="number" min="1" max="20" value="1" required>
        </div>
        <button class="button" id="add-to-basket" data-testid="add-to-basket">Add to basket</button>
      </form>
      <p class="feedback" role="status" data-testid="added"></p>
      <button type="button" class="link-button" id="how-to-order">How to order</button>
    </div>
  </div>
  <section class="also" aria-labelledby="also-title">
    <h2 id="also-title">Goes well with</h2>
    <ul class="plain shelf">${also.map(card).join('')}</ul>
  </section>`;

main.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const count = Number(event.target.elements.quantity.value);
  add(product.slug, count);
  main.querySelector('[role=status]').innerHTML = `${count} in your basket. <a href="/demo/cart/">See the basket</a>`;
});
main.querySelector('#how-to-order').addEventListener('click', () => start('how-to-order', 'user'));
startAsked();
