import { customer, signIn, signOut } from './customer.js';
import { startAsked } from './tours.js';

const form = document.querySelector('#sign-in-form');
const inside = document.querySelector('#signed-in');
const who = customer();

if (who) {
  document.querySelector('#customer-name').textContent = who.name;
  document.querySelector('#customer-number').textContent = who.number;
}
form.hidden = Boolean(who);
inside.hidden = !who;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  signIn(form.elements.email.value);
  location.href = '/demo/app/';
});
document.querySelector('#sign-out').addEventListener('click', () => {
  signOut();
  location.href = '/demo/';
});
startAsked();
